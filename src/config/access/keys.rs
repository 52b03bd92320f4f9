//! `[keys]`: keys that are there from the first start on, so that nobody has to type anything into a
//! container.

use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::forms::{Form, PLAIN_CHAR};
use crate::config::keys::{Entry, Item, Key, List, Section};
use crate::config::reading::{self, Line};
use crate::config::secrets::Secret;
use crate::config::services::is_plain;

const CONFIGURED_MAX: usize = 100;
const AGENT_CHARS_MAX: usize = 64;
const LABEL_CHARS_MAX: usize = 100;
const TOKEN_CHARS_MIN: usize = 32;
const TOKEN_CHARS_MAX: usize = 255;
const HASH_BYTES: usize = 32;
const PATH_BYTES_MAX: usize = 1_024;

const AGENT: Form = Form::matching(&["^[A-Za-z0-9._-]{1,64}$"]);
const TOKEN: Form = Form::matching(&["^[!-~]{32,255}$"]);
const HASH: Form = Form::matching(&["^[0-9A-Fa-f]{64}$"]);
/// Bytes are not said in a schema, but there are never more characters than bytes.
const TOKEN_FILE: Form = Form::matching(&["^", PLAIN_CHAR, "+$"]).within(1, PATH_BYTES_MAX);

/// The keys that are configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallerKeys {
    /// All of them; the gateway ends those it made for entries that are gone.
    #[serde(deserialize_with = "configured")]
    pub configured: Vec<ConfiguredKey>,
}

/// A key that is to be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "KeyEntry")]
pub struct ConfiguredKey {
    /// What it allows.
    pub scope: CallerScope,
    /// Whom it speaks for.
    pub agent: String,
    /// What people call it.
    pub label: String,
    /// What its holder shows.
    #[serde(flatten)]
    pub token: ConfiguredToken,
}

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerScope {
    /// To buy.
    Agent,
    /// To look after the shop.
    Merchant,
    /// To look after the gateway.
    Admin,
    /// To give agents leave to spend.
    Principal,
}

/// How it is said which token a key has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum ConfiguredToken {
    /// The token itself.
    #[serde(rename = "token")]
    Plain(Secret<String>),
    /// A file with the token in it.
    #[serde(rename = "token_file")]
    File(PathBuf),
    /// The SHA-256 of the token.
    #[serde(rename = "token_sha256", serialize_with = "as_hex")]
    Hash([u8; HASH_BYTES]),
}

fn as_hex<S: Serializer>(hash: &[u8; HASH_BYTES], to: S) -> Result<S::Ok, S::Error> {
    let digits = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let text = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    to.serialize_str(&text.collect::<String>())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    #[serde(deserialize_with = "reading::choice")]
    scope: CallerScope,
    #[serde(default, deserialize_with = "agent")]
    agent: Option<String>,
    label: Option<Line<LABEL_CHARS_MAX>>,
    #[serde(default, deserialize_with = "token")]
    token: Option<Secret<String>>,
    #[serde(default, deserialize_with = "token_file")]
    token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "hash")]
    token_sha256: Option<[u8; HASH_BYTES]>,
}

impl CallerScope {
    const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Merchant => "merchant",
            Self::Admin => "admin",
            Self::Principal => "principal",
        }
    }
}

impl TryFrom<KeyEntry> for ConfiguredKey {
    type Error = &'static str;

    fn try_from(entry: KeyEntry) -> Result<Self, Self::Error> {
        let KeyEntry { scope, agent, label, token, token_file, token_sha256 } = entry;
        let token = match (token, token_file, token_sha256) {
            (Some(token), None, None) => ConfiguredToken::Plain(token),
            (None, Some(path), None) => ConfiguredToken::File(path),
            (None, None, Some(hash)) => ConfiguredToken::Hash(hash),
            _ => {
                return Err(
                    "expected just one of token, token_file and token_sha256 (given values \
                            are not shown)",
                );
            }
        };
        let is_named = agent.is_some();
        match scope {
            CallerScope::Agent if !is_named => {
                return Err(
                    "agent is missing; expected the name of the agent with scope = \"agent\"",
                );
            }
            CallerScope::Principal if !is_named => {
                return Err("agent is missing; expected the name of the principal with scope = \
                            \"principal\"");
            }
            _ => {}
        }
        let agent = agent.unwrap_or_else(|| scope.name().to_owned());
        let label = label.map(|line| line.0).unwrap_or_default();
        Ok(Self { scope, agent, label, token })
    }
}

fn configured<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<ConfiguredKey>, D::Error> {
    reading::list::<CONFIGURED_MAX, ConfiguredKey, D>(from)
}

fn agent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "1 to 64 letters, digits, dots, dashes and underscores";
    reading::from_text(from, expected, |text| {
        let is_in_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let fits = (1..=AGENT_CHARS_MAX).contains(&text.len()) && text.chars().all(is_in_name);
        fits.then(|| Some(text.to_owned()))
    })
}

/// Read as any value first: serde's own complaint about a wrong type repeats the value.
fn token<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret<String>>, D::Error> {
    match toml::Value::deserialize(from)? {
        toml::Value::String(text)
            if text.len() >= TOKEN_CHARS_MIN && is_plain(&text, TOKEN_CHARS_MAX) =>
        {
            Ok(Some(Secret::guard(text)))
        }
        _ => Err(Error::custom(
            "expected a token of 32 to 255 letters, digits and signs, such as `openssl rand -hex \
             32` makes (the given value is not shown)",
        )),
    }
}

fn token_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, 1 to {PATH_BYTES_MAX} bytes");
    reading::from_text(from, expected, |text| {
        let fits = (1..=PATH_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
        fits.then(|| Some(PathBuf::from(text)))
    })
}

fn hash<'de, D: Deserializer<'de>>(from: D) -> Result<Option<[u8; HASH_BYTES]>, D::Error> {
    let expected = "the SHA-256 of a token, as 64 hexadecimal characters";
    reading::from_text(from, expected, |text| {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let byte = |pair: &[u8; 2]| {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            u8::try_from(high? * 16 + low?).ok()
        };
        let bytes: Vec<u8> = pairs.iter().map(byte).collect::<Option<_>>()?;
        Some(Some(bytes.try_into().ok()?))
    })
}

impl Section for CallerKeys {
    const NAME: &'static str = "keys";
    const ABOUT: &'static str = "Keys that are there from the first start on; others are made with \
                                 `acp-gateway keys create`.";
    const KEYS: &'static [Key] = &[Key::list(
        "configured",
        CONFIGURED,
        "The keys, as entries of `[[keys.configured]]`; at most 100. They are made when the \
         gateway starts, and a key whose entry or token is gone ends then. With one, it is no demo.",
    )];
}

const CONFIGURED: List =
    List { entries_min: 0, entries_max: CONFIGURED_MAX, item: Item::Entry(&CONFIGURED_ENTRY) };

const CONFIGURED_ENTRY: Entry = Entry {
    heading: "[[keys.configured]]",
    about: "A key, and just one of `token`, `token_file` and `token_sha256`.",
    keys: &[&[
        Key::choice(
            "scope",
            &["agent", "merchant", "admin", "principal"],
            "What the key allows: to buy, to look after the shop or the gateway, or to let agents spend.",
        )
        .required(),
        Key::text(
            "agent",
            AGENT,
            "Whom the key speaks for: 1 to 64 letters, digits, dots, dashes and underscores; \
             needed with `scope = \"agent\"` and `\"principal\"`, and else the name of the scope.",
        ),
        Key::text(
            "label",
            Form::line(LABEL_CHARS_MAX),
            "What people call it; 1 to 100 characters.",
        ),
        Key::secret(
            "token",
            TOKEN,
            "The token: 32 to 255 letters, digits and signs, made by chance. What could be guessed \
             is refused.",
        ),
        Key::text(
            "token_file",
            TOKEN_FILE,
            "A file with the token in it, as orchestrators mount secrets; a line end behind it \
             does not matter.",
        ),
        Key::text(
            "token_sha256",
            HASH,
            "The SHA-256 of the token, as 64 hexadecimal characters, so that the gateway never \
             sees the token before it is used. Only whoever made it knows whether it is strong.",
        ),
    ]],
};
