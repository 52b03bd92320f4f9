use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use acp_core::ports::Clock;
use acp_core::time::Timestamp;

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct StillClock {
    unix_ms: AtomicI64,
}

impl StillClock {
    /// A clock that stands at a time.
    pub const fn at(time: Timestamp) -> Self {
        Self { unix_ms: AtomicI64::new(time.unix_ms()) }
    }

    /// Moves it forward, and tells what it shows now.
    pub fn advance(&self, span: Duration) -> Timestamp {
        let moved = |unix_ms| Timestamp::from_unix_ms(unix_ms).plus(span).unix_ms();
        let mut shown = self.unix_ms.load(Ordering::SeqCst);
        while let Err(current) =
            self.unix_ms.compare_exchange(shown, moved(shown), Ordering::SeqCst, Ordering::SeqCst)
        {
            shown = current;
        }
        Timestamp::from_unix_ms(moved(shown))
    }

    /// Sets it, also back: other clocks jump too.
    pub fn set(&self, time: Timestamp) {
        self.unix_ms.store(time.unix_ms(), Ordering::SeqCst);
    }
}

impl Default for StillClock {
    /// The beginning of 2026.
    fn default() -> Self {
        Self::at(Timestamp::from_unix_ms(1_767_225_600_000))
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.unix_ms.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_stands_still_until_it_is_moved() {
        let clock = StillClock::default();
        let start = clock.now();
        assert_eq!(clock.now(), start);

        let later = clock.advance(Duration::from_secs(5));
        assert_eq!(later, start.plus(Duration::from_secs(5)));
        assert_eq!(clock.now(), later);

        clock.set(Timestamp::EPOCH);
        assert_eq!(clock.now(), Timestamp::EPOCH);
    }
}
