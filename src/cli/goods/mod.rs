//! What is sold and how much of it is there.

mod catalog;
mod file;
mod stock;

pub(super) use catalog::{CatalogArgs, run as run_catalog};
pub(super) use stock::{StockArgs, run as run_stock};
