//! What agents are told of their orders and plans unasked: where, in which words, and how that
//! fares.
//!
//! An agent has some *endpoints*. What happens to one of its orders, or of its plans where it wants
//! that, is told to each of them, one fact after the other; how far that is stands in a *delivery*,
//! one for each order or plan and endpoint, so that nobody who does not listen holds up anybody
//! else.

mod delivery;
mod endpoint;
mod news;
mod rest;
mod topic;

pub use delivery::{Attempt, AttemptEnd, Delivery, DeliveryId, DeliveryState, HeldBack, Unheard};
pub use endpoint::{ChangeEndpoint, Endpoint, EndpointState, NewsKind, OpenEndpoint};
pub use news::{Fact, News, PlanNews};
pub use rest::next_rest;
pub use topic::Topic;
