//! What stands around a port and hands every call on: it watches them, or in a test build dies on
//! the way. And where the figures of a gateway are read.

mod around;
#[cfg(feature = "failpoints")]
mod failpoints;
mod gauges;
mod lately;
mod page;
mod payments;
mod peers;
mod starting;
mod stock;
mod store;
mod told;

pub(super) use around::Around;
pub(super) use gauges::Gauges;
pub(super) use page::{page_listener, serve_page};
pub use starting::{log_format, start_telemetry};
pub(super) use told::{TellingFigures, say_what_is_lost};
