//! Stock ledgers, kept in any store.

mod lanes;
mod ledgers;
mod port;

pub use ledgers::StoreStock;
