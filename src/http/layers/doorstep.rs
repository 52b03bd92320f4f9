use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use acp_core::limits::{BODIES_BYTES_MAX, URI_BYTES_MAX};
use acp_wire::problem::{Code, Problem};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::arriving::Room;
use super::counted::{Visit, method, route};
use super::noted::{REQUEST_ID, RequestId};
use super::unread::lent;
use crate::http::extract::IDEMPOTENCY_KEY;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::telemetry::{is_traced, is_traceparent, tell_answer};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// As far as a `traceparent` is looked at: a version, a trace, a span and flags.
const TRACEPARENT_BYTES: usize = 55;

/// What is needed at the door.
#[derive(Clone)]
pub(in crate::http) struct Doorstep {
    gateway: Arc<Gateway>,
    room: Arc<Room>,
}

impl Doorstep {
    pub(in crate::http) fn of(gateway: &Arc<Gateway>) -> Self {
        Self { gateway: Arc::clone(gateway), room: Arc::new(Room::of(BODIES_BYTES_MAX)) }
    }
}

/// The id a request is known by: the caller's own, or one of ours.
fn request_id(gateway: &Gateway, headers: &HeaderMap) -> HeaderValue {
    let theirs = RequestId::said_in(headers).map(|RequestId(theirs)| theirs);
    theirs.unwrap_or_else(|| {
        let random = u128::from_be_bytes(gateway.entropy.random128().0);
        HeaderValue::from_str(&format!("req_{random:032x}"))
            .unwrap_or_else(|_| HeaderValue::from_static("req_unknown"))
    })
}

/// The trace a caller is in, where it says so in the form of W3C. What stands behind the flags of a
/// version to come is a caller's own word, and goes nowhere.
fn parent_of(headers: &HeaderMap) -> Option<&str> {
    let mut said = headers.get_all(TRACEPARENT).iter();
    let (Some(parent), None) = (said.next(), said.next()) else { return None };
    parent.to_str().ok().filter(|text| is_traceparent(text))?.get(..TRACEPARENT_BYTES)
}

fn rejection(code: Code, message: &str) -> Response {
    Rejection::from(Problem::new(code, message)).into_response()
}

/// Runs the rest of the way behind a barrier: a panic below is our bug and a 500, and the process
/// goes on.
pub(in crate::http) async fn behind_barrier(rest: impl Future<Output = Response>) -> Response {
    let mut rest = pin!(rest);
    poll_fn(|context| {
        match catch_unwind(AssertUnwindSafe(|| rest.as_mut().poll(context))) {
            Ok(poll) => poll,
            // The panic hook has logged it, with its place.
            Err(_) => {
                Poll::Ready(rejection(Code::InternalError, "Something went wrong on our side."))
            }
        }
    })
    .await
}

/// What comes after the answer is not told as a part of the request.
fn answered(span: &Span, response: Response) -> Response {
    if is_traced() {
        tell_answer(span, response.status().as_u16());
    }
    response
}

/// The answer, or that it takes too long.
async fn within_time(
    gateway: &Gateway,
    span: Span,
    rest: impl Future<Output = Response>,
) -> Response {
    let mut rest = pin!(behind_barrier(rest).instrument(span));
    let response = match tokio::time::timeout(gateway.request_timeout, rest.as_mut()).await {
        Ok(response) => response,
        Err(_) => rejection(
            Code::ServiceUnavailable,
            "This took too long. Send the same request, with the same key, again.",
        ),
    };
    answered(rest.span(), response)
}

/// The outermost layer: gives the request an id and a span, bounds its time and the length of its
/// address, stops panics, and sends back the headers the caller is owed on every answer.
pub(in crate::http) async fn doorstep(
    State(Doorstep { gateway, room }): State<Doorstep>,
    request: Request,
    next: Next,
) -> Response {
    let id = request_id(&gateway, request.headers());
    let is_keyed = [Method::POST, Method::PUT].contains(request.method());
    let key = request.headers().get(IDEMPOTENCY_KEY).filter(|_| is_keyed).cloned();
    let visit = Visit::of(&request, is_keyed);
    // Of the address only its template is said, and of methods those there are: the rest is anybody's.
    let span = tracing::info_span!(
        "request",
        request.id = id.to_str().unwrap_or_default(),
        method = %method(request.method()),
        route = visit.as_ref().map_or_else(|| route(&request), Visit::route),
        caller.subject = Empty,
        traceparent = is_traced().then(|| parent_of(request.headers())).flatten(),
    );
    let is_too_long =
        request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > URI_BYTES_MAX);
    let (mut request, unread) = lent(request, &room);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = if is_too_long {
        drop(request);
        let response = rejection(Code::UriTooLong, "The address is too long.");
        answered(&span, response)
    } else {
        within_time(&gateway, span, next.run(request)).await
    };
    if let Some(visit) = visit {
        visit.answered(&response);
    }
    unread.throw_away().await;
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id);
    if let Some(key) = key {
        headers.insert(IDEMPOTENCY_KEY, key);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_trace_context_nothing_is_kept_that_a_caller_writes_as_it_likes() {
        let place = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let kept = |said: &[String]| {
            let said = said.iter().map(|one| (TRACEPARENT, one.parse().unwrap()));
            parent_of(&said.collect::<HeaderMap>()).map(str::to_owned)
        };
        assert_eq!(kept(&[format!("00-{place}")]), Some(format!("00-{place}")));
        assert_eq!(kept(&[format!("cc-{place}-ada@example.com")]), Some(format!("cc-{place}")));
        assert_eq!(kept(&[format!("00-{place}-ada@example.com")]), None);
    }
}
