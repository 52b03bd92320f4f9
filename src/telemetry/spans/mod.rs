//! Spans on their way to a collector: what is kept of each, and which traces are told at all.
//!
//! A trace is decided about when all of it that happened here is over: then it is known whether
//! something failed or money moved, and such traces are told whatever share of the others is.
//! Until then its spans wait, within bounds. This is ours because libraries decide when a trace
//! begins, and because a span that nobody will be told of must cost next to nothing.

mod context;
mod fields;
mod finished;
mod layer;
mod telling;
mod trace;

pub(super) use context::place_in;
pub use context::{is_traceparent, traceparent};
pub(super) use layer::{Spans, now};
pub use telling::{tell, tell_answer};
pub use trace::Sampling;
