//! What can be bought, and under which rules a shop sells it.

mod handler;
mod item;
mod promotion;
mod shop;

pub use handler::{HandlerKind, PaymentHandler, SellerKind, SellerMethod};
pub use item::{CatalogItem, Disclosure, Kind, Markup, SoldAs, TaxClass};
pub use promotion::{Audience, Benefit, CodeRefusal, Promotion, Reach, Spread};
pub use shop::{
    Authenticating, Carriage, ConsentOption, ExchangeRule, OptionRule, Page, PageKind,
    PickupLocation, PurchaseAccount, Region, Shop, TaxRule, TaxTable,
};
