//! What is done without anybody's asking, and what a person decides about work that is stuck.

mod hear_of_payment;
mod judge_runs;
mod reconcile;
mod stuck;
mod tend;

pub use judge_runs::{Judged, Word};
pub use reconcile::{Fate, Reconciled, Stray, Strays};
pub use stuck::StuckRuns;
pub use tend::Tended;
