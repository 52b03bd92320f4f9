//! `[catalogue]`: who knows what is sold.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;
use crate::config::services::{self, CALLS_AT_ONCE, SECRET, shared};

/// Who knows what is sold, how it is asked, and for how long it is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Catalogue {
    /// Who knows what is sold.
    #[serde(deserialize_with = "reading::choice")]
    pub kind: CatalogueKind,
    /// Where the merchant's catalogue is.
    #[serde(
        deserialize_with = "services::base_url_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_url: Option<String>,
    /// What we show it.
    #[serde(deserialize_with = "services::secret", skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret<String>>,
    /// Signs what it tells us.
    #[serde(deserialize_with = "services::secret", skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<Secret<String>>,
    /// For how long it is believed without being asked.
    #[serde(deserialize_with = "reading::whole::<0, 86_400, _, _>")]
    pub fresh_seconds: u64,
    /// For how long it is believed while it cannot be asked.
    #[serde(deserialize_with = "reading::whole::<0, 604_800, _, _>")]
    pub stale_seconds: u64,
    /// How many items are remembered.
    #[serde(deserialize_with = "reading::whole::<0, 1_000_000, _, _>")]
    pub entries_max: u64,
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

/// Who knows what is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueKind {
    /// The gateway, which was given it in files.
    Embedded,
    /// A service of the merchant.
    Http,
}

impl Catalogue {
    /// How long a connection to the merchant's catalogue may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long a call to it may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// How old what it said may be while it can be asked.
    pub const fn fresh(&self) -> Duration {
        Duration::from_secs(self.fresh_seconds)
    }

    /// How old it may be while it cannot.
    pub const fn stale(&self) -> Duration {
        Duration::from_secs(self.stale_seconds)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let kind = match self.kind {
            CatalogueKind::Embedded => return self.untold(),
            CatalogueKind::Http => "kind = \"http\"",
        };
        let base_url = self.base_url.as_deref();
        let fault = services::address_fault(Self::NAME, kind, base_url, self.token.as_ref());
        fault.map(|what| (&["catalogue.base_url"] as _, what)).into_iter().collect()
    }

    /// Whoever sets a secret waits for news, and nobody tells a catalogue of ours any.
    fn untold(&self) -> Vec<(&'static [&'static str], String)> {
        let what = "is set, and there is no service that would sign with it; expected \
                    catalogue.kind = \"http\", or no secret";
        let secret = self.webhook_secret.as_ref();
        secret.map(|_| (&["catalogue.webhook_secret"] as _, what.to_owned())).into_iter().collect()
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            kind: CatalogueKind::Embedded,
            base_url: None,
            token: None,
            webhook_secret: None,
            fresh_seconds: 60,
            stale_seconds: 600,
            entries_max: 50_000,
            connect_timeout_ms: 1_000,
            timeout_ms: 2_000,
            calls_at_once: CALLS_AT_ONCE,
        }
    }
}

impl Section for Catalogue {
    const NAME: &'static str = "catalogue";
    const ABOUT: &'static str =
        "Who knows what is sold: the gateway, or a service of the merchant.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "kind",
            &["embedded", "http"],
            "The gateway keeps the catalogue (`\"embedded\"`), or a service does (`\"http\"`).",
        ),
        shared::WHERE,
        shared::TOKEN,
        Key::secret(
            "webhook_secret",
            SECRET,
            "The signing secret of the webhook endpoint `/webhooks/catalogue`; 1 to 255 \
             characters. Without it, there is no such endpoint, and changes are seen after \
             `fresh_seconds`.",
        ),
        Key::whole(
            "fresh_seconds",
            0,
            86_400,
            "How old what the service said of an item may be, before it is asked again; 0 to 86400.",
        ),
        Key::whole(
            "stale_seconds",
            0,
            604_800,
            "How old it may be while the service cannot be asked; 0 to 604800.",
        ),
        Key::whole("entries_max", 0, 1_000_000, "How many items are remembered; 0 to 1000000."),
        shared::CONNECT_TIMEOUT_MS,
        shared::TIMEOUT_MS,
        shared::CALLS,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_catalogue_has_an_address_and_a_token_is_not_shown_to_the_street() {
        let mut catalogue = Catalogue::default();
        assert_eq!(catalogue.contradictions(), []);
        catalogue.webhook_secret = Some(Secret::guard("whsec".into()));
        assert!(catalogue.contradictions()[0].1.contains("no service that would sign with it"));
        catalogue.kind = CatalogueKind::Http;
        assert!(catalogue.contradictions()[0].1.contains("catalogue.kind = \"http\""));
        catalogue.base_url = Some("http://goods.internal".into());
        assert_eq!(catalogue.contradictions(), []);
        catalogue.token = Some(Secret::guard("t".into()));
        assert!(catalogue.contradictions()[0].1.contains("catalogue.token travels with every"));
        catalogue.base_url = Some("https://goods.internal".into());
        assert_eq!(catalogue.contradictions(), []);
    }
}
