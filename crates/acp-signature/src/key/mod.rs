//! Keys: what they are for, how they are named, and whether a signature is by one.

mod jwk;
mod pem;
mod set;
mod thumbprint;
mod tokens;
mod verifying;

pub use jwk::Unusable;
pub use pem::{ED25519_INFO, P256_INFO};
pub use set::{KeySet, KeySetError, Metadata};
pub use thumbprint::Thumbprint;
pub use tokens::{NotByThem, TokenKeys};
pub use verifying::VerifyingKey;
