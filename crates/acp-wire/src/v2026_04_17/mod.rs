//! The release of 17 April 2026: its shapes, and their mapping straight to and from the core.

pub mod capabilities;
pub mod order;
pub mod request;
pub mod session;
pub mod shape;

pub use request::{read_cancel, read_complete, read_create, read_update};
pub use session::render;
