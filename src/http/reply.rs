use acp_core::ports::Subject;
use acp_wire::problem::Code;
use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::{Said, Telling};

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(super) const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An answer on its way out as a response.
#[derive(Debug)]
pub(super) struct Reply(pub(super) Said);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let Said { answer, telling } = self.0;
        let status =
            StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = shown(answer.body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if telling == Telling::Again {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        if let Some(address) = answer.made.as_ref().and_then(address_of)
            && let Ok(location) = HeaderValue::from_str(&address)
        {
            headers.insert(LOCATION, location);
        }
        // The one 405 that is an answer and not a wrong address.
        if answer.status == Code::NotCancelable.status() {
            headers.insert(ALLOW, HeaderValue::from_static("GET"));
        }
        response
    }
}

/// Where something is; nowhere where nobody can look at it.
fn address_of(made: &Subject) -> Option<String> {
    Some(match made {
        Subject::Session(id) => format!("/checkout_sessions/{id}"),
        Subject::Cart(id) => format!("/carts/{id}"),
        Subject::Conversation(id) => format!("/conversations/{id}"),
        Subject::Plan(id) => format!("/plans/{id}"),
        Subject::Mandate(id) => format!("/mandates/{id}"),
        Subject::Authentication(id) => format!("/delegate_authentication/{id}"),
        Subject::VaultToken(_) => return None,
    })
}

/// The same, with the version of what it shows.
pub(super) fn tagged(version: u32, body: std::sync::Arc<[u8]>) -> Response {
    let mut response = shown(body);
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// A body that is shown as it is.
pub(super) fn shown(body: std::sync::Arc<[u8]>) -> Response {
    let mut response = Response::new(Body::from(bytes::Bytes::from_owner(body)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, NO_STORE);
    response
}
