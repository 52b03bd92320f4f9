//! `[jwt]`: people of the merchant whom somebody else vouches for.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::{Form, HOST, PLAIN_CHAR, PORT, URL_CHARS_MAX, is_web_url};
use crate::config::keys::{Key, Section};
use crate::config::reading;
use crate::config::services::{is_plain, is_private};

const NAME_CHARS_MAX: usize = 255;
const PATH_BYTES_MAX: usize = 1_024;

const NAME: Form = Form::matching(&["^[!-~]{0,255}$"]);
const CLAIM: Form = Form::matching(&["^[!-~]{1,255}$"]);
const FILE: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, PATH_BYTES_MAX);
const JWKS_URL: Form =
    Form::matching(&["^(https?://", HOST, "(:", PORT, r")?([/?][!$-;=?-\[\]_a-z~]*)?)?$"])
        .within(0, URL_CHARS_MAX);

/// Who vouches, and what tokens have to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jwt {
    /// Whose tokens are believed; without it, nobody's.
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Who we are to the issuer.
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// A file with the public keys of the issuer.
    #[serde(deserialize_with = "file", skip_serializing_if = "Option::is_none")]
    pub jwks_file: Option<PathBuf>,
    /// Where the issuer publishes its keys.
    #[serde(deserialize_with = "jwks_url", skip_serializing_if = "Option::is_none")]
    pub jwks_url: Option<String>,
    /// The claim that says roles.
    #[serde(deserialize_with = "claim")]
    pub roles_claim: String,
    /// The claim that names the shop.
    #[serde(deserialize_with = "name", skip_serializing_if = "Option::is_none")]
    pub tenant_claim: Option<String>,
    /// How far the clocks may be off.
    #[serde(deserialize_with = "reading::whole::<0, 300, _, _>")]
    pub skew_seconds: u64,
}

impl Jwt {
    /// How far the clocks may be off.
    pub const fn skew(&self) -> Duration {
        Duration::from_secs(self.skew_seconds)
    }

    /// What is missing to believe the tokens of an issuer.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let mut found: Vec<(&'static [_], _)> = Vec::new();
        let Some(issuer) = &self.issuer else { return found };
        if self.audience.is_none() {
            let what = format!(
                "is not set; expected the name by which tokens of {issuer:?} are for this gateway, \
                 because tokens for others must not open it"
            );
            found.push((&["jwt.audience", "jwt.issuer"], what));
        }
        if self.jwks_file.is_some() == self.jwks_url.is_some() {
            let what = format!(
                "jwt.issuer is {issuer:?}; expected its keys in just one of jwt.jwks_file and \
                 jwt.jwks_url"
            );
            found.push((&["jwt.jwks_url", "jwt.jwks_file", "jwt.issuer"], what));
        }
        found
    }
}

impl Default for Jwt {
    fn default() -> Self {
        Self {
            issuer: None,
            audience: None,
            jwks_file: None,
            jwks_url: None,
            roles_claim: "roles".to_owned(),
            tenant_claim: None,
            skew_seconds: 60,
        }
    }
}

impl Section for Jwt {
    const NAME: &'static str = "jwt";
    const ABOUT: &'static str = "People of the merchant whom an identity provider vouches for with \
                                 JSON Web Tokens.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "issuer",
            NAME,
            "Whose tokens are believed, as their `iss` says it; up to 255 characters. Without it, \
             nobody's.",
        ),
        Key::text(
            "audience",
            NAME,
            "Whom tokens have to be for, as their `aud` says it; up to 255 characters, and needed \
             with `issuer`.",
        ),
        Key::text(
            "jwks_file",
            FILE,
            "A file with the public keys of the issuer, as a JSON Web Key Set; read again every few \
             minutes.",
        ),
        Key::text(
            "jwks_url",
            JWKS_URL,
            "Where the issuer publishes the same, in place of a file. `http://` is only taken for \
             this machine.",
        ),
        Key::text(
            "roles_claim",
            CLAIM,
            "The claim that says the roles of somebody, beside `scope`: with spaces between them or \
             as a list; 1 to 255 characters.",
        ),
        Key::text(
            "tenant_claim",
            NAME,
            "A claim that has to be `shop.id`, where an issuer vouches for people of several shops.",
        ),
        Key::whole("skew_seconds", 0, 300, "How far the clock of the issuer may be off; 0 to 300."),
    ];
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    reading::some_from_text(from, "1 to 255 characters without spaces", plain)
}

fn claim<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    reading::from_text(from, "1 to 255 characters without spaces", plain)
}

fn plain(text: &str) -> Option<String> {
    is_plain(text, NAME_CHARS_MAX).then(|| text.to_owned())
}

fn file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, at most {PATH_BYTES_MAX} bytes");
    reading::some_from_text(from, expected, |text| {
        let fits = text.len() <= PATH_BYTES_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}

fn jwks_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "https:// and where the keys are, such as https://login.example/keys (http:// is \
                    for this machine alone)";
    reading::some_from_text(from, expected, |text| {
        let fits = is_web_url(text, &["http", "https"]) && !text.contains('#') && is_private(text);
        fits.then(|| text.to_owned())
    })
}
