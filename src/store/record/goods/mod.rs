//! What is sold: the catalogue of each merchant, and how much of everything there is.

mod assortment;
mod by_product;
mod catalog;
mod catalogs;
mod feeds;
mod stock;

pub use catalog::StoreCatalog;
pub use catalogs::StoreCatalogs;
pub use feeds::StoreFeeds;
pub use stock::{Doubt, StoreAdjustments, StoreStock};
