//! What is sold: the catalogue of each merchant, and how much of everything there is.

mod assortment;
mod catalog;
mod catalogs;
mod stock;

pub use catalog::StoreCatalog;
pub use catalogs::StoreCatalogs;
pub use stock::{Doubt, StoreAdjustments, StoreStock};
