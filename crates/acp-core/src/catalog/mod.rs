//! What can be bought, and under which rules a shop sells it.

mod item;
mod shop;

pub use item::{CatalogItem, Kind, SoldAs, TaxClass};
pub use shop::{
    Carriage, OptionRule, PaymentHandler, PickupLocation, Region, Shop, TaxRule, TaxTable,
};
