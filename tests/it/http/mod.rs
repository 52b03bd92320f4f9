//! The router in process: codes, headers, replays, limits, and every way a completion can go.

pub(crate) mod app;
mod asking;
mod carts;
mod completion;
mod desk;
mod expiry;
mod flow;
pub(crate) mod held;
mod intents;
pub(crate) mod mandates;
pub(crate) mod official;
mod orders;
mod ownership;
mod plan_events;
mod plans;
mod runs;
mod shop;
mod tenants;
mod webhooks;
