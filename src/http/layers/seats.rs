//! How many requests are worked on at a time.
//!
//! Beyond what a machine can do, each request that is let in makes all of them slower, until nobody
//! is answered in time. So the next one is told to come back, before anything is looked up for it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use acp_wire::problem::{Code, Problem};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::counted::route;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::telemetry::measures;

/// How long nothing more is said of requests that find no seat: they come in flocks.
const SAID_PERIOD: Duration = Duration::from_mins(1);

/// A seat is free as soon as some request is answered, so nobody has to stay away for long.
const SOON: HeaderValue = HeaderValue::from_static("1");

/// Seats for requests that are worked on.
#[derive(Debug)]
pub struct Seats {
    free: Semaphore,
    said: Mutex<Option<Instant>>,
}

impl Seats {
    /// So many.
    pub fn of(most: usize) -> Self {
        Self { free: Semaphore::new(most), said: Mutex::default() }
    }

    fn say(&self) {
        // Nothing panics while the lock is held, so what a poisoned one guards is whole.
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| said.elapsed() >= SAID_PERIOD) {
            *said = Some(Instant::now());
            drop(said);
            tracing::warn!(
                "as many requests are worked on as may be, and more are told to come back: is \
                 something that is asked slow, or more gateways needed? See server.in_flight_max"
            );
        }
    }
}

/// Lets a request take a seat until its answer begins. What is still said then, a stream of events or
/// a long list, keeps no seat: it may last for hours, and costs little.
pub(in crate::http) async fn seated(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let Ok(_seat) = gateway.seats.free.try_acquire() else {
        return turned_away(&gateway.seats, route(&request));
    };
    next.run(request).await
}

fn turned_away(seats: &Seats, route: &'static str) -> Response {
    if let Some(measures) = measures() {
        measures.shed.grow([route]);
    }
    seats.say();
    let message = "More is asked than can be worked on. Send the same request, with the same key, \
                   again in a moment.";
    let problem = Problem::new(Code::ServiceUnavailable, message);
    let mut response = Rejection::from(problem).into_response();
    response.headers_mut().insert(RETRY_AFTER, SOON);
    response
}
