//! Stock ledgers, kept in any store, and what was taken out of the stock of others.

mod adjustments;
mod counting;
mod lanes;
mod ledgers;
mod port;

pub use adjustments::{Doubt, StoreAdjustments};
pub use ledgers::StoreStock;
