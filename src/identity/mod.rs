//! Who is calling, and whom: keys, the proof that a caller holds one, and tenants.
//!
//! What comes out is a [`Principal`](acp_core::principal::Principal); what a key looks like never
//! leaves this room. Secrets that are only compared are kept as hashes and compared in constant
//! time; those that signatures are verified with are sealed in the store.

mod bearer;
mod configured;
mod jwt;
mod keyring;
mod messages;
mod proving;
mod requests;
mod rotating;
mod signature;
mod signing;
mod tenants;
mod uses;

pub use bearer::{Unproven, bearer_token};
pub use configured::{ConfiguredError, WantedKey, WeakToken, strong_token};
pub use jwt::{JwtOptions, Jwts};
pub use keyring::{Caller, Identity, IdentityPorts, NewKey, demo};
pub use messages::{
    Message, MessageRules, Network, Partner, Unbelieved, Unlisted, Why, pays, takes_a_card,
};
pub use rotating::{Rotated, RotationError};
pub use signature::{Claim, Expected, NotAKey, Received, Unsigned, Verified, public_key};
pub use signing::{NewSigningKey, SigningError};
pub use tenants::{Hosting, TenantError};
