//! Cards that are entrusted to the gateway: an agent hands one over with an allowance, and gets a
//! token that pays once.
//!
//! What must stay true: the number and the security code are handed on and kept nowhere; what is
//! kept pays for one session, up to one amount, in one currency, at one merchant, before its time
//! is over, and once; and a completion that was interrupted goes on with the token it has spent,
//! while nobody else does. A try that was taken back spends nothing any more, whoever may still be
//! at work on it.

mod allowance;
mod card;
mod command;
mod digits;
mod expiry;
mod secret;
mod token;

#[cfg(test)]
mod tests;

pub use allowance::Allowance;
pub use card::{BillingAddress, Card, Expiry};
pub use command::{Delegate, NotDelegated, RiskAction, Terms};
pub use digits::{DigitsOf, shows_a_card};
pub use secret::SecretText;
pub use token::{Charge, Spending, Spent, Unspendable, VaultToken};
