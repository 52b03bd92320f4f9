//! The store's own time: the clock's, except that it never runs backwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use acp_core::ports::Clock;
use acp_core::time::Timestamp;

/// Leases and expiry are counted in this time, so a clock that was set back ends none of them
/// twice.
pub(super) struct StoreTime {
    clock: Arc<dyn Clock>,
    latest_ms: AtomicI64,
}

impl StoreTime {
    /// Goes on from `latest`, the last time an earlier process is known to have seen.
    pub(super) fn resuming_at(latest: Timestamp, clock: Arc<dyn Clock>) -> Self {
        Self { clock, latest_ms: AtomicI64::new(latest.unix_ms()) }
    }

    pub(super) fn now(&self) -> Timestamp {
        let clock_ms = self.clock.now().unix_ms();
        let latest_ms = self.latest_ms.fetch_max(clock_ms, Ordering::AcqRel);
        Timestamp::from_unix_ms(clock_ms.max(latest_ms))
    }
}
