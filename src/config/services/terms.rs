//! `[tax]`, `[shipping]` and `[promotions]`: who knows the terms goods are sold by.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::{self, CALLS_AT_ONCE};
use super::shared;
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

/// Who knows a part of the terms, or keeps carts, and how it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TermService {
    /// Who knows it.
    #[serde(deserialize_with = "reading::choice")]
    pub kind: TermKind,
    /// Where the merchant's service is.
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

/// Who knows a part of the terms, or keeps carts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// The gateway, or its configuration.
    Embedded,
    /// A service of the merchant.
    Http,
}

/// `[tax]`: who knows what is taxed, and for how long it is believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TaxService {
    /// Who knows it.
    #[serde(deserialize_with = "reading::choice")]
    pub kind: TermKind,
    /// Where the merchant's service is.
    #[serde(
        deserialize_with = "address::base_url_or_none",
        skip_serializing_if = "Option::is_none"
    )]
    pub base_url: Option<String>,
    /// What we show it.
    #[serde(deserialize_with = "address::secret", skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret<String>>,
    /// For how long it is believed without being asked.
    #[serde(deserialize_with = "reading::whole::<0, 86_400, _, _>")]
    pub fresh_seconds: u64,
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

impl TaxService {
    /// How it is asked.
    pub fn service(&self) -> TermService {
        TermService {
            kind: self.kind,
            base_url: self.base_url.clone(),
            token: self.token.clone(),
            connect_timeout_ms: self.connect_timeout_ms,
            timeout_ms: self.timeout_ms,
            calls_at_once: self.calls_at_once,
        }
    }

    /// How old what it said of a place may be.
    pub const fn fresh(&self) -> Duration {
        Duration::from_secs(self.fresh_seconds)
    }
}

impl Default for TaxService {
    fn default() -> Self {
        let TermService { kind, base_url, token, connect_timeout_ms, timeout_ms, calls_at_once } =
            TermService::default();
        let fresh_seconds = 60;
        Self { kind, base_url, token, fresh_seconds, connect_timeout_ms, timeout_ms, calls_at_once }
    }
}

/// `[shipping]`: who knows how things reach the buyer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ShippingService(pub TermService);

/// `[promotions]`: who knows what is taken off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PromotionService(pub TermService);

/// A section as far as its contradictions are concerned.
pub(in crate::config) struct Kept {
    pub(super) name: &'static str,
    pub(super) base_url: &'static [&'static str],
    /// The table of the shop that says the same.
    pub(super) table: &'static str,
    pub(super) keys: &'static [&'static str],
}

pub(in crate::config) const TAX: Kept = Kept {
    name: TaxService::NAME,
    base_url: &["tax.base_url"],
    table: "shop.tax",
    keys: &["shop.tax", "tax.kind"],
};
pub(in crate::config) const SHIPPING: Kept = Kept {
    name: ShippingService::NAME,
    base_url: &["shipping.base_url"],
    table: "shop.fulfillment",
    keys: &["shop.fulfillment", "shipping.kind"],
};
pub(in crate::config) const PROMOTIONS: Kept = Kept {
    name: PromotionService::NAME,
    base_url: &["promotions.base_url"],
    table: "shop.promotion",
    keys: &["shop.promotion", "promotions.kind"],
};

/// Whether the shop has a table of its own that says what a service is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) enum Table {
    /// It is empty, or nobody wrote it.
    Unwritten,
    /// Somebody wrote it.
    Written,
}

impl TermService {
    /// How long a connection to the merchant's service may take.
    pub const fn connect_timeout(&self) -> Duration {
        Duration::from_millis(self.connect_timeout_ms)
    }

    /// How long a call to it may take.
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(
        &self,
        section: &Kept,
        table: Table,
    ) -> Vec<(&'static [&'static str], String)> {
        let kind = match self.kind {
            TermKind::Embedded => return Vec::new(),
            TermKind::Http => "kind = \"http\"",
        };
        let base_url = self.base_url.as_deref();
        let fault = address::address_fault(section.name, kind, base_url, self.token.as_ref());
        let mut found: Vec<(&'static [_], _)> =
            fault.map(|what| (section.base_url, what)).into_iter().collect();
        if table == Table::Written {
            let Kept { name, table, .. } = section;
            let what = format!(
                "{table} has entries and {name}.{kind}; expected one of them to say it, so leave \
                 {table} out or have {name}.kind = \"embedded\""
            );
            found.push((section.keys, what));
        }
        found
    }
}

impl Default for TermService {
    fn default() -> Self {
        Self {
            kind: TermKind::Embedded,
            base_url: None,
            token: None,
            connect_timeout_ms: 1_000,
            timeout_ms: 2_000,
            calls_at_once: CALLS_AT_ONCE,
        }
    }
}

impl Section for TaxService {
    const NAME: &'static str = "tax";
    const ABOUT: &'static str =
        "Who knows what is taxed: the configuration, or a service of the merchant.";
    const KEYS: &'static [Key] = &{
        let [kind, base_url, token, connect_timeout_ms, timeout_ms, calls_at_once] = keys(
            "The entries of `[[shop.tax]]` say it (`\"embedded\"`), or a service does (`\"http\"`).",
        );
        let fresh_seconds = Key::whole(
            "fresh_seconds",
            0,
            86_400,
            "How old what the service said of a place may be, before it is asked again; 0 to 86400.",
        );
        [kind, base_url, token, fresh_seconds, connect_timeout_ms, timeout_ms, calls_at_once]
    };
}

impl Section for ShippingService {
    const NAME: &'static str = "shipping";
    const ABOUT: &'static str = "Who knows how the goods reach the buyer, and at what price: the \
                                 configuration, or a service of the merchant.";
    const KEYS: &'static [Key] = &keys(
        "The entries of `[[shop.fulfillment]]` say it (`\"embedded\"`), or a service does \
         (`\"http\"`).",
    );
}

impl Section for PromotionService {
    const NAME: &'static str = "promotions";
    const ABOUT: &'static str =
        "Who knows what is taken off: the configuration, or a service of the merchant.";
    const KEYS: &'static [Key] = &keys(
        "The entries of `[[shop.promotion]]` say it (`\"embedded\"`), or a service does \
         (`\"http\"`).",
    );
}

/// The keys of each, with what `kind` does.
pub(super) const fn keys(kind: &'static str) -> [Key; 6] {
    [
        Key::choice("kind", &["embedded", "http"], kind),
        shared::WHERE,
        shared::TOKEN,
        shared::CONNECT_TIMEOUT_MS,
        shared::TIMEOUT_MS,
        shared::CALLS,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_an_address_and_says_alone_what_it_says() {
        let mut tax = TermService::default();
        assert_eq!(tax.contradictions(&TAX, Table::Written), []);
        tax.kind = TermKind::Http;
        let found = tax.contradictions(&TAX, Table::Unwritten);
        assert!(found[0].1.contains("tax.kind = \"http\""), "{found:?}");
        tax.base_url = Some("http://tax.internal".into());
        assert_eq!(tax.contradictions(&TAX, Table::Unwritten), []);
        tax.token = Some(Secret::guard("t".into()));
        assert!(tax.contradictions(&TAX, Table::Unwritten)[0].1.contains("tax.token travels"));
        tax.base_url = Some("https://tax.internal".into());
        let found = tax.contradictions(&TAX, Table::Written);
        assert!(found[0].1.contains("leave shop.tax out"), "{found:?}");
        assert_eq!(found.len(), 1);
    }
}
