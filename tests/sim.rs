//! The simulated worlds of `tests/it/sim` and nothing else, for `make sim`: optimizing all tests
//! would take longer than playing the worlds. `cargo test` leaves it out, because the same worlds
//! are in `tests/it`.

#![expect(
    clippy::clone_on_ref_ptr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, spawns what it likes and shares what it needs"
)]

#[path = "it/sim/mod.rs"]
mod sim;
#[path = "it/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the worlds need a Redis server and nothing else")]
mod support;
