//! The lists of `[message_signatures]`.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Value;

use super::address::is_plain;
use crate::config::forms::{Form, HOST, PLAIN_CHAR, PORT, URL_CHAR, URL_CHARS_MAX, is_web_url};
use crate::config::keys::{Entry, Item, Key, List};
use crate::config::reading;
use crate::config::secrets::Secret;

const ORIGINS_MAX: usize = 8;
const AGENTS_MAX: usize = 200;
const PARTNERS_MAX: usize = 100;
const NETWORKS_MAX: usize = 200;
const ADDRESSES_MAX: usize = 20;
const JWK_CHARS_MAX: usize = 2_048;
const PATH_BYTES_MAX: usize = 1_024;

const ORIGIN: Form = Form::matching(&["^https?://", HOST, "(:", PORT, ")?$"]);
const KEYS_URL: Form =
    Form::matching(&["^https://", HOST, "(:0*443)?(/", URL_CHAR, "*)?$"]).within(1, URL_CHARS_MAX);
const ADDRESS: Form =
    Form::matching(&[r"^[A-Za-z0-9._-]{1,253}=[0-9A-Fa-f.:\[\]]{3,45}:", PORT, "$"]);
const AGENT: Form = Form::matching(&["^[A-Za-z0-9._-]{1,64}$"]);
const KEY_ID: Form = Form::matching(&["^[!-~]{1,256}$"]);
const JWK: Form = Form::matching(&[r"^\{[ -~]*\}$"]).within(2, JWK_CHARS_MAX);

/// Bytes are not said in a schema, but there are never more characters than bytes.
const KEY_FILE: Form = Form::matching(&["^", PLAIN_CHAR, "+$"]).within(1, PATH_BYTES_MAX);

const fn list(entries_max: usize, item: Item) -> List {
    List { entries_min: 0, entries_max, item }
}

/// The entries of `message_signatures.origins`.
pub(super) const ORIGINS: List = list(ORIGINS_MAX, Item::Text(ORIGIN));
/// The entries of `message_signatures.fixed_addresses`.
pub(super) const ADDRESSES: List = list(ADDRESSES_MAX, Item::Text(ADDRESS));
/// The entries of `[[message_signatures.agents]]`.
pub(super) const AGENTS: List = list(AGENTS_MAX, Item::Entry(&AGENT_ENTRY));
/// The entries of `[[message_signatures.partners]]`.
pub(super) const PARTNERS: List = list(PARTNERS_MAX, Item::Entry(&PARTNER_ENTRY));
/// The entries of `[[message_signatures.networks]]`.
pub(super) const NETWORKS: List = list(NETWORKS_MAX, Item::Entry(&NETWORK_ENTRY));

const SPEAKS_FOR: Key = Key::text(
    "agent",
    AGENT,
    "The agent it speaks for, as keys name it; 1 to 64 letters, digits, dots, dashes and \
     underscores.",
)
.required();

const AGENT_ENTRY: Entry = Entry {
    heading: "[[message_signatures.agents]]",
    about: "An agent that publishes its keys.",
    keys: &[&[
        Key::text(
            "url",
            KEYS_URL,
            "The address its signatures name in `Signature-Agent`, with `https://`.",
        )
        .required(),
        SPEAKS_FOR,
    ]],
};

const PARTNER_ENTRY: Entry = Entry {
    heading: "[[message_signatures.partners]]",
    about: "A partner whose key is written down here, and just one of `jwk` and `key_file`.",
    keys: &[&[
        Key::text("keyid", KEY_ID, "What its signatures call the key; 1 to 256 characters.")
            .required(),
        Key::secret(
            "jwk",
            JWK,
            "The key as a JSON Web Key: a public one, or a secret both sides know (`\"kty\": \
             \"oct\"`); at most 2048 characters.",
        ),
        Key::text(
            "key_file",
            KEY_FILE,
            "A file with the key in it: a public one for Ed25519 or P-256 as PEM (`BEGIN PUBLIC \
             KEY`), or a JSON Web Key. It is read when the gateway starts.",
        ),
        SPEAKS_FOR,
    ]],
};

const NETWORK_ENTRY: Entry = Entry {
    heading: "[[message_signatures.networks]]",
    about: "An agent that a payment network knows, with its key in the registry of the network.",
    keys: &[&[
        Key::text("registry", KEYS_URL, "The address of the keys of the network, with `https://`.")
            .required(),
        Key::text("keyid", KEY_ID, "What the registry calls the key; 1 to 256 characters.")
            .required(),
        SPEAKS_FOR,
    ]],
};

/// An agent that publishes its keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningAgent {
    /// Where, and with that who it is.
    #[serde(deserialize_with = "keys_url")]
    pub url: String,
    /// The agent it speaks for.
    #[serde(deserialize_with = "agent")]
    pub agent: String,
}

/// A partner whose key is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PartnerEntry")]
pub struct SigningPartner {
    /// What signatures call the key.
    pub keyid: String,
    /// The key.
    #[serde(flatten)]
    pub key: PartnerKey,
    /// The agent it speaks for.
    pub agent: String,
}

/// Where the key of a partner is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum PartnerKey {
    /// Here.
    #[serde(rename = "jwk")]
    Jwk(Secret<String>),
    /// In this file.
    #[serde(rename = "key_file")]
    File(PathBuf),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartnerEntry {
    #[serde(deserialize_with = "key_id")]
    keyid: String,
    #[serde(default, deserialize_with = "jwk")]
    jwk: Option<Secret<String>>,
    #[serde(default, deserialize_with = "key_file")]
    key_file: Option<PathBuf>,
    #[serde(deserialize_with = "agent")]
    agent: String,
}

impl TryFrom<PartnerEntry> for SigningPartner {
    type Error = &'static str;

    fn try_from(entry: PartnerEntry) -> Result<Self, Self::Error> {
        let PartnerEntry { keyid, jwk, key_file, agent } = entry;
        let key = match (jwk, key_file) {
            (Some(jwk), None) => PartnerKey::Jwk(jwk),
            (None, Some(path)) => PartnerKey::File(path),
            _ => return Err("expected just one of jwk and key_file (given values are not shown)"),
        };
        Ok(Self { keyid, key, agent })
    }
}

/// An agent a payment network knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkAgent {
    /// Where the keys of the network are.
    #[serde(deserialize_with = "keys_url")]
    pub registry: String,
    /// What the registry calls the key.
    #[serde(deserialize_with = "key_id")]
    pub keyid: String,
    /// The agent it speaks for.
    #[serde(deserialize_with = "agent")]
    pub agent: String,
}

/// A name the gateway is reached under.
#[derive(Deserialize)]
#[serde(transparent)]
struct Origin(#[serde(deserialize_with = "origin")] String);

/// Where a host is.
#[derive(Deserialize)]
#[serde(transparent)]
struct Address(#[serde(deserialize_with = "address")] String);

fn origin<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "https://, a host, and a port if it is not the usual one, such as \
                    https://buy.example";
    reading::from_text(from, expected, |text| {
        let is_bare =
            !text.split_once("://").is_some_and(|(_, rest)| rest.contains(['/', '?', '#']));
        (is_web_url(text, &["http", "https"]) && is_bare).then(|| text.to_owned())
    })
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "a host, an equals sign, an address and a port, such as \
                    keys.partner.example=10.0.0.5:443";
    reading::from_text(from, expected, |text| {
        let (host, address) = text.split_once('=')?;
        let is_in_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let fits = (1..=253).contains(&host.len()) && host.chars().all(is_in_name);
        (fits && address.parse::<SocketAddr>().is_ok()).then(|| text.to_owned())
    })
}

fn keys_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "https:// and a host, with a path if need be, such as https://agent.example";
    reading::from_text(from, expected, |text| {
        let rest = text.strip_prefix("https://")?;
        let authority = rest.split('/').next().unwrap_or_default();
        let port = authority.rsplit_once(':').filter(|(_, port)| !port.contains(']'));
        let is_usual = port.is_none_or(|(_, port)| port.trim_start_matches('0') == "443");
        let fits = is_web_url(text, &["https"]) && !text.contains(['?', '#']) && is_usual;
        fits.then(|| text.to_owned())
    })
}

fn agent<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "1 to 64 letters, digits, dots, dashes and underscores";
    reading::from_text(from, expected, |text| {
        let is_in_id = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        ((1..=64).contains(&text.len()) && text.chars().all(is_in_id)).then(|| text.to_owned())
    })
}

fn key_id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    reading::from_text(from, "1 to 256 characters without spaces", |text| {
        is_plain(text, 256).then(|| text.to_owned())
    })
}

/// Read as any value first: serde's own complaint about a wrong type repeats the value.
fn jwk<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret<String>>, D::Error> {
    let is_printed = |text: &str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    match Value::deserialize(from)? {
        Value::String(text)
            if (2..=JWK_CHARS_MAX).contains(&text.len())
                && is_printed(&text)
                && text.starts_with('{')
                && text.ends_with('}') =>
        {
            Ok(Some(Secret::guard(text)))
        }
        _ => Err(Error::custom(
            "expected a JSON Web Key in one line of at most 2048 characters (the given value is \
             not shown)",
        )),
    }
}

fn key_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, 1 to {PATH_BYTES_MAX} bytes");
    reading::from_text(from, expected, |text| {
        let fits = (1..=PATH_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
        fits.then(|| Some(PathBuf::from(text)))
    })
}

pub(super) fn origins<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let origins = reading::list::<ORIGINS_MAX, Origin, D>(from)?;
    Ok(origins.into_iter().map(|origin| origin.0).collect())
}

pub(super) fn addresses<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let addresses = reading::list::<ADDRESSES_MAX, Address, D>(from)?;
    Ok(addresses.into_iter().map(|address| address.0).collect())
}

pub(super) fn agents<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SigningAgent>, D::Error> {
    reading::list::<AGENTS_MAX, SigningAgent, D>(from)
}

pub(super) fn partners<'de, D>(from: D) -> Result<Vec<SigningPartner>, D::Error>
where
    D: Deserializer<'de>,
{
    reading::list::<PARTNERS_MAX, SigningPartner, D>(from)
}

pub(super) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<NetworkAgent>, D::Error> {
    reading::list::<NETWORKS_MAX, NetworkAgent, D>(from)
}
