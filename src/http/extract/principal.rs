use std::sync::Arc;

use acp_core::principal::{Role, Scope};
use acp_wire::problem::{Code, Problem};
use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;

use super::call::{Call, settle};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// A call of a principal about the leave to spend it has given. One that changes something carries a
/// key, whatever the version.
#[derive(Debug)]
pub(in crate::http) struct PrincipalCall(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for PrincipalCall {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        const OTHERS: &str =
            "This is for whoever gives leave to spend, alone. Use the key of a principal.";
        let call = settle(parts, gateway, (Scope::Principal, OTHERS), |_| true)?;
        if !call.principal.may(Role::Principal) {
            return Err(Problem::new(Code::Forbidden, OTHERS).into());
        }
        Ok(Self(call))
    }
}

/// The version somebody looked at before changing it, as `If-Match` says it.
#[derive(Debug)]
pub(in crate::http) struct SeenVersion(pub(in crate::http) u32);

impl<S: Send + Sync> FromRequestParts<S> for SeenVersion {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let mut values = parts.headers.get_all(IF_MATCH).iter();
        let unclear = || {
            let message = "Send one If-Match header with the ETag of what you looked at, such as \
                           \"1\" with its quotation marks.";
            Rejection::from(Problem::new(Code::IfMatchRequired, message))
        };
        let header = values.next().ok_or_else(unclear)?;
        if values.next().is_some() {
            return Err(unclear());
        }
        let text = header.to_str().ok().map(str::trim);
        let bare = text.and_then(|text| text.strip_prefix('"')?.strip_suffix('"'));
        bare.and_then(|text| text.parse().ok()).map(Self).ok_or_else(unclear)
    }
}
