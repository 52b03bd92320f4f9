//! The sections about services of others: what they share, and those of carts and of the terms goods
//! are sold by.

mod address;
mod cart;
mod terms;

pub(super) use address::{
    BASE_URL, BASE_URL_OR_NONE, CALLS_AT_ONCE, SECRET, address_fault, base_url, base_url_or_none,
    is_plain, is_private, secret,
};
pub use cart::CartService;
pub(super) use terms::{PROMOTIONS, SHIPPING, TAX, Table};
pub use terms::{PromotionService, ShippingService, TaxService, TermKind, TermService};
