//! What the routes lead to, a file per resource.

pub(super) mod carts;
pub(super) mod checkout_sessions;
pub(super) mod delegation;
pub(super) mod feed;
pub(super) mod intents;
pub(super) mod mandates;
pub(super) mod orders;
pub(super) mod plans;
pub(super) mod products;
pub(super) mod shop;
pub(super) mod three_ds;
pub(super) mod webhooks;
