//! What is kept about people: who looked after the shop and what they did, and what is known of a
//! buyer.

mod actor;
pub(super) mod audited;
pub(super) mod buyers;
mod naming;
pub(super) mod trail;

pub(super) use actor::Actor;
pub use buyers::{Erased, Exported, PersonAsked};
pub use trail::{ActShown, TrailPage};
