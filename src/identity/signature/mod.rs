//! Signatures over requests, as ACP has them: a `Signature` header beside a `Timestamp`.
//!
//! The protocol leaves open what exactly is signed and how, so both are agreed on with each signing
//! key: an algorithm, a profile that says which parts of the request are covered, and the form in
//! which the body is. A request chooses none of them. Everything here is pure: bytes go in, and a
//! proof comes out. What a signature was used for before is asked elsewhere.

mod claim;
mod der;
mod expected;
mod public_key;
mod received;
mod verifier;

#[cfg(test)]
mod tests;

pub use claim::{Claim, Unsigned};
pub use expected::{Expected, Verified};
pub use public_key::{NotAKey, public_key};
pub use received::Received;
pub(super) use verifier::Verifier;
