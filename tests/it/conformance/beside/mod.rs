//! What comes before a checkout, what becomes of it, and the cards it is paid with.

pub(super) mod authentications;
pub(super) mod cards;
pub(super) mod carts;
pub(super) mod discovery;
pub(super) mod feeds;
pub(super) mod mcp;
pub(super) mod orders;
