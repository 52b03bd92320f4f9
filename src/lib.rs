//! A gateway that lets AI agents buy: the Agentic Commerce Protocol in front of a merchant's shop.
//!
//! The rooms of this crate and who may know whom are described in `ARCHITECTURE.md` and held by
//! `tests/it/tidy.rs`.

pub mod adapters;
pub mod admin;
pub mod app;
pub mod boot;
mod breaker;
pub mod cli;
pub mod config;
pub mod http;
pub mod identity;
pub mod jobs;
pub mod mcp;
pub mod metering;
mod runs;
pub mod seeded;
pub mod store;
pub mod telemetry;
