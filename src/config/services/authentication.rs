//! `[authentication]`: who finds out whether a shopper is who a card says, for agents.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::{self, BASE_URL_OR_NONE, CALLS_AT_ONCE};
use super::addresses::Addresses;
use super::shared;
use crate::config::forms::Form;
use crate::config::keys::{Item, Key, List, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

const NETWORK: Form = Form::matching(&["^[0-9A-Fa-f.:]{2,45}(/[0-9]{1,3})?$"]);
const NETWORKS_MAX: usize = 256;

/// Whether agents may have it found out, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authentication {
    /// Where whoever finds out is; where it is not set, nobody does.
    #[serde(
        deserialize_with = "address::base_url_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_url: Option<String>,
    /// What we show it.
    #[serde(deserialize_with = "address::secret", skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret<String>>,
    /// How long a connection may take.
    #[serde(deserialize_with = "reading::whole::<10, 10_000, _, _>")]
    pub connect_timeout_ms: u64,
    /// How long an answer may take.
    #[serde(deserialize_with = "reading::whole::<10, 30_000, _, _>")]
    pub timeout_ms: u64,
    /// How many calls may be under way at the same time.
    #[serde(deserialize_with = "reading::whole::<1, 1_000, _, _>")]
    pub calls_at_once: usize,
    /// From where agents may ask.
    #[serde(deserialize_with = "reading::list::<NETWORKS_MAX, _, _>")]
    pub allowed_addresses: Vec<Addresses>,
}

impl Authentication {
    /// How long a connection may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long an answer may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let Some(base_url) = &self.base_url else { return Vec::new() };
        let mut found: Vec<(&'static [&'static str], String)> = Vec::new();
        // Numbers of cards travel there with every call that begins something.
        if !address::is_private(base_url) {
            let what = format!(
                "is {base_url:?}; expected https://, because the numbers of cards travel there \
                 (http:// is for this machine alone)"
            );
            found.push((&["authentication.base_url"], what));
        }
        if self.allowed_addresses.is_empty() {
            let what = "is empty; expected the addresses agents ask from, because nobody else may";
            found.push((&["authentication.allowed_addresses"], what.to_owned()));
        }
        found
    }
}

impl Default for Authentication {
    fn default() -> Self {
        Self {
            base_url: None,
            token: None,
            connect_timeout_ms: 1_000,
            timeout_ms: 10_000,
            calls_at_once: CALLS_AT_ONCE,
            allowed_addresses: Vec::new(),
        }
    }
}

impl Section for Authentication {
    const NAME: &'static str = "authentication";
    const ABOUT: &'static str = "Whether agents may have found out if a shopper is who a card says (3-D Secure), and by whom.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "base_url",
            BASE_URL_OR_NONE,
            "Where whoever finds it out is. Without it nobody does, and `/delegate_authentication` \
             is not there. `http://` is only taken for this machine.",
        ),
        shared::TOKEN,
        shared::CONNECT_TIMEOUT_MS,
        Key::whole("timeout_ms", 10, 30_000, "How long one call may take; 10 to 30000."),
        shared::CALLS,
        Key::list(
            "allowed_addresses",
            List { entries_min: 0, entries_max: NETWORKS_MAX, item: Item::Text(NETWORK) },
            "From where agents may ask: addresses, or networks such as `203.0.113.0/24`. Everybody \
             else is refused with 403. Needed with `base_url`.",
        ),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_travel_in_secret_and_somebody_may_ask() {
        let mut authentication = Authentication::default();
        assert_eq!(authentication.contradictions(), []);
        authentication.base_url = Some("http://acs.internal".into());
        let found = authentication.contradictions();
        assert!(found[0].1.contains("the numbers of cards travel"), "{found:?}");
        assert!(found[1].1.contains("the addresses agents ask from"), "{found:?}");
        authentication.base_url = Some("https://acs.internal".into());
        authentication.allowed_addresses = vec![Addresses::parse("203.0.113.0/24").unwrap()];
        assert_eq!(authentication.contradictions(), []);
    }
}
