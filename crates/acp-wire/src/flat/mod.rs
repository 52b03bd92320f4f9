//! The form sessions had until 16 January 2026: one amount of each kind on a line, a buyer with
//! two names, seven totals, a payment provider in place of handlers. Much of what the core knows
//! has no words here; each file says what becomes of it.
//!
//! What all versions of this form say alike stands here, and what two neighbours do. Everything
//! else is in the version's own module.

pub mod buyer;
pub mod card;
mod commands;
pub mod fulfillment_option;
pub mod item;
pub mod line_item;
pub mod link;
pub mod message;
mod offer;
pub mod order;
pub mod payment_data;
pub mod request;
pub mod selection;
pub mod status;
pub mod total;

pub(crate) use commands::{completing, opening};
pub use offer::FulfillmentOptionType;
pub(crate) use offer::{Offer, choices, offers};
