//! Spans on their way to a collector: what is kept of each, and which traces are told at all.
//!
//! A trace is decided about when all of it that happened here is over: then it is known whether
//! something failed or money moved, and such traces are told whatever share of the others is.
//! Until then its spans wait, within bounds. This is ours because libraries decide when a trace
//! begins, and because a span that nobody will be told of must cost next to nothing: what is said of it
//! is kept as it came, and becomes a span of theirs when its trace is told.

mod context;
mod fields;
mod finished;
mod kept;
mod layer;
mod telling;
mod trace;

pub use context::{is_traceparent, traceparent};
pub(super) use kept::{Kept, now};
pub(super) use layer::Spans;
pub use telling::{tell, tell_answer, tell_call, tell_caller};
pub use trace::Sampling;
