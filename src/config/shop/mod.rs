//! `[shop]`: who sells, on what terms, with which taxes and deliveries.

mod account;
mod consent;
mod exchange;
pub(in crate::config) mod fulfillment;
pub(in crate::config) mod fulfillment_entry;
mod moment;
pub(in crate::config) mod promotion;
pub(in crate::config) mod tax;
pub(in crate::config) mod wallet;

pub use account::PurchaseAccount;
pub use consent::ConsentOption;
pub(in crate::config) use exchange::EXCHANGE_RATE;
pub use exchange::{Exchange, ExchangeRate};
pub(in crate::config) use moment::MOMENT;
pub use moment::Moment;
pub use promotion::{AppliesTo, Audience, Benefit, Promotion, Spread};
pub use wallet::{Wallet, WalletType};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::forms::{
    CurrencyCode, Form, HOST, Letters, PORT, Slug, URL_CHAR, URL_CHARS_MAX, is_web_url,
};
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::schema;
use crate::config::services::Table;
use fulfillment::FulfillmentOption;
use fulfillment_entry::PRICE_MAX;
use tax::TaxRule;

/// What stands for the order's id in `order_url`.
const ORDER_ID: &str = "{id}";

/// The shop behind this gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shop {
    /// Names the shop in addresses and documents.
    #[serde(deserialize_with = "id")]
    pub id: String,
    /// What buyers call it.
    #[serde(deserialize_with = "reading::text::<1, 100, _>")]
    pub name: String,
    /// The currency of a session that asks for none.
    pub currency: CurrencyCode,
    /// Whether an empty catalogue is filled with the built-in demonstration goods.
    #[serde(deserialize_with = "reading::flag")]
    pub catalog_demo: bool,
    /// The terms of use, if the shop links to them.
    #[serde(deserialize_with = "page", serialize_with = "page_or_empty")]
    pub terms_of_use_url: Option<String>,
    /// The privacy policy, if the shop links to it.
    #[serde(deserialize_with = "page", serialize_with = "page_or_empty")]
    pub privacy_policy_url: Option<String>,
    /// The return policy, if the shop links to it.
    #[serde(deserialize_with = "page", serialize_with = "page_or_empty")]
    pub return_policy_url: Option<String>,
    /// Where a buyer sees an order, with `{id}` in the place of its id; see [`Self::order_url`].
    #[serde(deserialize_with = "order_url")]
    pub order_url: String,
    /// Names the shop to payment providers.
    #[serde(deserialize_with = "merchant_id")]
    pub merchant_id: String,
    /// The shipping policy, if the shop links to it.
    #[serde(deserialize_with = "page", skip_serializing_if = "Option::is_none")]
    pub shipping_policy_url: Option<String>,
    /// Where to reach the shop, if it has a page for that.
    #[serde(deserialize_with = "page", skip_serializing_if = "Option::is_none")]
    pub contact_url: Option<String>,
    /// What the shop says about itself, if it does.
    #[serde(deserialize_with = "page", skip_serializing_if = "Option::is_none")]
    pub about_url: Option<String>,
    /// Answers to frequent questions, if there are any.
    #[serde(deserialize_with = "page", skip_serializing_if = "Option::is_none")]
    pub faq_url: Option<String>,
    /// Where buyers find help, if there is such a page.
    #[serde(deserialize_with = "page", skip_serializing_if = "Option::is_none")]
    pub support_url: Option<String>,
    /// Where a buyer goes on with a session in a browser, with `{id}` in the place of its id.
    #[serde(deserialize_with = "continue_url", skip_serializing_if = "Option::is_none")]
    pub continue_url: Option<String>,
    /// Above this total, in minor units of the shop's currency, a person looks at a session first.
    #[serde(deserialize_with = "review_above", skip_serializing_if = "Option::is_none")]
    pub review_above: Option<i64>,
    /// Where buyers write to.
    #[serde(deserialize_with = "email", skip_serializing_if = "Option::is_none")]
    pub support_email: Option<String>,
    /// The tax rates. A list that is given replaces the default one.
    #[serde(deserialize_with = "tax::rules")]
    pub tax: Vec<TaxRule>,
    /// The ways of delivery. A list that is given replaces the default one.
    #[serde(deserialize_with = "fulfillment::options")]
    pub fulfillment: Vec<FulfillmentOption>,
    /// What is taken off.
    #[serde(deserialize_with = "promotion::promotions")]
    pub promotion: Vec<Promotion>,
    /// The currencies prices are also shown in.
    #[serde(deserialize_with = "reading::list::<EXCHANGES_MAX, _, _>")]
    pub exchange: Vec<Exchange>,
    /// Where the shop would like to write to its buyers.
    #[serde(deserialize_with = "reading::list::<CONSENTS_MAX, _, _>")]
    pub consent: Vec<ConsentOption>,
    /// The businesses that may buy against a purchase order.
    #[serde(deserialize_with = "reading::list::<ACCOUNTS_MAX, _, _>")]
    pub account: Vec<PurchaseAccount>,
    /// What the shop keeps for its buyers to pay with.
    #[serde(deserialize_with = "wallet::wallets")]
    pub wallet: Vec<Wallet>,
}

/// The priority of a promotion that names none.
const PRIORITY_DEFAULT: u32 = 100;
pub(in crate::config) const EXCHANGES_MAX: usize = 200;
pub(in crate::config) const CONSENTS_MAX: usize = 20;
pub(in crate::config) const ACCOUNTS_MAX: usize = 10_000;

impl Shop {
    /// Whether somebody wrote the rates down.
    pub(in crate::config) fn taxes_written(&self) -> Table {
        written(&self.tax, &tax::default_rules())
    }

    /// The same of the ways of delivery.
    pub(in crate::config) fn options_written(&self) -> Table {
        written(&self.fulfillment, &fulfillment::default_options())
    }

    /// The same of what is taken off.
    pub(in crate::config) fn promotions_written(&self) -> Table {
        written(&self.promotion, &[])
    }

    /// Where a buyer sees the order `id`.
    pub fn order_url(&self, id: &str) -> String {
        self.order_url.replace(ORDER_ID, id)
    }
}

/// A list that is as it comes was not written by anybody.
fn written<T: PartialEq>(list: &[T], default: &[T]) -> Table {
    if list.is_empty() || list == default { Table::Unwritten } else { Table::Written }
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            id: "demo".into(),
            name: "Harbour & Pine".into(),
            currency: Letters(*b"USD"),
            catalog_demo: true,
            terms_of_use_url: Some("https://shop.example/terms".into()),
            privacy_policy_url: Some("https://shop.example/privacy".into()),
            return_policy_url: Some("https://shop.example/returns".into()),
            order_url: "https://shop.example/orders/{id}".into(),
            merchant_id: "merchant_demo".into(),
            shipping_policy_url: None,
            contact_url: None,
            about_url: None,
            faq_url: None,
            support_url: None,
            continue_url: None,
            review_above: None,
            support_email: None,
            tax: tax::default_rules(),
            fulfillment: fulfillment::default_options(),
            promotion: Vec::new(),
            exchange: Vec::new(),
            consent: Vec::new(),
            account: Vec::new(),
            wallet: Vec::new(),
        }
    }
}

impl Section for Shop {
    const NAME: &'static str = "shop";
    const ABOUT: &'static str = "Who sells, on what terms, with which taxes and deliveries.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "id",
            Form::SLUG,
            "Names the shop in addresses and documents: 1 to 64 lowercase letters, digits, `-`, \
             `_`.",
        ),
        Key::text("name", Form::line(100), "What buyers call the shop; 1 to 100 characters."),
        Key::text(
            "currency",
            Form::CURRENCY,
            "The currency of a session that asks for none: three letters. Goods and at least one \
             way of delivery should have prices in it.",
        ),
        Key::flag(
            "catalog_demo",
            "Loads the built-in demonstration catalogue when the catalogue is empty.",
        ),
        Key::text("terms_of_use_url", PAGE, "https URL of the terms of use, or `\"\"` for none."),
        Key::text(
            "privacy_policy_url",
            PAGE,
            "https URL of the privacy policy, or `\"\"` for none.",
        ),
        Key::text("return_policy_url", PAGE, "https URL of the return policy, or `\"\"` for none."),
        Key::text("order_url", ORDER_URL, "Where a buyer sees an order; `{id}` stands for its id."),
        Key::text(
            "merchant_id",
            MERCHANT_ID,
            "Names the shop to payment providers: 1 to 128 letters, digits, `-`, `_`, `.`.",
        ),
        Key::text("shipping_policy_url", PAGE, "https URL of the shipping policy."),
        Key::text("contact_url", PAGE, "https URL of the page that says how to reach the shop."),
        Key::text("about_url", PAGE, "https URL of the page about the shop."),
        Key::text("faq_url", PAGE, "https URL of answers to frequent questions."),
        Key::text("support_url", PAGE, "https URL of the page where buyers find help."),
        Key::text(
            "continue_url",
            CONTINUE_URL,
            "https URL where a buyer goes on with a session in a browser; `{id}` stands for its id.",
        ),
        Key::whole(
            "review_above",
            0,
            PRICE_MAX,
            "Above this total a person has to look at a session before it is paid for; 0 to \
             99999999 minor units of `currency`.",
        ),
        Key::text("support_email", EMAIL, "Where buyers write to."),
        Key::list("tax", schema::TAX, "The tax rates, as entries of `[[shop.tax]]`; at most 1000."),
        Key::list(
            "fulfillment",
            schema::FULFILLMENT,
            "The ways of delivery, as entries of `[[shop.fulfillment]]`; at most 500.",
        ),
        Key::list(
            "promotion",
            schema::PROMOTION,
            "What is taken off, as entries of `[[shop.promotion]]`; at most 1000.",
        ),
        Key::list(
            "exchange",
            schema::EXCHANGE,
            "The currencies prices are also shown in, as entries of `[[shop.exchange]]`; at most \
             200.",
        ),
        Key::list(
            "consent",
            schema::CONSENT,
            "Where the shop would like to write to its buyers, as entries of `[[shop.consent]]`; \
             at most 20.",
        ),
        Key::list(
            "account",
            schema::ACCOUNT,
            "The businesses that may buy against a purchase order, as entries of \
             `[[shop.account]]`; at most 10000.",
        ),
        Key::list(
            "wallet",
            schema::WALLET,
            "What the shop keeps for its buyers to pay with, as entries of `[[shop.wallet]]`; at \
             most 10000.",
        ),
    ];
}

const PAGE: Form =
    Form::matching(&["^(https://", HOST, "(:", PORT, ")?([/?#]", URL_CHAR, "*)?)?$"])
        .within(0, URL_CHARS_MAX);
/// The id stands behind the host, or in it.
const ORDER_URL: Form = Form::matching(&[
    "^https?://(",
    HOST,
    "(:",
    PORT,
    ")?[/?#]",
    URL_CHAR,
    r"*|[A-Za-z0-9_.:\[\]-]*)\{id\}(",
    URL_CHAR,
    r"|\{id\})*$",
]);
/// `{id}` anywhere behind the host, or in it; there may be none.
const CONTINUE_URL: Form = Form::matching(&[
    "^(https://(",
    HOST,
    "(:",
    PORT,
    ")?[/?#]",
    URL_CHAR,
    r"*|[A-Za-z0-9_.:\[\]-]*)\{id\}(",
    URL_CHAR,
    r"|\{id\})*)?$",
]);
const MERCHANT_ID: Form = Form::matching(&["^[A-Za-z0-9_.-]{1,128}$"]);
const EMAIL: Form = Form::matching(&["^(", EMAIL_CHAR, "+@", EMAIL_CHAR, "+)?$"]).within(0, 254);
const EMAIL_CHAR: &str = "[!#-'*+./0-9=?A-Z^-~-]";

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Slug::deserialize(from).map(|slug| slug.0)
}

fn page<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "an https URL such as https://shop.example/terms, or \"\" for no such page";
    reading::some_from_text(from, expected, |text| {
        is_web_url(text, &["https"]).then(|| text.to_owned())
    })
}

/// These keys have a default, so their absence has to be written.
#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn page_or_empty<S: Serializer>(url: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(url.as_deref().unwrap_or_default())
}

fn order_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "an http or https URL that contains {id}, such as \
                    https://shop.example/orders/{id}";
    reading::from_text(from, expected, |text| {
        // No other brace passes as part of a URL.
        let fits =
            text.contains(ORDER_ID) && is_web_url(&text.replace(ORDER_ID, "1"), &["http", "https"]);
        fits.then(|| text.to_owned())
    })
}

fn continue_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "an https URL that contains {id}, such as https://shop.example/checkout/{id}";
    reading::some_from_text(from, expected, |text| {
        let fits = text.contains(ORDER_ID) && is_web_url(&text.replace(ORDER_ID, "1"), &["https"]);
        fits.then(|| text.to_owned())
    })
}

fn review_above<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    reading::whole::<0, PRICE_MAX, i64, D>(from).map(Some)
}

fn merchant_id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    reading::from_text(from, "1 to 128 letters, digits, -, _ or .", |text| {
        let fits = (1..=128).contains(&text.len()) && text.chars().all(allowed);
        fits.then(|| text.to_owned())
    })
}

fn email<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "an e-mail address such as help@shop.example, at most 254 characters";
    reading::some_from_text(from, expected, |text| {
        let is_plain = |c: char| c.is_ascii_graphic() && !"\"(),:;<>[\\]".contains(c);
        let is_address = text.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        let fits = is_address && text.len() <= 254 && text.chars().all(is_plain);
        fits.then(|| text.to_owned())
    })
}
