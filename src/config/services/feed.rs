//! `[feed]`: which agents are told of all that is sold.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::address::{self, BASE_URL, SECRET};
use crate::config::forms::{Form, PLAIN_CHAR};
use crate::config::keys::{Entry, Item, Key, List, Section};
use crate::config::reading;
use crate::config::secrets::Secret;

const AGENTS_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 64;
const FEED_ID_CHARS_MAX: usize = 200;
const PATH_BYTES_MAX: usize = 1_024;

const NAME: Form = Form::matching(&["^[A-Za-z0-9._-]{1,64}$"]);
const COUNTRY: Form = Form::matching(&["^[A-Z]{2}$"]);
const FEED_ID: Form = Form::matching(&["^[!-~]{1,200}$"]);
/// Bytes are not said in a schema, but there are never more characters than bytes.
const TOKEN_FILE: Form = Form::matching(&["^", PLAIN_CHAR, "+$"]).within(1, PATH_BYTES_MAX);

/// Which agents are told of all that is sold, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Feed {
    /// How often what is sold is compared with what they were told.
    #[serde(deserialize_with = "reading::whole::<1, 86_400, _, _>")]
    pub every_seconds: u64,
    /// Most products they are sent in one piece.
    #[serde(deserialize_with = "reading::whole::<1, 1_000, _, _>")]
    pub batch_products: usize,
    /// The agents.
    #[serde(deserialize_with = "agents")]
    pub agents: Vec<FeedAgent>,
}

/// An agent that keeps a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "AgentEntry")]
pub struct FeedAgent {
    /// What the feed is called here.
    pub name: String,
    /// Where its API is.
    pub base_url: String,
    /// What we show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Secret<String>>,
    /// A file with that in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
    /// Which market the feed is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What the feed is called there, where there is one already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feed_id: Option<String>,
    /// Whose goods it is about; the shop's where nobody says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentEntry {
    #[serde(deserialize_with = "name")]
    name: String,
    #[serde(deserialize_with = "address::base_url")]
    base_url: String,
    #[serde(default, deserialize_with = "address::secret")]
    token: Option<Secret<String>>,
    #[serde(default, deserialize_with = "token_file")]
    token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "country")]
    country: Option<String>,
    #[serde(default, deserialize_with = "feed_id")]
    feed_id: Option<String>,
    #[serde(default, deserialize_with = "tenant")]
    tenant: Option<String>,
}

impl TryFrom<AgentEntry> for FeedAgent {
    type Error = &'static str;

    fn try_from(entry: AgentEntry) -> Result<Self, Self::Error> {
        let AgentEntry { name, base_url, token, token_file, country, feed_id, tenant } = entry;
        if token.is_some() && token_file.is_some() {
            return Err("expected one of token and token_file (given values are not shown)");
        }
        let has_token = token.is_some() || token_file.is_some();
        if has_token && !address::is_private(&base_url) {
            return Err("base_url is http://; expected https://, because the token travels with \
                        every call (http:// is for this machine alone)");
        }
        Ok(Self { name, base_url, token, token_file, country, feed_id, tenant })
    }
}

impl Feed {
    /// How often what is sold is compared with what agents were told.
    pub const fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds)
    }

    /// What is wrong with these values together: the key that can change it, and what it is.
    pub(in crate::config) fn contradictions(&self) -> Option<(&'static [&'static str], String)> {
        let names: Vec<_> = self.agents.iter().map(|agent| &agent.name).collect();
        let twice =
            (1..).zip(&names).find(|(place, name)| names.iter().skip(*place).any(|it| it == *name));
        let (_, name) = twice?;
        Some((&["feed.agents"], format!("has the name {name:?} twice; expected each once")))
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self { every_seconds: 300, batch_products: 100, agents: Vec::new() }
    }
}

fn agents<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<FeedAgent>, D::Error> {
    reading::list::<AGENTS_MAX, FeedAgent, D>(from)
}

fn is_name(text: &str) -> bool {
    let is_in_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=NAME_CHARS_MAX).contains(&text.len()) && text.chars().all(is_in_name)
}

fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let expected = "1 to 64 letters, digits, dots, dashes and underscores";
    reading::from_text(from, expected, |text| is_name(text).then(|| text.to_owned()))
}

fn tenant<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    name(from).map(Some)
}

fn country<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    reading::from_text(from, "two capital letters, such as US", |text| {
        let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        fits.then(|| Some(text.to_owned()))
    })
}

fn feed_id<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    reading::from_text(from, "1 to 200 characters without spaces", |text| {
        address::is_plain(text, FEED_ID_CHARS_MAX).then(|| Some(text.to_owned()))
    })
}

fn token_file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, 1 to {PATH_BYTES_MAX} bytes");
    reading::from_text(from, expected, |text| {
        let fits = (1..=PATH_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
        fits.then(|| Some(PathBuf::from(text)))
    })
}

impl Section for Feed {
    const NAME: &'static str = "feed";
    const ABOUT: &'static str = "Which agents are told of all that is sold, and how.";
    const KEYS: &'static [Key] = &[
        Key::whole(
            "every_seconds",
            1,
            86_400,
            "How often what is sold is compared with what the agents were told; 1 to 86400. They \
             are told of what has changed.",
        ),
        Key::whole(
            "batch_products",
            1,
            1_000,
            "How many products an agent is sent in one piece, at most; 1 to 1000. A piece has a \
             mebibyte at most as well.",
        ),
        Key::list("agents", AGENTS, "The agents, as entries of `[[feed.agents]]`; at most 20."),
    ];
}

const AGENTS: List =
    List { entries_min: 0, entries_max: AGENTS_MAX, item: Item::Entry(&AGENT_ENTRY) };

const AGENT_ENTRY: Entry = Entry {
    heading: "[[feed.agents]]",
    about: "An agent that keeps a feed of what is sold.",
    keys: &[&[
        Key::text(
            "name",
            NAME,
            "What the feed is called here; 1 to 64 letters, digits, dots, dashes and underscores.",
        )
        .required(),
        Key::text(
            "base_url",
            BASE_URL,
            "Where the feed API of the agent is. With a token, `http://` is only taken for this \
             machine.",
        )
        .required(),
        Key::secret(
            "token",
            SECRET,
            "What the gateway shows the agent, as a bearer token; 1 to 255 characters.",
        ),
        Key::text(
            "token_file",
            TOKEN_FILE,
            "A file with the token in it, as orchestrators mount secrets; a line end behind it \
             does not matter. It is read when the gateway starts.",
        ),
        Key::text("country", COUNTRY, "Which market the feed is for, such as `US`."),
        Key::text(
            "feed_id",
            FEED_ID,
            "What the agent calls the feed, where there is one already. Without it, the gateway \
             begins one.",
        ),
        Key::text(
            "tenant",
            NAME,
            "Whose goods the feed is about: a tenant. The shop's without it.",
        ),
    ]],
};
