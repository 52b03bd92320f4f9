//! Product feeds: all that is sold, read by whoever may, and told to the agents that want it.

mod exporting;
mod forgetting;
mod resting;
pub(crate) mod schema;
mod telling;
