//! What is sold and how much of it is there.

mod catalog;
mod feed;
mod file;
mod stock;

pub(super) use catalog::{CatalogArgs, run as run_catalog};
pub(super) use feed::{FeedArgs, run as run_feed};
pub(super) use stock::{StockArgs, run as run_stock};
