//! The second binding of the protocol: its operations as tools of the Model Context Protocol, at
//! `/mcp`.
//!
//! A call of a tool is turned into the very request REST would get and goes in by
//! [`Inward`](crate::http::Inward), so nothing is decided here: not who calls, how often, in which
//! version, nor what a body means. This room knows envelopes and tools, and no use case.

mod counted;
mod endpoint;
mod envelope;
mod inputs;
mod message;
mod schemas;
mod server;
mod tools;

pub use endpoint::{Names, routes};
