//! What is sold, how many there are, and by which terms.

mod assortment;
mod catalog;
mod feeds;
mod products;
mod stock;
mod terms;

pub use assortment::{Assortment, Counts, Decide, Decision};
pub use catalog::Catalog;
pub use feeds::{
    FeedBook, FeedFailure, FeedForm, FeedHost, FeedWriter, Forgotten, ToldNow, ToldProducts,
    WrittenProduct,
};
pub use products::{ProductPage, ProductPlace, Products};
pub use stock::{Keeper, Ledgers, Overdue, Stock};
pub use terms::{DeliveryOptions, Promotions, TaxRates};
