//! What is true about a shop, a checkout and its money.
//!
//! This crate knows the business and nothing else: no HTTP, no JSON, no store, no clock and no
//! dice. Time and identifiers come in as arguments, decisions come out as values.

#![deny(
    missing_docs,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::integer_division,
    clippy::modulo_arithmetic,
    clippy::iter_over_hash_type,
    clippy::wildcard_enum_match_arm
)]
#![cfg_attr(test, expect(clippy::arithmetic_side_effects, reason = "a test may overflow"))]

mod callers;
pub mod cart;
pub mod catalog;
pub mod dialogue;
pub mod ids;
pub mod limits;
pub mod mandate;
pub mod money;
pub mod order;
pub mod payment;
pub mod plan;
pub mod ports;
pub mod pricing;
pub mod refusal;
pub mod run;
pub mod session;
pub mod stock;
pub mod time;
pub mod webhook;

pub use callers::{principal, quota, request, signing, tenant};
pub use payment::{three_ds, vault};
