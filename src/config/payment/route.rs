//! `[[payment.routes]]`: the accounts beside the usual one that payments go to.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::section::PaymentProvider;
use crate::config::forms::{CurrencyCode, Form, Slug};
use crate::config::keys::{Entry, Item, Key, List};
use crate::config::reading::{self, Within};
use crate::config::secrets::Secret;
use crate::config::services::{self, BASE_URL_OR_NONE, SECRET, is_private};
use crate::config::shop::fulfillment_entry::PRICE_MAX;

const ROUTES_MAX: usize = 20;
const CURRENCIES_MAX: usize = 200;

/// The entries of `[[payment.routes]]`.
pub(in crate::config) const ROUTES: List =
    List { entries_min: 0, entries_max: ROUTES_MAX, item: Item::Entry(&ROUTE_ENTRY) };

const ROUTE_ENTRY: Entry = Entry {
    heading: "[[payment.routes]]",
    about: "An account beside the usual one, and the payments that go to it.",
    keys: &[&[
        Key::text(
            "name",
            Form::SLUG,
            "Names the account, for as long as any payment of it may be asked about; the same \
             characters as `shop.id`, and unique.",
        )
        .required(),
        Key::choice("provider", &["demo", "stripe"], "Whose account it is, as `payment.provider`.")
            .required(),
        Key::list(
            "currencies",
            List { entries_min: 0, entries_max: CURRENCIES_MAX, item: Item::Text(Form::CURRENCY) },
            "In which currencies it takes payments: a list of three-letter codes, at most 200; in \
             all where it is empty.",
        ),
        Key::whole(
            "amount_min",
            0,
            PRICE_MAX,
            "From which amount on: 0 to 99999999 minor units of the one currency of `currencies`.",
        ),
        Key::whole(
            "amount_max",
            0,
            PRICE_MAX,
            "Up to which amount: 0 to 99999999 minor units of the one currency of `currencies`.",
        ),
        Key::secret(
            "secret_key",
            SECRET,
            "The secret key of the account, with `provider = \"stripe\"`; 1 to 255 characters.",
        ),
        Key::secret(
            "webhook_secret",
            SECRET,
            "The signing secret of the webhook endpoint of this account; 1 to 255 characters.",
        ),
        Key::text(
            "base_url",
            BASE_URL_OR_NONE,
            "Where Stripe is, if not where `stripe.base_url` says. `http://` is only taken for this \
             machine.",
        ),
        Key::flag("retired", "It takes no new payments; those it has are still settled there."),
    ]],
};

/// An account payments go to, and which do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RouteEntry")]
pub struct PaymentRoute {
    /// What the payments of it are told apart by.
    pub name: String,
    /// Whose account it is.
    pub provider: PaymentProvider,
    /// In which currencies it takes payments; in all where none is named.
    pub currencies: Vec<CurrencyCode>,
    /// From which amount on, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_min: Option<i64>,
    /// Up to which amount, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_max: Option<i64>,
    /// Who we are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret<String>>,
    /// Signs what we are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<Secret<String>>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Whether it takes no new payments.
    pub retired: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteEntry {
    name: Slug,
    #[serde(deserialize_with = "reading::choice")]
    provider: PaymentProvider,
    #[serde(default, deserialize_with = "currencies")]
    currencies: Vec<CurrencyCode>,
    amount_min: Option<Within<0, PRICE_MAX, i64>>,
    amount_max: Option<Within<0, PRICE_MAX, i64>>,
    #[serde(default, deserialize_with = "services::secret")]
    secret_key: Option<Secret<String>>,
    #[serde(default, deserialize_with = "services::secret")]
    webhook_secret: Option<Secret<String>>,
    #[serde(default, deserialize_with = "services::base_url_or_none")]
    base_url: Option<String>,
    #[serde(default, deserialize_with = "reading::flag")]
    retired: bool,
}

impl PaymentRoute {
    /// Whether it is an account at Stripe.
    pub fn is_at_stripe(&self) -> bool {
        self.provider == PaymentProvider::Stripe
    }
}

impl TryFrom<RouteEntry> for PaymentRoute {
    type Error = &'static str;

    fn try_from(entry: RouteEntry) -> Result<Self, Self::Error> {
        let amount_min = entry.amount_min.map(|amount| amount.0);
        let amount_max = entry.amount_max.map(|amount| amount.0);
        let has_amounts = amount_min.is_some() || amount_max.is_some();
        if has_amounts && entry.currencies.len() != 1 {
            return Err("amount_min and amount_max are minor units of one currency; expected \
                        currencies to name just one");
        }
        if amount_min.zip(amount_max).is_some_and(|(min, max)| min > max) {
            return Err("amount_min is above amount_max; expected amounts that there are");
        }
        if entry.provider == PaymentProvider::Stripe && entry.secret_key.is_none() {
            return Err("secret_key is missing; expected that of the account with provider = \
                        \"stripe\"");
        }
        if entry.base_url.as_deref().is_some_and(|url| !is_private(url)) {
            return Err("base_url is http://; expected https://, because the secret key travels \
                        with every call (http:// is for this machine alone)");
        }
        Ok(Self {
            name: entry.name.0,
            provider: entry.provider,
            currencies: entry.currencies,
            amount_min,
            amount_max,
            secret_key: entry.secret_key,
            webhook_secret: entry.webhook_secret,
            base_url: entry.base_url,
            retired: entry.retired,
        })
    }
}

fn currencies<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CurrencyCode>, D::Error> {
    reading::list::<CURRENCIES_MAX, CurrencyCode, D>(from)
}

/// Reads the list and refuses two accounts of one name.
pub(super) fn routes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<PaymentRoute>, D::Error> {
    let routes = reading::list::<ROUTES_MAX, PaymentRoute, D>(from)?;
    let mut names: Vec<_> = routes.iter().map(|route| &route.name).collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => Err(D::Error::custom(format_args!(
            "the name {:?} is used twice; expected each name once",
            pair.first()
        ))),
        None => Ok(routes),
    }
}
