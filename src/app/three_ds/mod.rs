//! Whether a shopper is who a card says: an agent asks, a provider finds out, and what is kept here
//! is where it stands.
//!
//! The number of the card, and what is known of the browser, pass through here and are written down
//! nowhere. What was found out is read at the provider each time.

mod authenticate;
mod begin;
mod look;

pub use look::Looked;
