//! The machine's own clock and dice.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use acp_core::ids::Random128;
use acp_core::ports::{Clock, Entropy};
use acp_core::time::Timestamp;

/// The machine's clock. Builds for tests can move it.
#[derive(Debug, Default)]
pub struct SystemClock {
    offset_ms: AtomicI64,
}

impl SystemClock {
    /// Shifts the time from now on.
    #[cfg(feature = "test-clock")]
    pub fn shift(&self, offset_ms: i64) {
        self.offset_ms.store(offset_ms, Ordering::SeqCst);
    }

    /// How far it is ahead of the machine's.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst)
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = SystemTime::now();
        let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let unix_ms = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
        let offset_ms = self.offset_ms.load(Ordering::Relaxed);
        Timestamp::from_unix_ms(unix_ms.saturating_add(offset_ms))
    }
}

/// The machine's source of random bits.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn random128(&self) -> Random128 {
        let mut bits = [0; 16];
        #[expect(clippy::disallowed_methods, reason = "this is the source of random bits")]
        #[expect(clippy::expect_used, reason = "without random bits no id and no key is safe")]
        getrandom::fill(&mut bits).expect("the operating system gives random bits");
        Random128(bits)
    }
}
