//! The bounds of telemetry. Part of [`crate::limits`], where they are named from.

use std::time::Duration;

/// Most connections of those who read figures at a time.
pub const METRICS_CONNECTIONS_MAX: usize = 16;
/// How long somebody who reads figures waits for the store, before it is left out.
pub const GAUGES_TIMEOUT: Duration = Duration::from_secs(2);
/// Most runs of a kind that are looked at for whether they get on, those that are due next: one that
/// rests is looked at again so soon that it stands in front of all that wait for days.
pub const STUCK_RUNS_LOOKED_AT_MAX: usize = 256;
/// How many of them are read from the store at once.
pub const STUCK_RUNS_READ_AT_ONCE: usize = 32;
/// How long after its lease or its rest is over a run is overdue. Whoever is there looks every second.
pub const RUN_OVERDUE_AFTER: Duration = Duration::from_mins(2);
/// For how long what the store said to one of them is good for the others, so that no crowd of them
/// asks it.
pub const GAUGES_KEPT: Duration = Duration::from_secs(2);
/// How often it is looked whether spans or lines were lost on their way to a collector.
pub const LOSSES_LOOK_PERIOD: Duration = Duration::from_mins(1);
