//! `[stripe]`: the account that takes the money, with `payment.provider = "stripe"`.

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::{CountryCode, Form, Letters};
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::secrets::Secret;
use crate::config::services::{self, BASE_URL, CALLS_AT_ONCE, SECRET, is_plain, is_private};

const VERSION_CHARS_MAX: usize = 64;
const BIN_DIGITS_MAX: usize = 11;
const MERCHANT_ID_CHARS_MAX: usize = 35;
const MERCHANT_NAME_CHARS_MAX: usize = 40;

const VERSION: Form = Form::matching(&["^[!-~]{1,64}$"]);
const BIN: Form = Form::matching(&["^([0-9]{1,11})?$"]);
const COUNTRY: Form = Form::matching(&["^([A-Za-z]{2})?$"]);

/// The account at Stripe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stripe {
    /// Who we are there.
    #[serde(deserialize_with = "services::secret", skip_serializing_if = "Option::is_none")]
    pub secret_key: Option<Secret<String>>,
    /// Signs what Stripe tells us.
    #[serde(deserialize_with = "services::secret", skip_serializing_if = "Option::is_none")]
    pub webhook_secret: Option<Secret<String>>,
    /// Where it is.
    #[serde(deserialize_with = "services::base_url")]
    pub base_url: String,
    /// The version of its API.
    #[serde(deserialize_with = "api_version")]
    pub api_version: String,
    /// How many calls may be under way at the same time.
    #[serde(deserialize_with = "reading::whole::<1, 1_000, _, _>")]
    pub calls_at_once: usize,
    /// The identification number of the acquirer.
    #[serde(deserialize_with = "bin", skip_serializing_if = "Option::is_none")]
    pub acquirer_bin: Option<String>,
    /// Its country.
    #[serde(deserialize_with = "country", skip_serializing_if = "Option::is_none")]
    pub acquirer_country: Option<CountryCode>,
    /// The merchant at the acquirer.
    #[serde(deserialize_with = "merchant_id", skip_serializing_if = "Option::is_none")]
    pub acquirer_merchant_id: Option<String>,
    /// The merchant's name as a bank shows it.
    #[serde(deserialize_with = "merchant_name", skip_serializing_if = "Option::is_none")]
    pub merchant_name: Option<String>,
}

impl Stripe {
    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let mut found: Vec<(&'static [_], _)> = Vec::new();
        if self.secret_key.is_none() {
            let what = "is not set; expected the secret key of the account with payment.provider = \
                        \"stripe\", best as ACP_GATEWAY__STRIPE__SECRET_KEY";
            found.push((&["stripe.secret_key"], what.to_owned()));
        }
        found.extend(self.shared_contradictions());
        found
    }

    /// The same for what every account at Stripe goes by.
    fn shared_contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let mut found: Vec<(&'static [_], _)> = Vec::new();
        if !is_private(&self.base_url) {
            let what = format!(
                "is {:?}; expected https://, because the secret key travels with every call (http:// \
                 is for this machine alone)",
                self.base_url
            );
            found.push((&["stripe.base_url"], what));
        }
        let missing = [
            ("stripe.acquirer_bin", self.acquirer_bin.is_none()),
            ("stripe.acquirer_country", self.acquirer_country.is_none()),
            ("stripe.acquirer_merchant_id", self.acquirer_merchant_id.is_none()),
            ("stripe.merchant_name", self.merchant_name.is_none()),
        ];
        let missing: Vec<_> =
            missing.iter().filter(|(_, is_missing)| *is_missing).map(|(key, _)| *key).collect();
        if !missing.is_empty() && missing.len() < 4 {
            let what = format!(
                "{} not set; expected all of stripe.acquirer_bin, stripe.acquirer_country, \
                 stripe.acquirer_merchant_id and stripe.merchant_name, or none",
                missing.join(", ")
            );
            found.push((&["stripe.acquirer_bin"], what));
        }
        found
    }
}

impl Default for Stripe {
    fn default() -> Self {
        Self {
            secret_key: None,
            webhook_secret: None,
            base_url: "https://api.stripe.com".into(),
            api_version: "2026-04-22.preview".into(),
            calls_at_once: CALLS_AT_ONCE,
            acquirer_bin: None,
            acquirer_country: None,
            acquirer_merchant_id: None,
            merchant_name: None,
        }
    }
}

impl Section for Stripe {
    const NAME: &'static str = "stripe";
    const ABOUT: &'static str = "The account at Stripe, with `payment.provider = \"stripe\"`.";
    const KEYS: &'static [Key] = &[
        Key::secret("secret_key", SECRET, "The secret key of the account; 1 to 255 characters."),
        Key::secret(
            "webhook_secret",
            SECRET,
            "The signing secret of the webhook endpoint `/webhooks/stripe`; 1 to 255 characters. \
             Without it, there is no such endpoint, and payments are only looked at when their \
             time has come.",
        ),
        Key::text(
            "base_url",
            BASE_URL,
            "Where Stripe is. `http://` is only taken for this machine.",
        ),
        Key::text(
            "api_version",
            VERSION,
            "The version of Stripe's API; 1 to 64 characters. Granted tokens need 2026-04-22 or \
             later.",
        ),
        Key::whole(
            "calls_at_once",
            1,
            1_000,
            "How many calls to Stripe are under way at the same time, at most; 1 to 1000. One \
             more is refused at once.",
        ),
        Key::text(
            "acquirer_bin",
            BIN,
            "The identification number of the acquirer, up to 11 digits. Agents need it, and the \
             three keys below, to authenticate buyers; without them, a payment that wants an \
             authentication is declined.",
        ),
        Key::text("acquirer_country", COUNTRY, "The country of the acquirer, as ISO 3166 says it."),
        Key::text(
            "acquirer_merchant_id",
            Form::line_or_none(MERCHANT_ID_CHARS_MAX),
            "The merchant at the acquirer; 1 to 35 characters.",
        ),
        Key::text(
            "merchant_name",
            Form::line_or_none(MERCHANT_NAME_CHARS_MAX),
            "The merchant's name as a bank shows it; 1 to 40 characters.",
        ),
    ];
}

fn api_version<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    reading::from_text(from, "a version such as 2026-04-22.preview", |text| {
        is_plain(text, VERSION_CHARS_MAX).then(|| text.to_owned())
    })
}

fn bin<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    reading::some_from_text(from, "up to 11 digits", |text| {
        let fits = text.len() <= BIN_DIGITS_MAX && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.to_owned())
    })
}

fn country<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CountryCode>, D::Error> {
    reading::some_from_text(from, "a code of two letters", Letters::parse)
}

fn merchant_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    line::<MERCHANT_ID_CHARS_MAX, D>(from)
}

fn merchant_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    line::<MERCHANT_NAME_CHARS_MAX, D>(from)
}

fn line<'de, const MAX: usize, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    reading::some_from_text(from, format_args!("1 to {MAX} characters in one line"), |text| {
        let fits =
            text.chars().count() <= MAX && !text.contains(char::is_control) && text.trim() == text;
        fits.then(|| text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_agents_need_to_authenticate_buyers_is_all_there_or_not() {
        let key = Some(Secret::guard("sk_test".to_owned()));
        let mut stripe = Stripe { secret_key: key, ..Stripe::default() };
        assert_eq!(stripe.contradictions(), []);
        stripe.acquirer_bin = Some("455555".into());
        let found = stripe.contradictions();
        assert!(found.iter().any(|(_, what)| what.contains("stripe.merchant_name not set")));
        stripe.acquirer_country = CountryCode::parse("us");
        stripe.acquirer_merchant_id = Some("m-1".into());
        stripe.merchant_name = Some("Shop".into());
        assert_eq!(stripe.contradictions(), []);
    }
}
