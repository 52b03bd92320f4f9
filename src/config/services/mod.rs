//! The sections about services of others: what they share, and those of carts, of the terms goods
//! are sold by, of the orders that come of it, and of those who sign.

mod address;
mod cart;
mod message_signatures;
mod orders;
pub(super) mod shared;
mod signers;
mod terms;

pub(super) use address::{
    BASE_URL, BASE_URL_OR_NONE, CALLS_AT_ONCE, SECRET, address_fault, base_url, base_url_or_none,
    is_plain, is_private, secret,
};
pub use cart::CartService;
pub use message_signatures::{MessageSignatures, UnlistedAgents};
pub use orders::OrderService;
pub use signers::{NetworkAgent, PartnerKey, SigningAgent, SigningPartner};
pub(super) use terms::{PROMOTIONS, SHIPPING, TAX, Table};
pub use terms::{PromotionService, ShippingService, TaxService, TermKind, TermService};
