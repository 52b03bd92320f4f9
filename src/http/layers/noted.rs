use std::sync::{Arc, OnceLock};

use acp_core::limits::{ERROR_BYTES_MAX, REQUEST_ID_CHARS_MAX};
use acp_core::principal::{Principal, Proof, Scope};
use acp_core::request::RequestSeen;
use acp_core::time::Timestamp;
use acp_wire::problem::{is_own_place, is_own_word};
use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt as _;
use serde::Deserialize;
use tokio::time::Instant;

use super::counted::ErrorCode;
use super::onward::Onward;
use crate::http::extract::API_VERSION;
use crate::http::reply::REPLAYED;
use crate::http::router::Gateway;
use crate::telemetry::known;

pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// The id a request is known by, left with it at the door.
#[derive(Clone, Debug)]
pub(in crate::http) struct RequestId(pub(super) HeaderValue);

impl RequestId {
    /// What a caller calls its request, where that can be read and is not too long.
    pub(super) fn said_in(headers: &HeaderMap) -> Option<Self> {
        let id = headers.get(REQUEST_ID)?;
        let is_readable = id.to_str().is_ok_and(|text| !text.trim().is_empty());
        (is_readable && id.len() <= REQUEST_ID_CHARS_MAX).then(|| Self(id.clone()))
    }
}

/// A version is a date, or a word.
const VERSION_CHARS_MAX: usize = 24;
/// A place for whoever finds out who calls: the answer need not come back for it to be known.
#[derive(Clone, Debug, Default)]
struct Whose(Arc<OnceLock<Arc<Principal>>>);

/// Says who has sent a request, as soon as that is proven. Of several times the first one counts.
pub(super) fn is_by(extensions: &Extensions, caller: &Arc<Principal>) {
    if let Some(Whose(slot)) = extensions.get() {
        slot.get_or_init(|| Arc::clone(caller));
    }
}

/// A request that is under way, and that is remembered whatever becomes of it: also when its caller
/// hangs up, or it takes too long, and nobody is answered.
struct Asked {
    gateway: Arc<Gateway>,
    begun: Instant,
    whose: Whose,
    /// What is known of it so far.
    seen: Option<RequestSeen>,
}

impl Asked {
    fn of(gateway: &Arc<Gateway>, request: &mut Request) -> Self {
        let id = request.extensions().get::<RequestId>();
        let id = id.and_then(|RequestId(id)| id.to_str().ok()).unwrap_or_default();
        let seen = RequestSeen {
            at: Timestamp::EPOCH,
            id: id.into(),
            key: None,
            method: request.method().as_str().into(),
            path: shown_path(request),
            version: version(request.headers()),
            status: None,
            code: None,
            param: None,
            duration_ms: 0,
            is_replay: false,
        };
        let whose = Whose::default();
        request.extensions_mut().insert(whose.clone());
        Self { gateway: Arc::clone(gateway), begun: Instant::now(), whose, seen: Some(seen) }
    }

    /// Remembers how it was answered.
    async fn answered(mut self, response: Response) -> Response {
        let (mut response, error) = error_of(response).await;
        if let Some(code) = error.code.as_deref().filter(|code| is_own_word(code)) {
            response.extensions_mut().insert(ErrorCode(known(code)));
        }
        if let Some(seen) = &mut self.seen {
            seen.status = Some(response.status().as_u16());
            seen.is_replay = response.headers().contains_key(REPLAYED);
            seen.code = error.code.filter(|code| is_own_word(code));
            // A caller names members as it likes, after a card or a person if it must.
            seen.param = error.param.filter(|param| is_own_place(param));
        }
        response
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let (Some(mut seen), Some(caller)) = (self.seen.take(), self.whose.0.get()) else { return };
        if caller.scope != Scope::Agent {
            return;
        }
        seen.key = key_of(caller);
        let took = self.begun.elapsed().as_millis();
        seen.duration_ms = u32::try_from(took).unwrap_or(u32::MAX);
        self.gateway.identity.saw(caller.as_owner(), |at| RequestSeen { at, ..seen });
    }
}

/// Around the layer that knows who calls: remembers what an agent asked for and how that ended, for
/// whoever looks for what went wrong. Nothing of bodies and queries is remembered.
pub(in crate::http) async fn noted(
    gateway: &Arc<Gateway>,
    mut request: Request,
    next: impl Onward,
) -> Response {
    let asked = Asked::of(gateway, &mut request);
    let response = next.run(request).await;
    asked.answered(response).await
}

/// A request that carries others, each of which is remembered as itself: this one is remembered
/// where it is refused whole, and only there.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Carrying {
    asked: Asked,
    seen: Option<RequestSeen>,
}

/// Begins to remember such a request.
pub(in crate::http) fn carrying(gateway: &Arc<Gateway>, request: &mut Request) -> Carrying {
    let mut asked = Asked::of(gateway, request);
    let seen = asked.seen.take();
    Carrying { asked, seen }
}

impl Carrying {
    /// Remembers it where that is how it was refused.
    pub async fn answered(mut self, response: Response) -> Response {
        if response.status().is_client_error() || response.status().is_server_error() {
            self.asked.seen = self.seen;
            return self.asked.answered(response).await;
        }
        response
    }
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
    fn a_request_is_called_what_its_caller_says_where_that_can_be_read() {
        let said = |id: &[u8]| {
            let id = HeaderValue::from_bytes(id).unwrap();
            let found = RequestId::said_in(&HeaderMap::from_iter([(REQUEST_ID, id)]));
            found.map(|RequestId(id)| id.to_str().unwrap().to_owned())
        };
        assert_eq!(said(b"order 7").as_deref(), Some("order 7"));
        for bad in
            [&b""[..], b"  ", "é".as_bytes(), "a".repeat(REQUEST_ID_CHARS_MAX + 1).as_bytes()]
        {
            assert_eq!(said(bad), None, "{bad:?}");
        }
        assert_eq!(
            said("a".repeat(REQUEST_ID_CHARS_MAX).as_bytes()).unwrap().len(),
            REQUEST_ID_CHARS_MAX
        );
    }

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
