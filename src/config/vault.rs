//! `[vault]`: whether cards are taken, and for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::keys::{Key, Section};
use super::reading;

const HOURS_MAX: i64 = 8_760;

/// How cards are taken that agents hand over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vault {
    /// Whether any is.
    #[serde(deserialize_with = "reading::flag")]
    pub enabled: bool,
    /// How far ahead an allowance may end.
    #[serde(deserialize_with = "reading::whole::<1, HOURS_MAX, _, _>")]
    pub longest_allowance_hours: u64,
}

impl Vault {
    /// How far ahead an allowance may end.
    pub const fn longest_allowance(&self) -> Duration {
        Duration::from_hours(self.longest_allowance_hours)
    }
}

impl Default for Vault {
    fn default() -> Self {
        Self { enabled: false, longest_allowance_hours: 744 }
    }
}

impl Section for Vault {
    const NAME: &'static str = "vault";
    const ABOUT: &'static str = "Cards that agents hand over to be charged later.";
    const KEYS: &'static [Key] = &[
        Key::flag(
            "enabled",
            "Whether agents may hand over cards (`POST /agentic_commerce/delegate_payment`), whose \
             numbers then pass through this process.",
        ),
        Key::whole(
            "longest_allowance_hours",
            1,
            HOURS_MAX,
            "How far ahead an allowance may end, in hours; 1 to 8760.",
        ),
    ];
}
