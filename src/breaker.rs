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

/// How a breaker stands, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Everybody is let through.
    Closed,
    /// Nobody is.
    Open,
    /// Nobody is but one caller, who looks or is about to.
    HalfOpen,
}

/// When somebody looks next, and whether somebody does now.
#[derive(Clone, Copy, Debug)]
struct Opened {
    next_probe: Instant,
    is_probed: bool,
}

/// Closed while all is well. Open, it lets one caller through in each period.
#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<Option<Opened>>);

impl Breaker {
    pub(crate) fn leave(&self) -> Leave {
        let mut opened = self.opened();
        match *opened {
            None => Leave::Closed,
            Some(Opened { next_probe, .. }) if Instant::now() < next_probe => Leave::Refused,
            Some(_) => {
                let next_probe = Instant::now() + PROBE_PERIOD;
                *opened = Some(Opened { next_probe, is_probed: true });
                Leave::Probe
            }
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.opened().is_some()
    }

    /// How it stands. Looking changes nothing.
    pub(crate) fn stand(&self) -> Stand {
        match *self.opened() {
            None => Stand::Closed,
            Some(Opened { next_probe, is_probed }) => {
                let is_due = is_probed || Instant::now() >= next_probe;
                if is_due { Stand::HalfOpen } else { Stand::Open }
            }
        }
    }

    pub(crate) fn open(&self) {
        let next_probe = Instant::now() + PROBE_PERIOD;
        *self.opened() = Some(Opened { next_probe, is_probed: false });
    }

    pub(crate) fn close(&self) {
        *self.opened() = None;
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn opened(&self) -> MutexGuard<'_, Option<Opened>> {
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

    #[tokio::test(start_paused = true)]
    async fn whoever_watches_sees_that_somebody_looks_and_disturbs_nobody() {
        let breaker = Breaker::default();
        assert_eq!(breaker.stand(), Stand::Closed);
        breaker.open();
        assert_eq!(breaker.stand(), Stand::Open);
        tokio::time::advance(PROBE_PERIOD).await;
        assert_eq!([breaker.stand(), breaker.stand()], [Stand::HalfOpen; 2], "it is time");
        assert_eq!(breaker.leave(), Leave::Probe, "and still nobody has looked");
        assert_eq!(breaker.stand(), Stand::HalfOpen, "somebody looks");
        breaker.open();
        assert_eq!(breaker.stand(), Stand::Open, "in vain");
        breaker.close();
        assert_eq!(breaker.stand(), Stand::Closed);
    }
}
