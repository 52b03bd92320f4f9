//! Time that is nobody's but the simulation's.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use tokio::time::Instant;

/// When every world begins.
const BEGINNING_MS: i64 = 1_767_225_600_000;

/// Tells the virtual time of the runtime it was made in, so that sleeping, leases and clocks
/// agree.
pub(super) struct VirtualClock {
    start: Instant,
    shown: Arc<Shown>,
}

/// The time as the virtual clock last told it, for threads that live outside of it.
#[derive(Debug)]
pub(super) struct Shown(AtomicI64);

impl VirtualClock {
    pub(super) fn start() -> Self {
        Self { start: Instant::now(), shown: Arc::new(Shown(AtomicI64::new(BEGINNING_MS))) }
    }

    /// The clock of whatever does not live in the simulation's runtime.
    pub(super) fn shown(&self) -> Arc<Shown> {
        self.shown.clone()
    }

    /// Milliseconds since the world began.
    pub(super) fn age_ms(&self) -> i64 {
        self.now().unix_ms() - BEGINNING_MS
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.start.elapsed().as_millis()).unwrap();
        self.shown.0.store(BEGINNING_MS + passed, Ordering::SeqCst);
        Timestamp::from_unix_ms(BEGINNING_MS + passed)
    }
}

impl Clock for Shown {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}
