//! Everything that is tested from outside a room: contracts of the ports, the program as callers
//! see it, and the rules of this repository.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod contract;
mod http;
