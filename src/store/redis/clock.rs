//! Whose time the store goes by: the server's, as its last answers told it.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use tokio::time::Instant;

/// Further behind than any clock: with it, the time is what it must be at the least.
const OUT_OF_SIGHT_MS: i64 = -(1 << 52);

/// Whose time counts.
#[derive(Clone)]
pub enum ServerTime {
    /// The server's, and so many milliseconds more. The function says how far somebody who tests
    /// has moved the clock of this gateway.
    Ahead(Arc<dyn Fn() -> i64 + Send + Sync>),
    /// That of a clock, and the server's does not matter: for tests that move it by hand.
    Given(Arc<dyn Clock>),
}

impl ServerTime {
    /// The server's own time.
    pub fn own() -> Self {
        Self::Ahead(Arc::new(|| 0))
    }
}

impl fmt::Debug for ServerTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ahead(_) => "Ahead",
            Self::Given(_) => "Given",
        })
    }
}

/// What the server's clock said, and when that was heard.
#[derive(Clone, Copy, Debug)]
struct Heard {
    server_ms: i64,
    at: Instant,
}

/// The store's time, told without asking. It is at most as late as the server's, because an answer
/// is older than the moment it arrives, and it never runs backwards in this process.
#[derive(Debug)]
pub(super) struct StoreClock {
    whose: ServerTime,
    heard: Mutex<Heard>,
    latest_ms: AtomicI64,
}

/// The time as scripts are told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The least it may be.
    pub(super) floor_ms: i64,
    /// How far it is ahead of the server's.
    pub(super) ahead_ms: i64,
}

impl StoreClock {
    pub(super) fn new(whose: ServerTime) -> Self {
        let heard = Mutex::new(Heard { server_ms: 0, at: Instant::now() });
        Self { whose, heard, latest_ms: AtomicI64::new(i64::MIN) }
    }

    /// Takes note of what the server's clock says in an answer that has just arrived.
    pub(super) fn heard(&self, server_ms: i64) {
        *self.last_heard() = Heard { server_ms, at: Instant::now() };
    }

    pub(super) fn now(&self) -> Timestamp {
        let now_ms = match &self.whose {
            ServerTime::Given(clock) => clock.now().unix_ms(),
            ServerTime::Ahead(ahead_ms) => self.server_ms().saturating_add(ahead_ms()),
        };
        let latest_ms = self.latest_ms.fetch_max(now_ms, Ordering::AcqRel);
        Timestamp::from_unix_ms(now_ms.max(latest_ms))
    }

    /// What the server's own clock says about now.
    pub(super) fn server_ms(&self) -> i64 {
        let Heard { server_ms, at } = *self.last_heard();
        let since_ms = i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX);
        server_ms.saturating_add(since_ms)
    }

    pub(super) fn told(&self) -> Told {
        let floor_ms = self.now().unix_ms();
        let ahead_ms = match &self.whose {
            ServerTime::Given(_) => OUT_OF_SIGHT_MS,
            ServerTime::Ahead(ahead_ms) => ahead_ms(),
        };
        Told { floor_ms, ahead_ms }
    }

    /// The moment at which the server's own clock will be there; `None` when nobody knows.
    pub(super) fn by_server(&self, moment: Timestamp) -> Option<i64> {
        match &self.whose {
            ServerTime::Given(_) => None,
            ServerTime::Ahead(ahead_ms) => Some(moment.unix_ms().saturating_sub(ahead_ms())),
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn last_heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn between_answers_the_time_goes_on_by_itself() {
        let clock = StoreClock::new(ServerTime::own());
        clock.heard(1_000);
        tokio::time::advance(Duration::from_millis(250)).await;
        assert_eq!(clock.now().unix_ms(), 1_250);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_whose_clock_is_behind_holds_the_time_still() {
        let clock = StoreClock::new(ServerTime::own());
        clock.heard(5_000);
        assert_eq!(clock.now().unix_ms(), 5_000);
        clock.heard(1_000);
        assert_eq!(clock.now().unix_ms(), 5_000);
        assert_eq!(clock.told(), Told { floor_ms: 5_000, ahead_ms: 0 });
        tokio::time::advance(Duration::from_secs(10)).await;
        assert_eq!(clock.now().unix_ms(), 11_000);
    }

    #[tokio::test(start_paused = true)]
    async fn who_moves_the_clock_moves_the_store_but_not_what_the_server_forgets_by() {
        let clock = StoreClock::new(ServerTime::Ahead(Arc::new(|| 60_000)));
        clock.heard(1_000);
        assert_eq!(clock.now().unix_ms(), 61_000);
        assert_eq!(clock.told(), Told { floor_ms: 61_000, ahead_ms: 60_000 });
        assert_eq!(clock.by_server(Timestamp::from_unix_ms(61_500)), Some(1_500));
    }
}
