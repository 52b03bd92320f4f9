//! The description of the API, made from the code: schemas from the wire types, operations from
//! the handlers, and what all operations share from here.
//!
//! The examples are kept in `examples/`. The requests are written by hand; the answers and the
//! refusals are what the gateway really says to them, and a test keeps them so.

mod delegation;
mod document;
mod examples;
mod intents;
mod mandates;
mod operations;
mod plans;
mod queries;
mod refusals;
mod shared;
mod shop;
mod signatures;
mod three_ds;
mod told;

pub use document::openapi_document;
pub(super) use document::{serve, serve_newest};
