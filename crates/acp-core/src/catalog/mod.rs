//! What can be bought, and under which rules a shop sells it.

mod change;
mod delivery;
mod feed;
mod handler;
mod item;
mod product;
mod promotion;
mod shop;
mod tax;
mod terms;

pub use change::{ChangeItem, Offer};
pub use delivery::{Carriage, OptionRule, PickupLocation};
pub use feed::{FeedKey, FeedRound, FeedStand, ToldProduct};
pub use handler::{HandlerKind, PaymentHandler, SellerKind, SellerMethod};
pub use item::{CatalogItem, Disclosure, Kind, Markup, SoldAs, TaxClass};
pub use product::{GoneItem, OfferedItem, OfferedProduct, Product};
pub use promotion::{Audience, Benefit, CodeRefusal, Promotion, Reach, Spread};
pub use shop::{
    Authenticating, ConsentOption, ExchangeRule, Page, PageKind, PurchaseAccount, Shop,
};
pub use tax::{Region, TaxRule, TaxTable};
pub use terms::Terms;
