//! The command line: what people type, and what they are told.
//!
//! A command is a call to the operator's routes: over the admin socket when a gateway runs, and
//! otherwise to the same routes in this process. So this room knows how to ask and how to print;
//! what a key or a price is, and whether a wish is granted, it must not learn.

mod answer;
mod approvals;
mod arguments;
mod backup;
mod config;
mod desk;
mod entry;
mod goods;
mod inspect;
mod keys;
mod mandates;
mod openapi;
mod plan;
mod privacy;
mod runs;
mod serve;
mod tenants;
mod webhooks;
mod wire;

pub use entry::main;
