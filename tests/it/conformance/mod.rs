//! What the protocol asks of the server of a shop, asked of the running gateway over HTTP, in
//! every version it concerns. It knows nothing of the inside of the gateway, apart from what an
//! operator is shown.
//!
//! Every requirement is a row of the matrix, and every row with a check is a test of its name.
//! `make conformance` runs them all and writes `docs/CONFORMANCE.md`. `ACP_TEST_VERSIONS` names
//! the versions to try, where not all of them are wanted.

mod agent;
mod beside;
mod beyond;
mod capabilities;
mod claims;
mod core_checkout;
mod crossing;
mod discounts;
mod examples;
mod fuzzing;
mod idempotency;
mod matrix;
mod reading;
mod schemas;
mod signing;
mod tour;
mod version;
mod wishes;
mod world;

use matrix::registry;
