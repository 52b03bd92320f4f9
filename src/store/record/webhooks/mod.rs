//! Where agents are told of their orders, and how far each was told.

mod endpoints;
mod outbox;

pub use endpoints::StoreEndpoints;
pub use outbox::StoreOutbox;
