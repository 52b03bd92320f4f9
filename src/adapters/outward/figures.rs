//! How a service has fared since the start: what is counted of the calls to it, and who reads it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::health::Health;
use super::{Missed, Reply};
use crate::breaker::Stand;

/// Everybody who is called, in the order in which they were first known. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Peers(Arc<Mutex<Vec<Arc<Watched>>>>);

/// A service as its callers and its watchers share it.
#[derive(Debug)]
pub struct Watched {
    name: Box<str>,
    pub(super) health: Health,
    seats: Semaphore,
    calls_at_once: usize,
    calls: Count,
    repeats: Count,
    opened: Count,
    unreachable: Count,
    lost: Count,
    failed: Count,
    throttled: Count,
    refused: Count,
    left_alone: Count,
    full: Count,
}

/// How the breaker before a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerStand {
    /// Everybody is let through.
    Closed,
    /// Nobody is: the service is left alone.
    Open,
    /// One caller is, to look whether the service is back.
    HalfOpen,
}

/// How a service fares, and has fared since the start. No number ever shrinks but `in_flight`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerFigures {
    /// Who it is, by the section of the configuration.
    pub name: Box<str>,
    /// Whether it is left alone.
    pub breaker: BreakerStand,
    /// Whether the last we heard of it is that it does not take our credentials.
    pub refuses_us: bool,
    /// How often it was left alone because it had failed too often, or did not take our
    /// credentials.
    pub opened: u64,
    /// How many calls are under way.
    pub in_flight: usize,
    /// How many may be.
    pub calls_at_once: usize,
    /// How many calls were made, every repetition counted.
    pub calls: u64,
    /// How many of them were repetitions.
    pub repeats: u64,
    /// No connection: nothing was sent.
    pub unreachable: u64,
    /// No answer, or none in time.
    pub lost: u64,
    /// An answer of 500 or above.
    pub failed: u64,
    /// An answer of 429.
    pub throttled: u64,
    /// An answer of 401 or 403: it does not take our credentials.
    pub refused: u64,
    /// Calls that were not made, because it was left alone.
    pub left_alone: u64,
    /// Calls that were not made, because as many were under way as may be.
    pub full: u64,
}

/// A number that grows.
#[derive(Debug, Default)]
struct Count(AtomicU64);

impl Count {
    fn grow(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Peers {
    /// Watches one more.
    pub(super) fn watch(&self, name: &str, calls_at_once: usize) -> Arc<Watched> {
        let watched = Arc::new(Watched::new(name, calls_at_once));
        self.known().push(Arc::clone(&watched));
        watched
    }

    /// How all of them fare.
    pub fn figures(&self) -> Vec<PeerFigures> {
        self.known().iter().map(|watched| watched.figures()).collect()
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn known(&self) -> MutexGuard<'_, Vec<Arc<Watched>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn new(name: &str, calls_at_once: usize) -> Self {
        Self {
            name: name.into(),
            health: Health::default(),
            seats: Semaphore::new(calls_at_once),
            calls_at_once,
            calls: Count::default(),
            repeats: Count::default(),
            opened: Count::default(),
            unreachable: Count::default(),
            lost: Count::default(),
            failed: Count::default(),
            throttled: Count::default(),
            refused: Count::default(),
            left_alone: Count::default(),
            full: Count::default(),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// A place among the calls under way, where the service may be asked now. There is no queue: a
    /// service that is slow would only make everybody in it wait.
    pub(super) fn seat(&self) -> Option<SemaphorePermit<'_>> {
        // The seat comes first, so that who looks whether the service is back can be seated.
        let Ok(seat) = self.seats.try_acquire() else {
            self.full.grow();
            return None;
        };
        if self.health.lets_ask() {
            return Some(seat);
        }
        self.left_alone.grow();
        None
    }

    /// A call goes out, for the so-manieth time.
    pub(super) fn calls(&self, attempt: u32) {
        self.calls.grow();
        if attempt > 1 {
            self.repeats.grow();
        }
    }

    /// The service is left alone from now on.
    pub(super) fn opens(&self) {
        self.opened.grow();
    }

    /// A call has ended.
    pub(super) fn ended(&self, reply: &Result<Reply, Missed>) {
        match reply.as_ref().map(|reply| reply.status) {
            Err(Missed::NotSent) => self.unreachable.grow(),
            Err(Missed::Lost) => self.lost.grow(),
            Ok(StatusCode::TOO_MANY_REQUESTS) => self.throttled.grow(),
            Ok(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => self.refused.grow(),
            Ok(status) if status.is_server_error() => self.failed.grow(),
            Ok(_) => {}
        }
    }

    /// How its breaker stands.
    pub fn breaker(&self) -> BreakerStand {
        match self.health.stand() {
            Stand::Closed => BreakerStand::Closed,
            Stand::Open => BreakerStand::Open,
            Stand::HalfOpen => BreakerStand::HalfOpen,
        }
    }

    /// Whether it does not take our credentials, as far as anybody knows.
    pub fn refuses_us(&self) -> bool {
        self.health.refuses_us()
    }

    /// How it fares.
    pub fn figures(&self) -> PeerFigures {
        PeerFigures {
            name: self.name.clone(),
            breaker: self.breaker(),
            refuses_us: self.refuses_us(),
            opened: self.opened.get(),
            in_flight: self.calls_at_once.saturating_sub(self.seats.available_permits()),
            calls_at_once: self.calls_at_once,
            calls: self.calls.get(),
            repeats: self.repeats.get(),
            unreachable: self.unreachable.get(),
            lost: self.lost.get(),
            failed: self.failed.get(),
            throttled: self.throttled.get(),
            refused: self.refused.get(),
            left_alone: self.left_alone.get(),
            full: self.full.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use acp_core::limits::{PEER_FAILURES_MAX, PROBE_PERIOD};
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn reply(status: u16) -> Reply {
        let status = StatusCode::from_u16(status).unwrap();
        Reply { status, headers: HeaderMap::new(), body: Bytes::new() }
    }

    #[test]
    fn calls_are_counted_by_how_they_end() {
        let peers = Peers::default();
        let watched = peers.watch("stripe", 3);
        for (attempt, ended) in [
            (1, Err(Missed::NotSent)),
            (2, Err(Missed::Lost)),
            (3, Ok(reply(500))),
            (1, Ok(reply(429))),
            (1, Ok(reply(401))),
            (1, Ok(reply(403))),
            (1, Ok(reply(404))),
            (1, Ok(reply(200))),
        ] {
            watched.calls(attempt);
            watched.ended(&ended);
        }
        let [figures] = <[_; 1]>::try_from(peers.figures()).unwrap();
        assert_eq!((&*figures.name, figures.calls, figures.repeats), ("stripe", 8, 2));
        let PeerFigures { unreachable, lost, failed, throttled, refused, .. } = figures;
        assert_eq!([unreachable, lost, failed, throttled, refused], [1, 1, 1, 1, 2]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_seat_is_told_at_once_and_does_not_take_the_turn_of_who_looks() {
        let peers = Peers::default();
        let watched = peers.watch("inventory", 1);
        let seat = watched.seat().unwrap();
        assert!(watched.seat().is_none());
        assert_eq!(watched.figures().in_flight, 1);
        for _ in 0..PEER_FAILURES_MAX {
            watched.health.failed();
        }
        assert_eq!(watched.breaker(), BreakerStand::Open);
        tokio::time::advance(PROBE_PERIOD).await;
        assert!(watched.seat().is_none(), "there is none");
        drop(seat);
        let looking = watched.seat();
        assert!(looking.is_some(), "it is still to be looked");
        assert_eq!(watched.breaker(), BreakerStand::HalfOpen);
        drop(looking);
        assert!(watched.seat().is_none(), "somebody has looked");
        let figures = watched.figures();
        assert_eq!((figures.full, figures.left_alone, figures.in_flight), (2, 1, 0));
    }
}
