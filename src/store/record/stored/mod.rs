//! How records are written down.
//!
//! The shapes here mirror the core, which never learns that it is stored, and are versioned apart
//! from it: a document begins with the number of its format, unknown fields are ignored, and what
//! a later release adds may be missing. Nothing here reads or writes a store.

mod adjustment;
mod answer;
mod document;
mod goods;
mod history;
mod keys;
mod mirror;
mod order;
mod party;
mod payment;
mod plain;
mod plan;
mod run;
mod scalars;
mod session;
mod view;
mod wanted;
mod words;

pub(super) use document::{Document, from_bytes, shape, to_bytes};
pub(super) use history::HistoryEntry;
pub use keys::Act;
pub(super) use keys::{RequestsSeen, Roll, SealedKey, UseOfKey, UsedFor};
pub use mirror::Misfit;
pub(super) use mirror::Word;
pub(super) use order::{EndpointList, OutboxEntry};
pub(super) use view::{view_from_bytes, view_to_bytes};

#[cfg(test)]
mod tests;
