//! What comes before a checkout, and what becomes of it.

pub(super) mod carts;
pub(super) mod orders;
