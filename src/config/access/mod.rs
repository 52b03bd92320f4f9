//! The sections about who may call: the operator, those with keys, and those others vouch for.

mod admin;
mod jwt;
mod keys;

pub use admin::Admin;
pub(super) use admin::SOCKET_PATH_BYTES_MAX;
pub use jwt::Jwt;
pub use keys::{CallerKeys, CallerScope, ConfiguredKey, ConfiguredToken};
