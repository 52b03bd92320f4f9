//! The cart: what a buyer thinks of buying, and about what it would cost.
//!
//! A cart comes before the checkout. It knows of no delivery and no payment, promises no stock and
//! no price, and is forgotten when nobody touches it any more. Its sums are those a session would
//! have, made by the same rules; what a session would still ask for is not asked here.

mod estimate;
mod state;

pub use state::{CancelCart, Cart, OpenCart, ReplaceCart};

#[cfg(test)]
mod tests;
