//! Bounds of mandates.

use std::time::Duration;

/// Most entries of a mandate's ledger that are not added up yet.
pub const LEDGER_ENTRIES_MAX: usize = 1_000;
/// How long an entry that has ended is known by its key: as long as keys are repeated.
pub const LEDGER_ENTRY_KEPT: Duration = Duration::from_hours(96);
