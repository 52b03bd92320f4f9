use std::sync::Arc;

use acp_core::ports::Channel;
use acp_core::principal::{Principal, Scope};
use acp_wire::problem::{Code, Problem};
use acp_wire::texts::Locale;
use acp_wire::version::Version;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::call::{caller, locale_of, version_of};
use crate::http::answers::channel_of;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// A call that only reads what agents and merchants may both see.
#[derive(Debug)]
pub(in crate::http) struct Reader {
    pub(in crate::http) principal: Arc<Principal>,
    version: Version,
    locale: Locale,
}

impl Reader {
    /// How the caller is spoken to.
    pub(in crate::http) fn channel(&self) -> Channel {
        channel_of(self.version, self.locale, self.principal.habits)
    }
}

impl FromRequestParts<Arc<Gateway>> for Reader {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let principal = caller(parts)?;
        if matches!(principal.scope, Scope::Admin | Scope::Principal) {
            let message = "Use the key of an agent or a merchant for this.";
            return Err(Problem::new(Code::Forbidden, message).into());
        }
        let version = version_of(parts, gateway)?;
        Ok(Self { principal, version, locale: locale_of(&parts.headers) })
    }
}
