//! `[orders]`: the merchant's own system, which is given each new order.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::{self, BASE_URL_OR_NONE, CALLS_AT_ONCE};
use super::shared;
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

/// Whether orders are handed over, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderService {
    /// Where the merchant's service is; where it is not set, the gateway alone keeps orders.
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
    /// How long a call may take in all.
    #[serde(deserialize_with = "reading::whole::<10, 10_000, _, _>")]
    pub timeout_ms: u64,
    /// How many calls may be under way at the same time.
    #[serde(deserialize_with = "reading::whole::<1, 1_000, _, _>")]
    pub calls_at_once: usize,
}

impl OrderService {
    /// How long a connection to the merchant's service may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long a call to it may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let Some(base_url) = &self.base_url else { return Vec::new() };
        let fault = address::address_fault(Self::NAME, "", Some(base_url), self.token.as_ref());
        fault.map(|what| (&["orders.base_url"] as _, what)).into_iter().collect()
    }
}

impl Default for OrderService {
    fn default() -> Self {
        Self {
            base_url: None,
            token: None,
            connect_timeout_ms: 1_000,
            timeout_ms: 5_000,
            calls_at_once: CALLS_AT_ONCE,
        }
    }
}

impl Section for OrderService {
    const NAME: &'static str = "orders";
    const ABOUT: &'static str =
        "Whether each new order is handed over to a system of the merchant, and where.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "base_url",
            BASE_URL_OR_NONE,
            "Where the service is that takes orders. Without it, they are kept here alone. With a \
             token, `http://` is only taken for this machine.",
        ),
        shared::TOKEN,
        shared::CONNECT_TIMEOUT_MS,
        shared::TIMEOUT_MS,
        shared::CALLS,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_not_shown_to_the_street() {
        let token = Some(Secret::guard("t".into()));
        let mut orders = OrderService { token, ..OrderService::default() };
        assert_eq!(orders.contradictions(), [], "nobody is asked");
        orders.base_url = Some("http://orders.internal".into());
        assert!(orders.contradictions()[0].1.contains("orders.token travels"));
        orders.base_url = Some("https://orders.internal".into());
        assert_eq!(orders.contradictions(), []);
    }
}
