//! The merchant's own inventory, over HTTP, as `openapi/backends.yaml` describes it.
//!
//! Two shapes: one that promises units to a reservation, and one that is only a number to take
//! from. Whatever is asked of either is written into our own ledgers first, so that somebody asks
//! about it when whoever wanted it dies.

mod adjusting;
mod at_merchant;
mod desk;
mod objects;
mod reserving;

pub use adjusting::Adjusting;
pub use at_merchant::{AtMerchant, noted_ledger};
pub use desk::{Desk, InventoryOptions};
pub use reserving::Reserving;
