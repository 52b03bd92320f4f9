use std::time::Duration;

use acp_wire::version::Version;
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, StatusCode};
use axum::response::Response;
use tokio::time::Instant;

use crate::http::extract::{API_VERSION, IDEMPOTENCY_KEY, version_named};
use crate::http::reply::REPLAYED;
use crate::telemetry::{Measures, known, measures};

/// What nginx calls a request whose caller went away before it was answered; nobody is sent it.
const HUNG_UP: u16 = 499;

/// Where there is no route.
const UNMATCHED: &str = "unmatched";

/// The code of an error, left with its answer for whoever counts.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct ErrorCode(pub(in crate::http) &'static str);

/// A request that is counted when it is over, also when nobody waits for its answer.
pub(super) struct Visit {
    measures: &'static Measures,
    method: &'static str,
    route: &'static str,
    version: &'static str,
    is_keyed: bool,
    began: Instant,
    status: u16,
}

impl Visit {
    /// Nothing where nobody counts.
    pub(super) fn of(request: &Request, is_keyed: bool) -> Option<Self> {
        let measures = measures()?;
        measures.in_flight.enter();
        Some(Self {
            measures,
            method: method(request.method()),
            route: route(request),
            version: version(request),
            is_keyed: is_keyed && request.headers().contains_key(IDEMPOTENCY_KEY),
            began: Instant::now(),
            status: HUNG_UP,
        })
    }

    /// By which route it came.
    pub(super) const fn route(&self) -> &'static str {
        self.route
    }

    /// It is answered like this.
    pub(super) fn answered(mut self, response: &Response) {
        self.status = response.status().as_u16();
        let code = response.extensions().get().map(|ErrorCode(code)| *code);
        let is_replay = response.headers().contains_key(REPLAYED);
        if let Some(code) = code.filter(|_| !is_replay) {
            self.measures.errors.grow([code]);
        }
        let outcome = match code {
            _ if is_replay => Some("replayed"),
            Some("idempotency_key_required") => Some("missing"),
            Some("idempotency_conflict") => Some("conflict"),
            Some("idempotency_in_flight") => Some("in_flight"),
            _ => (self.is_keyed && is_decided(self.status)).then_some("first"),
        };
        if let Some(outcome) = outcome {
            self.measures.idempotency.grow([outcome]);
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let status = known_status(self.status);
        // Strangers get no further, and choose what they say: they fill no rows with it. All seats are
        // taken before anybody is known.
        let (method, version) = match self.status {
            405 => ("other", "other"),
            404 if self.route == UNMATCHED => (self.method, "other"),
            401 | 408 | 413 | 414 | 429 | 431 | 503 | HUNG_UP => (self.method, "other"),
            _ => (self.method, self.version),
        };
        let labels = [method, self.route, version, status];
        self.measures.requests.note(labels, self.began.elapsed());
        self.measures.in_flight.leave();
    }
}

/// Counts a request that is refused by its head, before it comes to the door.
pub(in crate::http) fn turned_away(method_of: &Method, status: StatusCode) {
    if let Some(measures) = measures() {
        let labels = [method(method_of), UNMATCHED, "other", known_status(status.as_u16())];
        measures.requests.note(labels, Duration::ZERO);
    }
}

/// Whether an answer with this status is the one its key stands for from now on.
const fn is_decided(status: u16) -> bool {
    matches!(status, 200..=299 | 400 | 402 | 409 | 422)
}

/// The template of the route, and never an address: what stands in one is anybody's.
pub(super) fn route(request: &Request) -> &'static str {
    let route = request.extensions().get::<MatchedPath>();
    route.map_or(UNMATCHED, |route| known(route.as_str()))
}

/// A caller may write any word it likes there.
pub(super) fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        _ => "other",
    }
}

fn version(request: &Request) -> &'static str {
    let Some(version) = request.headers().get(API_VERSION) else { return "none" };
    let text = version.to_str().ok();
    let version = text.and_then(|text| version_named(text, request.extensions()));
    version.map_or("unknown", Version::as_str)
}

/// The statuses that are met all the time are written without making a text of them.
fn known_status(status: u16) -> &'static str {
    match status {
        200 => "200",
        201 => "201",
        400 => "400",
        401 => "401",
        404 => "404",
        409 => "409",
        422 => "422",
        429 => "429",
        503 => "503",
        _ => known(&status.to_string()),
    }
}
