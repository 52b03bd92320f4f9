//! Who signed this request: HTTP message signatures (RFC 9421), and who may be believed by one.
//!
//! Everything here is a function of bytes, headers and a time that is passed in. Nothing is
//! fetched and nothing is remembered: a profile first says which keys it has to see
//! ([`Candidate::need`]), and with them it says who signed ([`Candidate::verify`]). What is good
//! for one time only comes out as [`Verdict::Once`], and is a proof when somebody who remembers
//! says that it was not seen before.
//!
//! What must stay true: the bytes that were signed are rebuilt from what was received, with
//! components and parameters in the order they came in; the algorithm is the key's and never the
//! caller's choice; and a key counts only at the place it was found, or one agent could sign in
//! the name of another by publishing its key.

mod agent;
pub mod algorithm;
mod candidate;
mod component;
mod coverage;
mod digest;
mod directory;
mod field;
pub mod key;
pub mod message;
mod profile;
mod proof;
mod query;
mod refused;
mod signed;
pub mod source;
mod window;

#[cfg(test)]
mod tests;

pub use candidate::{Candidate, KeyId, Need};
pub use component::{Component, Form};
pub use coverage::Purpose;
pub use directory::{KeyDirectory, NoKeys};
pub use profile::{Pinned, PinnedKey, TrustedAgents, WebBotAuth};
pub use proof::{Identity, Profile, Proof, Spending, Spent, Unspent, Verdict};
pub use refused::{Refused, Sort};
pub use signed::{Parameters, Signed};
pub use window::Window;
