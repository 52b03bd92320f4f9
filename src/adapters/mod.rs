//! The rim of the gateway: each room here speaks to something outside, or reads what came from
//! there, and turns it into the core's types.
//!
//! An adapter knows the core and its own library. It knows no other adapter but `memory`, `outward`,
//! `signed` and the guard of `key_directory`, no store, no use case and no HTTP handler; `boot` is the only place that names it.

pub mod calendar;
pub mod cart;
pub mod catalog;
pub mod feed;
pub mod inventory;
pub mod key_directory;
pub mod memory;
pub mod orders;
pub mod outward;
pub mod payment;
pub mod planner;
pub mod published;
pub mod signed;
pub mod system;
pub mod terms;
pub mod three_ds;
pub mod webhook;
