//! What becomes of an order: it is looked at, decided about, and what was decided is done.

mod command;
mod errands;
mod read;

pub use errands::{HandOverCounts, OrderKeeper};
pub use read::OrdersWanted;

pub(super) use errands::{Errands, HandOverTally};
pub(super) use read::seen_by;
