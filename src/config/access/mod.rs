//! The sections about who may call, and how: the operator, those with keys, those others vouch
//! for, and those who call by tools.

mod admin;
mod jwt;
mod keys;
mod mcp;

pub use admin::Admin;
pub(super) use admin::SOCKET_PATH_BYTES_MAX;
pub use jwt::Jwt;
pub use keys::{CallerKeys, CallerScope, ConfiguredKey, ConfiguredToken};
pub use mcp::Mcp;
