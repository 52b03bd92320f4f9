//! `[inventory]`: who keeps the stock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;
use crate::config::services::{self, CALLS_AT_ONCE, shared};

/// Who keeps the stock, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inventory {
    /// What the stock is to whoever keeps it.
    #[serde(deserialize_with = "reading::choice")]
    pub shape: InventoryShape,
    /// Where the merchant's inventory is.
    #[serde(
        deserialize_with = "services::base_url_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_url: Option<String>,
    /// What we show it.
    #[serde(deserialize_with = "services::secret", skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret<String>>,
    /// Whether it can be asked for many items at once.
    #[serde(deserialize_with = "reading::flag")]
    pub bulk: bool,
    /// Whether it knows a repeated adjustment by its key.
    #[serde(deserialize_with = "reading::flag")]
    pub repeatable: bool,
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

/// What the stock is to whoever keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InventoryShape {
    /// The gateway keeps it.
    Embedded,
    /// The merchant does, and promises units to reservations.
    Reservations,
    /// The merchant does, as a number to take from.
    Adjustments,
}

impl Inventory {
    /// How long a connection to the merchant's inventory may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long a call to it may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let shape = match self.shape {
            InventoryShape::Embedded => return Vec::new(),
            InventoryShape::Reservations => "shape = \"reservations\"",
            InventoryShape::Adjustments => "shape = \"adjustments\"",
        };
        let base_url = self.base_url.as_deref();
        let fault = services::address_fault(Self::NAME, shape, base_url, self.token.as_ref());
        fault.map(|what| (&["inventory.base_url"] as _, what)).into_iter().collect()
    }
}

impl Default for Inventory {
    fn default() -> Self {
        Self {
            shape: InventoryShape::Embedded,
            base_url: None,
            token: None,
            bulk: true,
            repeatable: false,
            connect_timeout_ms: 1_000,
            timeout_ms: 2_000,
            calls_at_once: CALLS_AT_ONCE,
        }
    }
}

impl Section for Inventory {
    const NAME: &'static str = "inventory";
    const ABOUT: &'static str = "Who keeps the stock: the gateway, or a service of the merchant.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "shape",
            &["embedded", "reservations", "adjustments"],
            "The gateway keeps the stock (`\"embedded\"`), or a service does, which promises units \
             to reservations (`\"reservations\"`) or only is a number to take from \
             (`\"adjustments\"`).",
        ),
        shared::WHERE,
        shared::TOKEN,
        Key::flag("bulk", "The service can be asked for the stock of many items in one call."),
        Key::flag(
            "repeatable",
            "The service knows a repeated adjustment by its `Idempotency-Key`. If not, an \
             adjustment whose answer is lost leaves units in doubt.",
        ),
        shared::CONNECT_TIMEOUT_MS,
        shared::TIMEOUT_MS,
        shared::CALLS,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inventory_has_an_address_and_a_token_is_not_shown_to_the_street() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.contradictions(), []);
        inventory.shape = InventoryShape::Reservations;
        assert!(inventory.contradictions()[0].1.contains("inventory.shape = \"reservations\""));
        inventory.base_url = Some("http://inventory.internal".into());
        assert_eq!(inventory.contradictions(), []);
        inventory.token = Some(Secret::guard("t".into()));
        assert!(inventory.contradictions()[0].1.contains("travels with every call"));
        inventory.base_url = Some("https://inventory.internal".into());
        assert_eq!(inventory.contradictions(), []);
    }
}
