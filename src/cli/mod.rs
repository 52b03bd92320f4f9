//! The command line: what people type, and what they are told.
//!
//! A command is a call to the operator's routes: over the admin socket when a gateway runs, and
//! otherwise to the same routes in this process. So this room knows how to ask and how to print;
//! what a key or a price is, and whether a wish is granted, it must not learn.

mod approvals;
mod arguments;
mod backup;
mod catalog;
mod catalog_file;
mod config;
mod desk;
mod entry;
mod error;
mod inspect;
mod keys;
mod openapi;
mod outline;
mod runs;
mod said;
mod serve;
mod stock;
mod table;
mod wire;

pub use entry::main;
