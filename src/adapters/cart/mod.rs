//! Carts that are kept by a service of the merchant's, over HTTP, as `openapi/backends.yaml`
//! describes it.
//!
//! The service has the last word on whether a cart is there and what is in it. What the gateway
//! made of it (the estimate, the answers to calls, when its time is over) is noted in our own store,
//! as if the cart were kept here.

mod at_merchant;
mod desk;
mod objects;

pub use at_merchant::CartsAtMerchant;
pub use desk::CartDesk;
