use std::sync::Arc;

use acp_core::limits::ERROR_BYTES_MAX;
use acp_core::principal::{Principal, Proof, Scope};
use acp_core::request::RequestSeen;
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tokio::time::Instant;

use super::known::Known;
use crate::http::extract::API_VERSION;
use crate::http::reply::REPLAYED;
use crate::http::router::Gateway;

/// The id a request is known by, left with it at the door.
#[derive(Clone, Debug)]
pub(in crate::http) struct RequestId(pub(super) HeaderValue);

/// A version is a date, or a word.
const VERSION_CHARS_MAX: usize = 24;

/// Around the layer that knows who calls, which leaves that with the answer: remembers what an
/// agent asked for and how that ended, for whoever looks for what went wrong. Nothing of bodies and
/// queries is remembered.
pub(in crate::http) async fn noted(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let id = request.extensions().get().cloned();
    let method = request.method().clone();
    let path = shown_path(&request);
    let version = version(request.headers());
    let response = next.run(request).await;
    let Some(Known(caller)) = response.extensions().get() else { return response };
    if caller.scope != Scope::Agent {
        return response;
    }
    let (agent, key) = (caller.as_owner(), key_of(caller));
    let (response, Error { code, param }) = error_of(response).await;
    let id = id.and_then(|RequestId(id)| id.to_str().ok().map(Box::from));
    gateway.identity.saw(agent, |at| RequestSeen {
        at,
        id: id.unwrap_or_default(),
        key,
        method: method.as_str().into(),
        path,
        version,
        status: response.status().as_u16(),
        code,
        param,
        duration_ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
        is_replay: response.headers().contains_key(REPLAYED),
    });
    response
}

fn key_of(caller: &Principal) -> Option<Box<str>> {
    caller.proofs.iter().find_map(|proof| match proof {
        Proof::Bearer { key } => key.clone(),
        Proof::Jwt { .. } | Proof::Signature { .. } | Proof::Message(_) => None,
    })
}

fn version(headers: &HeaderMap) -> Option<Box<str>> {
    let version = headers.get(API_VERSION)?.to_str().ok()?;
    let is_one = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (version.len() <= VERSION_CHARS_MAX && version.chars().all(is_one)).then(|| version.into())
}

/// The path as far as it is ours: what stands in the place of a name is shown where it is an id.
fn shown_path(request: &Request) -> Box<str> {
    let Some(route) = request.extensions().get::<MatchedPath>() else { return "…".into() };
    let segments = route.as_str().split('/').zip(request.uri().path().split('/'));
    let shown = segments.map(|(ours, theirs)| match ours.starts_with('{') {
        true if is_id(theirs) => theirs,
        true => "…",
        false => ours,
    });
    shown.collect::<Vec<_>>().join("/").into()
}

/// Whether this has the form of the ids made here: a short word, and something random.
fn is_id(text: &str) -> bool {
    let is_random = |rest: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        (16..=80).contains(&rest.len()) && rest.chars().all(is_plain)
    };
    text.split_once('_').is_some_and(|(kind, rest)| {
        (2..=6).contains(&kind.len())
            && kind.chars().all(|c| c.is_ascii_lowercase())
            && is_random(rest)
    })
}

/// What an error says of itself.
#[derive(Default, Deserialize)]
struct Error {
    #[serde(default)]
    code: Option<Box<str>>,
    #[serde(default)]
    param: Option<Box<str>>,
}

/// Reads the code of an error off the answer, whoever made it: just now, or a day ago.
async fn error_of(response: Response) -> (Response, Error) {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let size = response.body().size_hint().upper();
    let is_small =
        size.is_some_and(|size| usize::try_from(size).is_ok_and(|it| it <= ERROR_BYTES_MAX));
    if !is_error || !is_small {
        return (response, Error::default());
    }
    let (parts, body) = response.into_parts();
    let bytes = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(_broken) => Bytes::new(),
    };
    let error = serde_json::from_slice(&bytes).unwrap_or_default();
    (Response::from_parts(parts, Body::from(bytes)), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_word_and_something_random() {
        for id in
            ["cs_01a0_0f3c2b1a99887766554433221100aabb", "ord_0001_00000000000000000000000001"]
        {
            assert!(is_id(id), "{id}");
        }
        for other in [
            "4242424242424242",
            "cs_",
            "cs_short",
            "ada@example.com",
            "CS_0001_00000000000000000000000001",
            "cs_0001_0000000000000000000000000%20",
            "tok_visa",
        ] {
            assert!(!is_id(other), "{other}");
        }
    }
}
