//! The router in process: codes, headers, replays, limits, and every way a completion can go.

pub(crate) mod app;
mod carts;
mod completion;
mod desk;
mod expiry;
mod flow;
mod handing_over;
mod held;
mod idempotency;
mod malformed;
mod mistakes;
pub(crate) mod official;
mod order_commands;
mod order_races;
mod orders;
mod ownership;
mod runs;
mod shop;
mod tenants;
