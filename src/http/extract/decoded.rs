use std::sync::Arc;

use acp_core::limits::{BODY_BYTES_MAX, BODY_READ_TIMEOUT};
use acp_core::ports::Digests;
use acp_core::refusal::Fault;
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession};
use acp_wire::canonical::{self, NotJson};
use acp_wire::problem::{Code, Problem};
use acp_wire::read::UnknownFields;
use acp_wire::v2026_04_17;
use acp_wire::version::Version;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::call::version_of;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// A body that is JSON, with its fingerprints and what it asks for. A body that asks for it in
/// the wrong way is a fault the use case answers, because that answer is kept like any other.
#[derive(Debug)]
pub(in crate::http) struct Decoded<C> {
    pub(in crate::http) digests: Digests,
    pub(in crate::http) command: Result<C, Fault>,
}

/// A command of the core and how each version writes it.
pub(in crate::http) trait Command: Sized + Send {
    /// Whether a body may be left out.
    const MAY_BE_EMPTY: bool = false;

    /// Reads it from a body of this version.
    fn read(version: Version, body: &[u8], unknown: UnknownFields) -> Result<Self, Fault>;
}

impl Command for OpenSession {
    fn read(version: Version, body: &[u8], unknown: UnknownFields) -> Result<Self, Fault> {
        match version {
            Version::V2026_04_17 => v2026_04_17::read_create(body, unknown),
        }
    }
}

impl Command for ChangeSession {
    fn read(version: Version, body: &[u8], unknown: UnknownFields) -> Result<Self, Fault> {
        match version {
            Version::V2026_04_17 => v2026_04_17::read_update(body, unknown),
        }
    }
}

impl Command for CompleteSession {
    fn read(version: Version, body: &[u8], unknown: UnknownFields) -> Result<Self, Fault> {
        match version {
            Version::V2026_04_17 => v2026_04_17::read_complete(body, unknown),
        }
    }
}

impl Command for CancelSession {
    const MAY_BE_EMPTY: bool = true;

    fn read(version: Version, body: &[u8], unknown: UnknownFields) -> Result<Self, Fault> {
        match version {
            Version::V2026_04_17 => v2026_04_17::read_cancel(body, unknown),
        }
    }
}

fn too_large() -> Rejection {
    let message = format!("The body is larger than {} KiB.", BODY_BYTES_MAX / 1024);
    Rejection(Problem::new(Code::PayloadTooLarge, message))
}

/// Reads a body, no longer and no larger than a body may be.
async fn read_body(headers: &HeaderMap, body: Body) -> Result<Bytes, Rejection> {
    let declared =
        headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > BODY_BYTES_MAX) {
        return Err(too_large());
    }
    let collected = Limited::new(body, BODY_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_READ_TIMEOUT, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => {
            Err(Problem::new(Code::InvalidJson, "The body could not be read to its end.").into())
        }
        Err(_) => {
            Err(Problem::new(Code::RequestTimeout, "The body took too long to arrive.").into())
        }
    }
}

fn check_type(headers: &HeaderMap, body: &Bytes) -> Result<(), Rejection> {
    let unsupported = |message| Rejection(Problem::new(Code::UnsupportedMediaType, message));
    let is_encoded = headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if is_encoded {
        return Err(unsupported("Send the body without a Content-Encoding."));
    }
    if body.is_empty() {
        return Ok(());
    }
    let essence = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(unsupported("Send the body as Content-Type: application/json.")),
    }
}

fn not_json(error: &NotJson) -> Rejection {
    let problem = Problem::new(Code::InvalidJson, format!("The body is not accepted: {error}."));
    Rejection(match &error.place().path {
        Some(path) => problem.at(path.clone()),
        None => problem,
    })
}

impl<C: Command> FromRequest<Arc<Gateway>> for Decoded<C> {
    type Rejection = Rejection;

    async fn from_request(request: Request, gateway: &Arc<Gateway>) -> Result<Self, Rejection> {
        let (parts, body) = request.into_parts();
        let version = version_of(&parts.headers)?;
        let body = read_body(&parts.headers, body).await?;
        check_type(&parts.headers, &body)?;
        let canonical = if body.is_empty() && C::MAY_BE_EMPTY {
            canonical::digest_of_nothing()
        } else {
            canonical::digest(&body).map_err(|error| not_json(&error))?
        };
        let digests = Digests { raw: canonical::raw_digest(&body).0, canonical: canonical.0 };
        let command = C::read(version, &body, gateway.unknown_fields);
        Ok(Self { digests, command })
    }
}
