//! What is sold and how many there are.

mod catalogue;
mod inventory;

pub use catalogue::{Catalogue, CatalogueKind};
pub use inventory::{Inventory, InventoryShape};
