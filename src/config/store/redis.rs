//! `[redis]`: how the store on Redis is reached, and how safe a commit must be there.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use toml::Value;

use crate::config::forms::{Form, HOST, PLAIN_CHAR, PORT, Slug, URL_CHARS_MAX, is_web_url};
use crate::config::keys::{Item, Key, List, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

/// Most servers that can be named.
const URLS_MAX: usize = 32;
/// Longest name of a primary or a user, in characters.
const NAME_CHARS_MAX: usize = 128;
/// Longest password, in characters.
const PASSWORD_CHARS_MAX: usize = 1_024;

const URL: Form =
    Form::matching(&["^rediss?://", HOST, "(:", PORT, ")?/?$"]).within(1, URL_CHARS_MAX);
/// What the address of a server begins with that is spoken to in secret.
const ENCRYPTED: &str = "rediss://";
const NAME: Form = Form::line_or_none(NAME_CHARS_MAX);
const PASSWORD: Form = Form::matching(&["^", PLAIN_CHAR, "+$"]).within(1, PASSWORD_CHARS_MAX);

/// The servers of the store, when `store.kind` is `"redis"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Redis {
    /// What the servers are to each other.
    #[serde(deserialize_with = "reading::choice")]
    pub mode: RedisMode,
    /// Where they are, or where the sentinels are.
    #[serde(deserialize_with = "urls")]
    pub urls: Vec<String>,
    /// What the sentinels call the primary.
    #[serde(deserialize_with = "primary", skip_serializing_if = "Option::is_none")]
    pub sentinel_primary: Option<String>,
    /// Who we are there.
    #[serde(deserialize_with = "username", skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// How we prove it.
    #[serde(deserialize_with = "password", skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret<String>>,
    /// Which of its numbered databases a server uses for us.
    #[serde(deserialize_with = "reading::whole::<0, 255, _, _>")]
    pub database: u8,
    /// What all keys begin with.
    #[serde(deserialize_with = "prefix")]
    pub prefix: String,
    /// How many replicas must have a durable commit.
    #[serde(deserialize_with = "reading::whole::<0, 5, _, _>")]
    pub replicas: u8,
    /// Whether a durable commit must be on the disk.
    #[serde(deserialize_with = "reading::flag")]
    pub fsync: bool,
    /// How many connections ask whether commits are durable.
    #[serde(deserialize_with = "reading::whole::<1, 16, _, _>")]
    pub durable_connections: u8,
}

/// What the servers are to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedisMode {
    /// One server.
    Standalone,
    /// A primary and its replicas, watched by the sentinels that are named.
    Sentinel,
    /// A cluster, of which some servers are named.
    Cluster,
}

impl Redis {
    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let mut found: Vec<(&'static [_], _)> = Vec::new();
        if self.mode == RedisMode::Standalone && self.urls.len() != 1 {
            let what = format!(
                "{} servers are named; expected one with redis.mode = \"standalone\", because a \
                 gateway never changes its store by itself",
                self.urls.len()
            );
            found.push((&["redis.urls", "redis.mode"], what));
        }
        let encrypted = self.urls.iter().filter(|url| url.starts_with(ENCRYPTED)).count();
        if encrypted != 0 && encrypted != self.urls.len() {
            let what = "names some servers by redis:// and some by rediss://; expected one of them, \
                        because it is for all servers there are";
            found.push((&["redis.urls"], what.to_owned()));
        }
        if self.mode == RedisMode::Sentinel && self.sentinel_primary.is_none() {
            let what = "is not set; expected what the sentinels call the primary, such as mymaster";
            found.push((&["redis.sentinel_primary"], what.to_owned()));
        }
        if self.mode == RedisMode::Cluster && self.database != 0 {
            let what = format!("is {}; expected 0, the only one a cluster has", self.database);
            found.push((&["redis.database"], what));
        }
        found
    }
}

impl Default for Redis {
    fn default() -> Self {
        Self {
            mode: RedisMode::Standalone,
            urls: vec!["redis://127.0.0.1:6379".into()],
            sentinel_primary: None,
            username: None,
            password: None,
            database: 0,
            prefix: "acp".into(),
            replicas: 0,
            fsync: false,
            durable_connections: 2,
        }
    }
}

impl Section for Redis {
    const NAME: &'static str = "redis";
    const ABOUT: &'static str = "The servers of the store, with `store.kind = \"redis\"`.";
    const KEYS: &'static [Key] = &[
        Key::choice(
            "mode",
            &["standalone", "sentinel", "cluster"],
            "What `urls` names: the one server (`\"standalone\"`), the sentinels that know the \
             primary (`\"sentinel\"`), or some servers of a cluster (`\"cluster\"`).",
        ),
        Key::list(
            "urls",
            List { entries_min: 1, entries_max: URLS_MAX, item: Item::Text(URL) },
            "Where they are: `redis://`, or `rediss://` for an encrypted connection, a host and a \
             port each, 1 to 32 of them.",
        ),
        Key::text(
            "sentinel_primary",
            NAME,
            "What the sentinels call the primary; 1 to 128 characters.",
        ),
        Key::text("username", NAME, "Who the gateway is there; 1 to 128 characters."),
        Key::secret(
            "password",
            PASSWORD,
            "How it proves that; 1 to 1024 characters. Sentinels are asked without it.",
        ),
        Key::whole("database", 0, 255, "The numbered database; 0 to 255."),
        Key::text(
            "prefix",
            Form::SLUG,
            "What all keys begin with, so that stores can share servers: 1 to 64 lowercase \
             letters, digits, `-` or `_`. Fixed for the life of a store.",
        ),
        Key::whole(
            "replicas",
            0,
            5,
            "How many replicas must have a durable commit before it is acknowledged; 0 to 5.",
        ),
        Key::flag(
            "fsync",
            "Whether a durable commit must be on the disk before it is acknowledged.",
        ),
        Key::whole(
            "durable_connections",
            1,
            16,
            "How many connections wait for durable commits; 1 to 16.",
        ),
    ];
}

/// The address of a server, without anything else.
struct RedisUrl(String);

impl<'de> Deserialize<'de> for RedisUrl {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "redis:// or rediss://, a host and a port, without user and password, such \
                        as redis://10.0.0.7:6379";
        reading::from_text(from, expected, |text| {
            let bare = text.strip_suffix('/').unwrap_or(text);
            let rest = bare.strip_prefix("redis://").or(bare.strip_prefix(ENCRYPTED))?;
            let fits = is_web_url(bare, &["redis", "rediss"]) && !rest.contains(['/', '?', '#']);
            fits.then(|| Self(bare.to_owned()))
        })
    }
}

fn urls<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let urls = reading::list::<URLS_MAX, RedisUrl, D>(from)?;
    if urls.is_empty() {
        return Err(Error::custom("names no server; expected a list of 1 to 32"));
    }
    Ok(urls.into_iter().map(|RedisUrl(url)| url).collect())
}

fn primary<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    name(from, "what the sentinels call the primary, 1 to 128 characters in one line")
}

fn username<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    name(from, "the name of a user, 1 to 128 characters in one line")
}

fn name<'de, D: Deserializer<'de>>(from: D, expected: &str) -> Result<Option<String>, D::Error> {
    reading::some_from_text(from, expected, |text| {
        let fits = text.chars().count() <= NAME_CHARS_MAX
            && !text.contains(char::is_control)
            && text.trim() == text;
        fits.then(|| text.to_owned())
    })
}

fn prefix<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Slug::deserialize(from).map(|Slug(prefix)| prefix)
}

/// Read as any value first: serde's own complaint about a wrong type repeats the value.
fn password<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret<String>>, D::Error> {
    let fits = |text: &str| {
        (1..=PASSWORD_CHARS_MAX).contains(&text.chars().count()) && !text.contains(char::is_control)
    };
    match Value::deserialize(from)? {
        Value::String(text) if fits(&text) => Ok(Some(Secret::guard(text))),
        _ => Err(Error::custom(
            "expected a password of 1 to 1024 characters (the given value is not shown)",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_all_spoken_to_in_secret_or_none() {
        let of = |urls: &[&str]| {
            let urls = urls.iter().map(|url| (*url).to_owned()).collect();
            Redis { mode: RedisMode::Cluster, urls, ..Redis::default() }.contradictions()
        };
        assert_eq!(of(&["redis://a", "redis://b"]), []);
        assert_eq!(of(&["rediss://a", "rediss://b"]), []);
        let found = of(&["redis://a", "rediss://b"]);
        assert!(found.iter().any(|(keys, _)| keys == &["redis.urls"]), "{found:?}");
    }
}
