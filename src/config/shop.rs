//! `[shop]`: who sells, on what terms, with which taxes and deliveries.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::forms::{
    CurrencyCode, Form, HOST, Letters, PORT, Slug, URL_CHAR, URL_CHARS_MAX, is_web_url,
};
use super::fulfillment::{self, FulfillmentOption};
use super::keys::{Key, Section};
use super::reading;
use super::schema;
use super::tax::{self, TaxRule};

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
    /// Where buyers write to.
    #[serde(deserialize_with = "email", skip_serializing_if = "Option::is_none")]
    pub support_email: Option<String>,
    /// The tax rates. A list that is given replaces the default one.
    #[serde(deserialize_with = "tax::rules")]
    pub tax: Vec<TaxRule>,
    /// The ways of delivery. A list that is given replaces the default one.
    #[serde(deserialize_with = "fulfillment::options")]
    pub fulfillment: Vec<FulfillmentOption>,
}

impl Shop {
    /// Where a buyer sees the order `id`.
    pub fn order_url(&self, id: &str) -> String {
        self.order_url.replace(ORDER_ID, id)
    }
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
            support_email: None,
            tax: tax::default_rules(),
            fulfillment: fulfillment::default_options(),
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
        Key::text("support_email", EMAIL, "Where buyers write to."),
        Key::list("tax", schema::TAX, "The tax rates, as entries of `[[shop.tax]]`; at most 1000."),
        Key::list(
            "fulfillment",
            schema::FULFILLMENT,
            "The ways of delivery, as entries of `[[shop.fulfillment]]`; at most 500.",
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
