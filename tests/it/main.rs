//! Everything that is tested from outside a room: contracts of the ports, the program as callers
//! see it, and the rules of this repository.

#![expect(
    clippy::clone_on_ref_ptr,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, spawns what it likes and shares what it needs"
)]

mod attacks;
#[cfg(all(feature = "failpoints", feature = "test-clock"))]
mod chaos;
mod cli;
#[cfg(feature = "test-clock")]
mod conformance;
mod contract;
mod feed;
mod http;
mod mcp;
mod merchant;
mod openapi;
mod outward;
mod redis;
mod sim;
mod stripe;
mod support;
mod telemetry;
mod tidy;
mod vault;
mod wire;
