//! Who is calling: keys, and the proof that a caller holds one.
//!
//! What comes out is a [`Principal`](acp_core::principal::Principal); what a key looks like never
//! leaves this room. Secrets are kept as hashes and compared in constant time.

mod bearer;
mod keyring;

pub use bearer::{Unproven, bearer_token};
pub use keyring::{Identity, NewKey, demo};
