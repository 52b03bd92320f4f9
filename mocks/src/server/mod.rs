//! What the mocks that listen have in common: connections that can be cut without an answer, the
//! switches that say what goes wrong, and the control routes below `/_mock`.
//!
//! A mock knows what it stands for; nothing in here does.

mod client;
mod control;
mod fated;
mod listen;
mod mock;
mod moment;
mod outbox;
mod service;
mod signature;
mod start;
mod switches;
mod tasks;

pub use control::{Controlled, control_routes};
pub use listen::{Running, cut};
pub use mock::Mock;
pub use outbox::Webhook;
pub use signature::Proof;
pub use start::StartError;
pub use switches::{SteeredClock, Switches};

pub(crate) use client::post_json;
pub(crate) use fated::{TurnedAway, after, meet_fate};
pub(crate) use listen::{first_half, is_cut};
pub(crate) use moment::in_utc;
pub(crate) use outbox::Outbox;
pub(crate) use service::{BODY_BYTES_MAX, Call, Reply, Service, answer, nothing_there};
pub(crate) use signature::{prove, sign};
pub(crate) use tasks::Tasks;
