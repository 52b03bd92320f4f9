use std::sync::Arc;

use acp_core::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use acp_core::ports::Channel;
use acp_core::principal::{Principal, Scope};
use acp_wire::problem::{Code, Problem};
use acp_wire::version::Version;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::Decoded;
use crate::app::Ask;
use crate::http::answers::channel_of;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Unproven, bearer_token};

pub(in crate::http) const API_VERSION: HeaderName = HeaderName::from_static("api-version");
pub(in crate::http) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A call whose caller, version and idempotency key are settled.
#[derive(Debug)]
pub(in crate::http) struct Call {
    pub(in crate::http) principal: Arc<Principal>,
    pub(in crate::http) version: Version,
    key: Option<Box<str>>,
}

impl Call {
    /// How the caller is spoken to.
    pub(in crate::http) fn channel(&self) -> Channel {
        channel_of(self.version)
    }

    /// The call together with what it asks for.
    pub(in crate::http) fn ask<C>(self, body: Decoded<C>) -> Ask<C> {
        Ask {
            channel: self.channel(),
            principal: self.principal,
            key: self.key,
            digests: body.digests,
            command: body.command,
        }
    }
}

/// The version a request is written in.
pub(in crate::http) fn version_of(headers: &HeaderMap) -> Result<Version, Rejection> {
    let mut values = headers.get_all(API_VERSION).iter();
    let Some(header) = values.next() else {
        let message = "Send the API-Version header with one of the supported versions.";
        return Err(Problem::new(Code::MissingApiVersion, message).into());
    };
    let version = header.to_str().ok().and_then(|text| Version::parse(text.trim()).ok());
    version.filter(|_| values.next().is_none()).ok_or_else(|| {
        let message = "This API-Version is not supported. Use one of the supported versions.";
        Problem::new(Code::UnsupportedApiVersion, message).into()
    })
}

/// The idempotency key, bare or quoted as a structured field; both name the same key.
fn key_of(headers: &HeaderMap) -> Result<Box<str>, Rejection> {
    let problem = |message: &str| Rejection(Problem::new(Code::IdempotencyKeyRequired, message));
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let header = values.next().ok_or_else(|| {
        problem("Send an Idempotency-Key header: a new key for each new request.")
    })?;
    if values.next().is_some() {
        return Err(problem("Send one Idempotency-Key header, not several."));
    }
    let text = header
        .to_str()
        .ok()
        .map(str::trim)
        .ok_or_else(|| problem("The Idempotency-Key must be printable ASCII."))?;
    let unquoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let key = unquoted.unwrap_or(text);
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        return Err(problem("The Idempotency-Key must have 1 to 255 characters."));
    }
    Ok(key.into())
}

impl FromRequestParts<Arc<Gateway>> for Call {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let header = values.next().map(HeaderValue::as_bytes);
        if values.next().is_some() {
            return Err(Unproven::Malformed.into());
        }
        let principal = gateway.identity.authenticate(bearer_token(header)?)?;
        if principal.scope != Scope::Agent {
            let message = "This key belongs to a merchant. Use the key of an agent.";
            return Err(Problem::new(Code::Forbidden, message).into());
        }
        let version = version_of(&parts.headers)?;
        let key = match parts.method {
            Method::POST => Some(key_of(&parts.headers)?),
            _ => None,
        };
        Ok(Self { principal, version, key })
    }
}
