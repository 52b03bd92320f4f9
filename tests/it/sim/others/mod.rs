//! Who is around a gateway, as one gateway reaches them.

mod inventory;
mod orders;
mod payments;

pub(super) use inventory::{Inventory, SimInventory};
pub(super) use orders::{Orders, SimOrders};
pub(super) use payments::{Card, SECRET, SimPayments};
