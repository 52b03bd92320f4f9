//! The release of 17 April 2026: its shapes, and their mapping straight to and from the core.

pub mod buyer;
pub mod cancel;
pub mod capabilities;
pub mod fulfillment_option;
pub mod line_item;
pub mod message;
pub mod order;
pub mod payment_data;
pub mod request;
pub mod session;
pub mod shape;
pub mod total;

pub use cancel::read_cancel;
pub use request::{read_complete, read_create, read_update};
pub use session::render;
