//! Cards that agents hand over, and what pays in their place: taken to whoever moves the money,
//! spent by the completion of the session they are for, and forgotten.
//!
//! The number and the security code of a card pass through here and are written down nowhere.

mod delegate;
mod let_go;
mod spend;

pub(super) use delegate::{malformed, marked};
pub(super) use spend::Tendered;

use std::time::Duration;

use acp_core::ids::VaultTokenId;
use acp_core::limits::ALLOWANCE_LIFE_DEFAULT;

/// How cards are taken.
#[derive(Clone, Copy, Debug)]
pub struct Delegating {
    /// How long an allowance may last.
    pub longest: Duration,
}

impl Default for Delegating {
    fn default() -> Self {
        Self { longest: ALLOWANCE_LIFE_DEFAULT }
    }
}

/// For what, and in which place, the credential of a token is sealed.
fn context(token: &VaultTokenId) -> String {
    format!("credential of {token}")
}
