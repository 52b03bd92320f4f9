//! What callers do with a checkout session, a file per verb.

pub(super) mod alter;
mod approve;
pub(super) mod complete;
mod open;
pub(super) mod read;

pub use approve::Verdict;
