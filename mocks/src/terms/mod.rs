//! A merchant's services for tax, shipping and promotions in one.
//!
//! What they answer is described in `openapi/backends.yaml`. They tell what stands in their tables,
//! right or wrong: whoever puts nonsense there wants to see what becomes of it.

mod answer;
mod mock;
mod routes;
mod tables;

pub use mock::{Settings, TermsMock};
pub use tables::Tables;
