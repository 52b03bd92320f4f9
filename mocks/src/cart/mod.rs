//! A merchant's service that keeps carts: what is in them, and what became of them.
//!
//! What it answers is described in `openapi/backends.yaml`, and nothing in here says it differently.

mod answer;
mod book;
mod mock;
mod movement;
mod refusal;
mod routes;

pub use book::{Cart, Line};
pub use mock::{CartMock, Settings};
pub use movement::{Movement, Way};
