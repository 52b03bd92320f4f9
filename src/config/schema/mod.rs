//! The configuration file told as a JSON Schema, so that an editor can complete and check it.
//!
//! The schema is made from the same lists of keys the loader knows, and `schemas/` has it as a
//! file. It may be wider than the loader where JSON Schema has no words for a rule, never
//! narrower; `tests/config` puts the same files before both.

mod document;
mod entries;
mod offers;

pub use document::schema;
pub(super) use entries::{FULFILLMENT, TAX};
pub(super) use offers::{ACCOUNT, CONSENT, EXCHANGE, PROMOTION, WALLET};
