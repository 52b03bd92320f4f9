//! What each port means, written as rules that every implementation has to keep.

mod catalog;
mod checkouts;
mod inspecting;
mod inventory;
mod keyring;
mod orders;
mod payments;
mod record_rig;
mod records;
mod runs;
mod stock;
pub(crate) mod store;
mod store_commits;
mod store_documents;
mod store_embedded;
mod store_expiry;
mod store_logs;
mod store_model;
pub(crate) mod store_rig;
mod store_timers;
