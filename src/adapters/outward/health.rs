//! Whether a service is well enough to be asked.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::{PEER_FAILURES_MAX, PEER_REST_MAX};
use tokio::time::Instant;

use crate::breaker::{Breaker, Leave, Stand};

/// Remembers how the last calls went. Some failures in a row keep everybody away, but for one who
/// looks in each period.
#[derive(Debug, Default)]
pub(super) struct Health {
    breaker: Breaker,
    heard: Mutex<Heard>,
}

/// What was heard of the service. Answers come at the same time, so who writes here also turns the
/// breaker before letting go: a service that refuses us behind a closed breaker would be looked at
/// by nobody.
#[derive(Debug, Default)]
struct Heard {
    failures: u32,
    /// Until when it wants to be left alone.
    rests_until: Option<Instant>,
    /// Whether the last we heard of it is that it does not take our credentials.
    refuses_us: bool,
}

impl Heard {
    /// One more failure. Says whether it is one too many.
    fn fails(&mut self) -> bool {
        self.failures = self.failures.saturating_add(1);
        self.failures >= PEER_FAILURES_MAX
    }

    /// It does not take our credentials. Says whether that is news.
    fn refuses(&mut self, breaker: &Breaker) -> bool {
        breaker.open();
        !std::mem::replace(&mut self.refuses_us, true)
    }
}

impl Health {
    /// Whether one may ask now.
    pub(super) fn lets_ask(&self) -> bool {
        !self.rests() && self.breaker.leave() != Leave::Refused
    }

    /// The service wants to be left alone for so long, and is, for a while at the most.
    pub(super) fn rest(&self, span: Duration) {
        self.heard().rests_until = Some(Instant::now() + span.min(PEER_REST_MAX));
    }

    fn rests(&self) -> bool {
        self.heard().rests_until.is_some_and(|until| Instant::now() < until)
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is being left alone.
    pub(super) fn is_ill(&self) -> bool {
        self.rests() || self.breaker.is_open()
    }

    /// How its breaker stands. A service that is left alone as it wants has one that is open.
    pub(super) fn stand(&self) -> Stand {
        if self.rests() { Stand::Open } else { self.breaker.stand() }
    }

    /// Whether it does not take our credentials, as far as anybody knows.
    pub(super) fn refuses_us(&self) -> bool {
        self.heard().refuses_us
    }

    /// A call was answered that our credentials are none (401): so would every other be, until
    /// somebody sees to it. Says whether that is news.
    pub(super) fn refused(&self) -> bool {
        self.heard().refuses(&self.breaker)
    }

    /// A call was answered that it is not for us (403). One may be about what was asked for, which
    /// others choose; some in a row are about us. Says whether that is news.
    pub(super) fn forbidden(&self) -> bool {
        let mut heard = self.heard();
        let is_about_us = heard.fails() || self.breaker.is_open();
        is_about_us && heard.refuses(&self.breaker)
    }

    /// A call was answered. Says whether the service was ill before.
    pub(super) fn is_well(&self) -> bool {
        let mut heard = self.heard();
        heard.failures = 0;
        heard.refuses_us = false;
        let was_ill = self.breaker.is_open();
        if was_ill {
            self.breaker.close();
        }
        was_ill
    }

    /// A call failed by the service's fault. Says whether that was one too many.
    pub(super) fn failed(&self) -> bool {
        let mut heard = self.heard();
        let is_ill = self.breaker.is_open();
        if heard.fails() || is_ill {
            self.breaker.open();
        }
        !is_ill && self.breaker.is_open()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use acp_core::limits::PROBE_PERIOD;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_failures_in_a_row_keep_everybody_away_until_one_call_goes_well() {
        let health = Health::default();
        for _ in 1..PEER_FAILURES_MAX {
            assert!(!health.failed());
        }
        assert!(!health.is_well(), "it never was ill");
        for number in 1..=PEER_FAILURES_MAX {
            assert!(health.lets_ask());
            assert_eq!(health.failed(), number == PEER_FAILURES_MAX, "said once");
        }
        assert!(!health.lets_ask());

        tokio::time::advance(PROBE_PERIOD).await;
        assert!(health.lets_ask(), "one looks");
        assert!(!health.lets_ask(), "and only one");
        assert!(!health.failed(), "nobody has to hear of it again");
        tokio::time::advance(PROBE_PERIOD).await;
        assert!(health.lets_ask());
        assert!(health.is_well());
        assert!(health.lets_ask() && health.lets_ask());
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_take_our_credentials_is_left_alone_at_once_and_looked_at() {
        let health = Health::default();
        assert!(health.refused(), "news");
        assert!(health.refuses_us() && !health.lets_ask());
        tokio::time::advance(PROBE_PERIOD).await;
        assert!(health.lets_ask(), "one looks");
        assert!(!health.refused(), "nobody has to hear of it again");
        assert!(!health.failed() && health.refuses_us(), "a failure proves nothing");
        tokio::time::advance(PROBE_PERIOD).await;
        assert!(health.lets_ask() && health.is_well());
        assert!(!health.refuses_us() && health.lets_ask());
        assert!(health.refused(), "news again");
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_that_is_not_for_us_may_be_about_what_was_asked() {
        let health = Health::default();
        for _ in 1..PEER_FAILURES_MAX {
            assert!(!health.forbidden());
        }
        health.is_well();
        for number in 1..=PEER_FAILURES_MAX {
            assert!(health.lets_ask() && !health.refuses_us());
            assert_eq!(health.forbidden(), number == PEER_FAILURES_MAX);
        }
        assert!(health.refuses_us() && !health.lets_ask());
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_is_left_alone_as_long_as_it_wants_but_not_for_ever() {
        let health = Health::default();
        health.rest(Duration::from_secs(3));
        assert!(!health.lets_ask() && health.is_ill());
        assert_eq!(health.stand(), Stand::Open);
        tokio::time::advance(Duration::from_secs(3)).await;
        assert!(health.lets_ask() && !health.is_ill());
        health.rest(Duration::from_hours(24));
        tokio::time::advance(PEER_REST_MAX).await;
        assert!(health.lets_ask());
    }

    /// Nobody can say which of the two answers comes first, only that there is no third outcome.
    #[test]
    fn answers_at_the_same_time_leave_nobody_refused_behind_a_closed_breaker() {
        const ROUNDS: usize = 20_000;
        let (health, together) = (Health::default(), Barrier::new(2));
        let mut torn = Vec::new();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    together.wait();
                    health.is_well();
                    together.wait();
                }
            });
            for round in 0..ROUNDS {
                health.refused();
                together.wait();
                health.refused();
                together.wait();
                if health.refuses_us() != health.is_ill() {
                    torn.push(round);
                }
            }
        });
        assert!(torn.is_empty(), "{} of {ROUNDS} rounds, first {:?}", torn.len(), torn.first());
    }
}
