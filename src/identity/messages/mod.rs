//! HTTP message signatures (RFC 9421): whose are believed, and for whom they speak.
//!
//! How a signature is verified is the business of `acp-signature`. Here it is known which agents
//! may sign, and remembered what a signature was used for.

mod message;
mod proving;
mod rules;
mod unbelieved;

pub use message::{Message, pays, takes_a_card};
pub use rules::{MessageRules, Network, Partner, Unlisted};
pub use unbelieved::{Unbelieved, Why};
