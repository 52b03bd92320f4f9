//! The least speed at which the other side has to send, or to take what we send.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use acp_core::limits::BYTES_PER_SECOND_MIN;
use tokio::time::{Instant, Sleep, sleep_until};

/// Counts bytes, and says when there were too few of them for the time they took. A clock is only
/// looked at once somebody waits, so that whoever is quick costs nothing.
#[derive(Debug)]
pub(super) struct Pace {
    grace: Duration,
    bytes: u64,
    begun: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    /// A pace that may be missed by so much time in all.
    pub(super) const fn with_grace(grace: Duration) -> Self {
        Self { grace, bytes: 0, begun: None, alarm: None }
    }

    /// So many bytes went through.
    pub(super) fn moved(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// Whether somebody has waited since the beginning.
    pub(super) const fn is_waiting(&self) -> bool {
        self.begun.is_some()
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) {
        *self = Self::with_grace(self.grace);
    }

    /// There is nothing to move now. Ready once that is too slow; wakes the task then.
    pub(super) fn poll_too_slow(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        let due = Duration::from_millis(self.bytes.saturating_mul(1_000) / BYTES_PER_SECOND_MIN);
        let deadline = begun + self.grace + due;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
        alarm.as_mut().poll(context)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const GRACE: Duration = Duration::from_secs(4);

    /// How long somebody is waited for who sends nothing more.
    async fn patience(pace: &mut Pace) -> Duration {
        let before = Instant::now();
        poll_fn(|context| pace.poll_too_slow(context)).await;
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn each_kilobyte_is_worth_a_second_and_time_that_was_saved_is_kept() {
        let mut pace = Pace::with_grace(GRACE);
        assert_eq!(patience(&mut pace).await.as_secs(), 4);
        pace.reset();
        pace.moved(3 * 1_024);
        assert_eq!(patience(&mut pace).await.as_secs(), 7);
        pace.moved(1_024);
        assert_eq!(patience(&mut pace).await.as_secs(), 1);
        pace.moved(1);
        assert_eq!(patience(&mut pace).await.as_secs(), 0, "a byte is no second");
    }
}
