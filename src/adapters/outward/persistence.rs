//! How often a call that may be repeated is, and how long it waits before it is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use acp_core::limits::{PEER_PAUSE_MAX, PEER_PAUSE_MIN, PEER_REPEATS_MAX, PEER_REPEATS_SAVED_MAX};
use acp_core::ports::{Entropy, any_up_to};

/// How many calls earn one repetition.
const CALLS_PER_REPETITION: u32 = 5;
const SAVED_MAX: u32 = PEER_REPEATS_SAVED_MAX * CALLS_PER_REPETITION;

/// Repetitions are paid for: one call in five may be repeated, and some are saved up. A service
/// that fails them all so gets hardly more calls than one that is well.
pub(super) struct Persistence {
    saved: AtomicU32,
    entropy: Arc<dyn Entropy>,
}

impl Persistence {
    pub(super) const fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { saved: AtomicU32::new(SAVED_MAX), entropy }
    }

    /// A call is made that may be repeated.
    pub(super) fn earn(&self) {
        self.change(|saved| Some(saved.saturating_add(1).min(SAVED_MAX)));
    }

    /// How long to wait before the next try, after so many; nothing when it is enough.
    pub(super) fn pause(&self, tries: u32, asked_for: Option<Duration>) -> Option<Duration> {
        if tries > PEER_REPEATS_MAX {
            return None;
        }
        let asked_for = asked_for.unwrap_or_default();
        let is_paid = asked_for <= PEER_PAUSE_MAX
            && self.change(|saved| saved.checked_sub(CALLS_PER_REPETITION));
        // Those who were told the same time do not come back at the same time.
        is_paid.then(|| asked_for + any_up_to(longest(tries), self.entropy.as_ref()))
    }

    fn change(&self, change: impl Fn(u32) -> Option<u32>) -> bool {
        self.saved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, change).is_ok()
    }
}

impl fmt::Debug for Persistence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Persistence").field("saved", &self.saved).finish_non_exhaustive()
    }
}

fn longest(tries: u32) -> Duration {
    PEER_PAUSE_MIN.saturating_mul(2_u32.saturating_pow(tries)).min(PEER_PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use acp_mocks::SeededEntropy;

    use super::*;

    fn persistence() -> Persistence {
        Persistence::new(Arc::new(SeededEntropy::new(3)))
    }

    #[test]
    fn some_repetitions_are_saved_up_and_then_one_call_in_five_earns_one() {
        let calls = persistence();
        let granted = (0..100).filter(|_| calls.pause(1, None).is_some()).count();
        assert_eq!(granted, usize::try_from(PEER_REPEATS_SAVED_MAX).unwrap());
        for _ in 0..12 {
            calls.earn();
        }
        let granted = (0..100).filter(|_| calls.pause(1, None).is_some()).count();
        assert_eq!(granted, 2);
    }

    #[test]
    fn pauses_are_of_any_length_up_to_one_that_grows() {
        let calls = persistence();
        let mut seen = Vec::new();
        for _ in 0..500 {
            (0..CALLS_PER_REPETITION).for_each(|_| calls.earn());
            seen.push(calls.pause(1, None).unwrap());
        }
        let spread = longest(1);
        assert!(seen.iter().all(|pause| *pause <= spread));
        assert!(seen.iter().any(|pause| *pause < spread / 4));
        assert!(seen.iter().any(|pause| *pause > spread * 3 / 4));
        assert_eq!(longest(100), PEER_PAUSE_MAX);
    }

    #[test]
    fn a_service_that_wants_to_be_left_alone_for_long_is() {
        let calls = persistence();
        let soon = PEER_PAUSE_MAX / 2;
        assert!(calls.pause(1, Some(soon)).unwrap() >= soon);
        assert_eq!(calls.pause(1, Some(PEER_PAUSE_MAX * 2)), None);
        assert_eq!(calls.pause(PEER_REPEATS_MAX + 1, None), None);
    }
}
