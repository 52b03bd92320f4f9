//! Bounds of mandates.

use std::time::Duration;

/// Most entries of a mandate's ledger that are not added up yet.
pub const LEDGER_ENTRIES_MAX: usize = 1_000;
/// How long an entry that has ended is known by its key: as long as keys are repeated.
pub const LEDGER_ENTRY_KEPT: Duration = Duration::from_hours(96);
/// Most mandates one principal can have given, those that have ended among them.
pub const MANDATES_MAX: usize = 1_000;
/// Mandates that are looked at in one read.
pub const MANDATES_PAGE_MAX: usize = 100;
/// Most agents one mandate is for.
pub const MANDATE_AGENTS_MAX: usize = 20;
/// Most items, categories or countries on one list of a mandate.
pub const MANDATE_LIST_MAX: usize = 100;
/// Longest category on a list of a mandate, in characters.
pub const MANDATE_CATEGORY_CHARS_MAX: usize = 200;
/// Longest name of a time zone, in characters.
pub const TIME_ZONE_CHARS_MAX: usize = 64;
/// How far ahead a mandate may end.
pub const MANDATE_LIFE_MAX: Duration = Duration::from_hours(2 * 366 * 24);
