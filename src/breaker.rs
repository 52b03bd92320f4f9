//! Keeps everybody from waiting for a server that is away: the store, or a service of the merchant.

use std::sync::{Mutex, MutexGuard, PoisonError};

use acp_core::limits::PROBE_PERIOD;
use tokio::time::Instant;

/// Whether one may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// As far as anybody knows, the server is there.
    Closed,
    /// It was away, and this caller is the one who looks whether it still is.
    Probe,
    /// It is away, and somebody looks soon enough.
    Refused,
}

/// Closed while all is well. Open, it lets one caller through in each period.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<Option<Instant>>);

impl Breaker {
    pub(crate) fn leave(&self) -> Leave {
        let mut next_probe = self.next_probe();
        match *next_probe {
            None => Leave::Closed,
            Some(at) if Instant::now() < at => Leave::Refused,
            Some(_) => {
                *next_probe = Some(Instant::now() + PROBE_PERIOD);
                Leave::Probe
            }
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.next_probe().is_some()
    }

    pub(crate) fn open(&self) {
        *self.next_probe() = Some(Instant::now() + PROBE_PERIOD);
    }

    pub(crate) fn close(&self) {
        *self.next_probe() = None;
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn next_probe(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_lets_one_caller_through_in_each_period() {
        let breaker = Breaker::default();
        assert_eq!([breaker.leave(), breaker.leave()], [Leave::Closed; 2]);

        breaker.open();
        assert!(breaker.is_open());
        for _ in 0..2 {
            assert_eq!(breaker.leave(), Leave::Refused);
            tokio::time::advance(PROBE_PERIOD).await;
            assert_eq!(breaker.leave(), Leave::Probe);
            assert_eq!(breaker.leave(), Leave::Refused);
        }
        tokio::time::advance(PROBE_PERIOD.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(breaker.leave(), Leave::Refused);

        breaker.close();
        assert_eq!([breaker.leave(), breaker.leave()], [Leave::Closed; 2]);
    }
}
