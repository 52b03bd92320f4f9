//! A merchant's catalogue: items by their ids, page by page and by words, whose prices change now
//! and then on request.
//!
//! What it answers is described in `openapi/backends.yaml`, and nothing in here says it differently.

mod answer;
mod item;
mod mock;
mod movement;
mod routes;
mod shelf;

pub use item::{ItemError, RowsError, read_rows};
pub use mock::{CatalogMock, Settings, SettingsError};
pub use movement::{Movement, Way};
