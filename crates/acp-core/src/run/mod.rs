//! Durable runs: what is written down about work that takes several steps, so that whoever finds
//! it can finish it or take it back.

mod completion;
mod standing;

pub use completion::{Run, RunStep, UndoReason};
pub use standing::{Lease, RunFence, Standing, Trouble};
