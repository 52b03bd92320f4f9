//! What is written to the log, and the one who listens for it and for all others.
//!
//! There is one listener and not one for each of those who are told: looking a span up costs as much
//! as keeping it, and a request has a handful of spans and mostly no line at all. So what is said of
//! a span is kept once, and made into words when a line or a collector wants them.

mod filter;
mod listener;
mod starting;
mod written;

pub use starting::{BadTelemetry, LogFormat, start};
