//! How many requests are worked on at a time.
//!
//! Beyond what a machine can do, each request that is let in makes all of them slower, until nobody
//! is answered in time. So the next one is told to come back, before anything is looked up for it.
//! Nobody alone takes more than half of the seats: requests that wait for somebody else, or for the
//! rest of their body, take them too, and others are to be answered meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::session::Owner;
use acp_wire::problem::{Code, Problem};
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::counted::route;
use super::onward::Onward;
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
    most_of_one: usize,
    /// How many are taken by whom.
    taken: Mutex<HashMap<Owner, usize>>,
    said: Mutex<Option<Instant>>,
}

/// A seat as one of those its caller has.
pub(super) struct Share<'a> {
    seats: &'a Seats,
    owner: Owner,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(count) = taken.get_mut(&self.owner) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.owner);
            }
        }
    }
}

impl Seats {
    /// So many.
    pub fn of(most: usize) -> Self {
        Self {
            free: Semaphore::new(most),
            most_of_one: most.div_ceil(2),
            taken: Mutex::default(),
            said: Mutex::default(),
        }
    }

    /// One more seat of a caller; nothing where that would be too many for one.
    pub(super) fn share_of(&self, owner: Owner) -> Option<Share<'_>> {
        let mut taken = self.taken();
        let count = taken.entry(owner.clone()).or_default();
        if *count >= self.most_of_one {
            return None;
        }
        *count = count.saturating_add(1);
        drop(taken);
        Some(Share { seats: self, owner })
    }

    // Nothing panics while one of the locks is held, so what a poisoned one guards is whole.
    fn taken(&self) -> MutexGuard<'_, HashMap<Owner, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_none_or(|said| said.elapsed() >= SAID_PERIOD) {
            *said = Some(Instant::now());
            drop(said);
            tracing::warn!(
                "as many requests are worked on as may be, of all or of one agent, and more are told \
                 to come back: is something that is asked slow, or more gateways needed? See \
                 server.in_flight_max"
            );
        }
    }
}

/// Lets a request take a seat until its answer begins. What is still said then, a stream of events or
/// a long list, keeps no seat: it may last for hours, and costs little.
pub(in crate::http) async fn seated(
    gateway: &Arc<Gateway>,
    request: Request,
    next: impl Onward,
) -> Response {
    let Ok(_seat) = gateway.seats.free.try_acquire() else {
        return turned_away(&gateway.seats, route(&request));
    };
    next.run(request).await
}

/// Tells somebody to come back in a moment.
pub(super) fn turned_away(seats: &Seats, route: &'static str) -> Response {
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

#[cfg(test)]
mod tests {
    use acp_core::ids::{AgentId, TenantId};

    use super::*;

    fn owner(agent: &str) -> Owner {
        Owner { tenant: TenantId::new("shop"), agent: AgentId::new(agent) }
    }

    #[test]
    fn nobody_alone_takes_more_than_half() {
        let seats = Seats::of(5);
        let mut shares: Vec<_> = (0..3).map(|_| seats.share_of(owner("ada")).unwrap()).collect();
        assert!(seats.share_of(owner("ada")).is_none());
        assert!(seats.share_of(owner("bob")).is_some());
        shares.pop();
        assert!(seats.share_of(owner("ada")).is_some());
        drop(shares);
        assert!(seats.taken().is_empty(), "nobody is remembered who has no seat");
        assert!(Seats::of(1).share_of(owner("ada")).is_some());
    }
}
