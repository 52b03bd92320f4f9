//! A request on its way to the books and back: who asks, what fate has in store for it, whether
//! its key was seen before, and who else is at work on the same thing.

use acp_core::time::Timestamp;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use bytes::Bytes;
use serde_json::Value;

use super::books::{Call, Operation};
use super::form::Form;
use super::idempotency::{Answer, Asked, Claim};
use super::intent::Version;
use super::mock::StripeMock;
use super::refusal::Refusal;
use super::webhooks::Cause;
use crate::faults::{Fate, Spoiled};
use crate::server::{TurnedAway, after, cut, meet_fate};

const BODY_BYTES_MAX: usize = 1 << 20;

/// A request whose parts have been told apart.
#[derive(Debug)]
struct Inquiry {
    operation: Operation,
    path: String,
    form: Form,
    key: Option<String>,
    version: Version,
    request_id: String,
    fate: Fate,
}

pub(super) async fn answer(mock: StripeMock, operation: Operation, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let request_id = mock.desk().books.fresh("req_");
    let version = version(&head.headers);
    let met = match meet_fate(&mock.inner.switches, &head).await {
        Ok(fate) => authorize(mock.key().as_deref(), &head.headers).map(|()| fate),
        Err(TurnedAway::Cut) => return cut(),
        Err(TurnedAway::Answered(status)) => Err(Refusal::turned_away(status)),
    };
    let fate = match met {
        Ok(fate) => fate,
        Err(refusal) => return sent(&refused(&refusal, &request_id), &version, None),
    };
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return cut() };
    let is_post = head.method == Method::POST;
    let form = if is_post { &*body } else { head.uri.query().unwrap_or_default().as_bytes() };
    let inquiry = Inquiry {
        operation,
        path,
        form: Form::parse(form),
        key: header(&head.headers, "idempotency-key").filter(|_| is_post),
        version,
        request_id,
        fate,
    };
    carried_out(mock, inquiry).await
}

pub(super) fn no_route(mock: &StripeMock, method: &Method, uri: &Uri) -> Response {
    let request_id = mock.desk().books.fresh("req_");
    let refusal = Refusal::no_route(method.as_str(), uri.path());
    sent(&refused(&refusal, &request_id), &Version::latest(), None)
}

async fn carried_out(mock: StripeMock, inquiry: Inquiry) -> Response {
    let (key, version) = (inquiry.key.clone(), inquiry.version.clone());
    let (spoiled, latency) = (inquiry.fate.spoiled, inquiry.fate.latency);
    let lock = match begin(&mock, &inquiry) {
        Ok(Begun::Now { lock }) => lock,
        Ok(Begun::Before(answer)) => {
            // Who is in no hurry needs no runtime either.
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            return replayed(&answer, &inquiry);
        }
        Err(refusal) => return sent(&refused(&refusal, &inquiry.request_id), &version, None),
    };
    let worker = mock.clone();
    let work = move || finish(&worker, &inquiry, lock);
    let Some(answer) = after(latency, &mock.inner.tasks, work).await else { return cut() };
    if spoiled == Some(Spoiled::CutAfterEffect) {
        return cut();
    }
    sent(&answer, &version, key.as_deref())
}

/// Whether a request is carried out.
enum Begun {
    /// It is, and nobody else touches this meanwhile.
    Now { lock: Option<String> },
    /// It was.
    Before(Answer),
}

/// Takes the key and the lock, or neither.
fn begin(mock: &StripeMock, inquiry: &Inquiry) -> Result<Begun, Refusal> {
    let mut desk = mock.desk();
    mock.let_time_pass(&mut desk);
    if let Some(key) = &inquiry.key {
        let asked = Asked { path: inquiry.path.clone(), form: inquiry.form.clone() };
        if let Claim::Again(answer) = desk.keys.claim(mock.now(), key, asked)? {
            return Ok(Begun::Before(answer));
        }
    }
    let lock = desk.books.locks(&inquiry.operation, &inquiry.form);
    let is_free = lock.as_ref().is_none_or(|lock| desk.busy.insert(lock.clone()));
    if is_free {
        return Ok(Begun::Now { lock });
    }
    if let Some(key) = &inquiry.key {
        desk.keys.forget(key);
    }
    Err(Refusal::locked())
}

/// Does what is asked for, and keeps the answer for the key.
fn finish(mock: &StripeMock, inquiry: &Inquiry, lock: Option<String>) -> Answer {
    let mut desk = mock.desk();
    mock.let_time_pass(&mut desk);
    let spoiled = inquiry.fate.spoiled;
    let outcome = if spoiled == Some(Spoiled::Failed) {
        Err(Refusal::broken())
    } else {
        let outcome = desk.books.perform(&inquiry.operation, &inquiry.call(mock.now()));
        if spoiled == Some(Spoiled::FailedAfterEffect) { Err(Refusal::broken()) } else { outcome }
    };
    let is_kept = outcome.as_ref().err().is_none_or(Refusal::is_kept);
    let answer = match outcome {
        Ok(body) => {
            Answer { status: 200, body: text(&body), request_id: inquiry.request_id.clone() }
        }
        Err(refusal) => refused(&refusal, &inquiry.request_id),
    };
    if let Some(key) = &inquiry.key {
        if is_kept {
            desk.keys.keep(key, answer.clone());
        } else {
            desk.keys.forget(key);
        }
    }
    if let Some(lock) = lock {
        desk.busy.remove(&lock);
    }
    let cause = Cause { request_id: Some(inquiry.request_id.clone()), key: inquiry.key.clone() };
    mock.tell(&mut desk, &cause);
    answer
}

impl Inquiry {
    fn call(&self, now: Timestamp) -> Call<'_> {
        Call {
            now,
            form: &self.form,
            key: self.key.as_deref(),
            version: &self.version,
            declines: self.fate.declines,
        }
    }
}

/// `Bearer sk_test_…`, or Basic with the key as the user.
fn authorize(key: Option<&str>, headers: &HeaderMap) -> Result<(), Refusal> {
    let shown = header(headers, AUTHORIZATION.as_str()).unwrap_or_default();
    let shown = match shown.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Some(token.to_owned()),
        Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => user(pair),
        _ => None,
    };
    let Some(shown) = shown else {
        return Err(Refusal::unauthorized(
            "You did not provide an API key. Send it in the Authorization header, as in \
             'Authorization: Bearer YOUR_SECRET_KEY'.",
        ));
    };
    let is_known = key.map_or(shown.starts_with("sk_test_"), |key| key == shown);
    if is_known { Ok(()) } else { Err(Refusal::unauthorized("Invalid API Key provided.")) }
}

/// The user in the credentials of Basic authentication.
fn user(pair: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in pair.bytes().take_while(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
        bits &= 0xff;
    }
    let text = String::from_utf8(bytes).ok()?;
    text.split_once(':').map(|(user, _)| user.to_owned())
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn version(headers: &HeaderMap) -> Version {
    header(headers, "stripe-version").map_or_else(Version::latest, Version)
}

fn text(body: &Value) -> Bytes {
    Bytes::from(body.to_string())
}

fn refused(refusal: &Refusal, request_id: &str) -> Answer {
    let (status, body) = (refusal.status(), text(&refusal.body()));
    Answer { status, body, request_id: request_id.to_owned() }
}

fn sent(answer: &Answer, version: &Version, key: Option<&str>) -> Response {
    let mut response = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, "application/json")
        .header("request-id", &answer.request_id)
        .header("stripe-version", &version.0);
    if let Some(key) = key {
        response = response.header("idempotency-key", key);
    }
    // A failure that is kept for its key is not worth another try, and a lock is.
    response = match answer.status {
        500 if key.is_some() => response.header("stripe-should-retry", "false"),
        429 => response.header("stripe-should-retry", "true"),
        _ => response,
    };
    response.body(Body::from(answer.body.clone())).unwrap_or_else(|_| cut())
}

fn replayed(answer: &Answer, inquiry: &Inquiry) -> Response {
    if inquiry.fate.spoiled == Some(Spoiled::CutAfterEffect) {
        return cut();
    }
    let original = answer.request_id.parse();
    let again = Answer { request_id: inquiry.request_id.clone(), ..answer.clone() };
    let mut response = sent(&again, &inquiry.version, inquiry.key.as_deref());
    let headers = response.headers_mut();
    headers.insert("idempotent-replayed", axum::http::HeaderValue::from_static("true"));
    if let Ok(original) = original {
        headers.insert("original-request", original);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_let_in(key: Option<&str>, value: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        authorize(key, &headers).is_ok()
    }

    #[test]
    fn keys_come_as_bearer_or_as_basic() {
        assert!(is_let_in(None, "Bearer sk_test_1"));
        assert!(is_let_in(Some("sk_test_1"), "bearer sk_test_1"));
        // sk_test_1: and sk_test_12:x
        assert!(is_let_in(Some("sk_test_1"), "Basic c2tfdGVzdF8xOg=="));
        assert!(is_let_in(Some("sk_test_12"), "Basic c2tfdGVzdF8xMjp4"));
        assert!(!is_let_in(Some("sk_test_1"), "Bearer sk_test_2"));
        assert!(!is_let_in(None, "Bearer sk_live_1"));
        assert!(!is_let_in(None, "Basic ***"));
        assert!(authorize(None, &HeaderMap::new()).is_err());
    }
}
