//! A merchant's inventory that keeps its promises, in both shapes of the contract: reservations
//! that are promised, confirmed, released and returned, and adjustments of a number. Both work on
//! the same units, and every unit that moves is in the ledger.
//!
//! What it answers is described in `openapi/backends.yaml`, and nothing in here says it differently.

mod answer;
mod books;
mod mock;
mod movement;
mod refusal;
mod routes;

pub use books::Count;
pub use mock::{InventoryMock, Settings};
pub use movement::{Movement, Way};
