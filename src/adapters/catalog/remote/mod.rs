//! The merchant's own catalogue, over HTTP, as `openapi/backends.yaml` describes it.
//!
//! An item it tells of is read like a row of a file, with one difference: what we know nothing of
//! is passed over. It is asked for what is wanted; what it said before is somebody else's business.

mod desk;
mod news;
mod objects;

pub use desk::{ItemPage, RemoteCatalog};
pub use news::ChangedItems;
