//! Whoever finds out whether a shopper is who a card says.
//!
//! What it answers is described in `openapi/backends.yaml`. What comes out is decided by the number
//! of the card, as [`Plot`] says; a shopper who is asked answers when a test says so.

mod answer;
mod books;
mod mock;
mod routes;

pub use books::{Plot, Seen};
pub use mock::{Settings, ThreeDsMock};
