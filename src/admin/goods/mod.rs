//! What is sold, how much of it is there, and what the merchant's inventory left in doubt.

pub(super) mod catalog;
pub(super) mod doubts;
pub(super) mod feeds;
pub(super) mod import;
mod shelves;

pub use catalog::{
    Counted, ItemPage, ItemShown, MerchantCatalog, PriceAsked, PriceSet, StockAsked, StockSet,
};
pub use doubts::{DoubtList, DoubtShown, Finding, SettleAsked};
pub use feeds::{FeedList, FeedShown, PushAsked, PushDone, RoundShown};
pub use import::{FindingShown, Findings, Imported};
pub use shelves::put_on_sale;
