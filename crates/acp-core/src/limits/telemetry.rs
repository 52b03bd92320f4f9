//! The bounds of telemetry. Part of [`crate::limits`], where they are named from.

use std::time::Duration;

/// Most connections of those who read figures at a time.
pub const METRICS_CONNECTIONS_MAX: usize = 16;
/// How long somebody who reads figures waits for the store, before it is left out.
pub const GAUGES_TIMEOUT: Duration = Duration::from_secs(2);
