//! What is sold, how many there are, and by which terms.

mod assortment;
mod catalog;
mod stock;
mod terms;

pub use assortment::{Assortment, Counts, Decide, Decision};
pub use catalog::Catalog;
pub use stock::{Keeper, Ledgers, Overdue, Stock};
pub use terms::{DeliveryOptions, Promotions, TaxRates};
