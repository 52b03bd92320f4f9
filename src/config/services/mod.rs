//! The sections about services of others: what they share, and those of carts, of the terms goods
//! are sold by, of the orders that come of it, of those who sign, and of a model that reads.

mod address;
mod addresses;
mod authentication;
mod cart;
mod feed;
mod message_signatures;
mod orders;
mod planner;
pub(super) mod shared;
mod signers;
mod terms;
mod webhooks;

pub(super) use address::{
    BASE_URL, BASE_URL_OR_NONE, CALLS_AT_ONCE, SECRET, address_fault, base_url, base_url_or_none,
    is_plain, is_private, secret,
};
pub use addresses::Addresses;
pub use authentication::Authentication;
pub use cart::CartService;
pub use feed::{Feed, FeedAgent};
pub use message_signatures::{MessageSignatures, UnlistedAgents};
pub use orders::OrderService;
pub use planner::Planner;
pub use signers::{NetworkAgent, PartnerKey, SigningAgent, SigningPartner};
pub(super) use terms::{PROMOTIONS, SHIPPING, TAX, Table};
pub use terms::{PromotionService, ShippingService, TaxService, TermKind, TermService};
pub use webhooks::Webhooks;
