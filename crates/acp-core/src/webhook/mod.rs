//! What agents are told of their orders unasked: where, in which words, and how that fares.
//!
//! An agent has some *endpoints*. What happens to one of its orders is told to each of them, one
//! fact after the other; how far that is stands in a *delivery*, one for each order and endpoint,
//! so that nobody who does not listen holds up anybody else.

mod delivery;
mod endpoint;
mod rest;

pub use delivery::{
    Attempt, AttemptEnd, Delivery, DeliveryId, DeliveryState, HeldBack, News, Unheard,
};
pub use endpoint::{ChangeEndpoint, Endpoint, EndpointState, NewsKind, OpenEndpoint};
pub use rest::next_rest;
