//! `[mcp]`: the tools of the Model Context Protocol.

use serde::{Deserialize, Deserializer, Serialize};

use crate::config::forms::{Form, HOST, PORT, is_web_url};
use crate::config::keys::{Item, Key, List, Section};
use crate::config::reading;

/// Most hosts, and most origins.
const NAMES_MAX: usize = 32;
const HOST_CHARS_MAX: usize = 255;

const AUTHORITY: Form = Form::matching(&["^", HOST, "(:", PORT, ")?$"]).within(1, HOST_CHARS_MAX);
const ORIGIN: Form = Form::matching(&["^https?://", HOST, "(:", PORT, ")?$"]);

/// Whether agents find tools at `/mcp`, and under which names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mcp {
    /// Whether there are tools.
    #[serde(deserialize_with = "reading::flag")]
    pub enabled: bool,
    /// The names the gateway is reached under; where there are none, all of them.
    #[serde(deserialize_with = "hosts")]
    pub allowed_hosts: Vec<String>,
    /// The origins of pages that may call.
    #[serde(deserialize_with = "origins")]
    pub allowed_origins: Vec<String>,
}

impl Default for Mcp {
    fn default() -> Self {
        Self { enabled: true, allowed_hosts: Vec::new(), allowed_origins: Vec::new() }
    }
}

impl Section for Mcp {
    const NAME: &'static str = "mcp";
    const ABOUT: &'static str = "The tools of the Model Context Protocol.";
    const KEYS: &'static [Key] = &[
        Key::flag("enabled", "Whether agents find the checkout as tools at `/mcp`."),
        Key::list(
            "allowed_hosts",
            List { entries_min: 0, entries_max: NAMES_MAX, item: Item::Text(AUTHORITY) },
            "The names under which `/mcp` is called: what a `Host` header may say, a host and, \
             where it matters, a port; at most 32. Where none is named, it may say anything: \
             whoever calls has to show a key anyway.",
        ),
        Key::list(
            "allowed_origins",
            List { entries_min: 0, entries_max: NAMES_MAX, item: Item::Text(ORIGIN) },
            "The origins of web pages that may call `/mcp`, such as `\"https://chat.example\"`; at \
             most 32. Whoever sends another `Origin` header is refused.",
        ),
    ];
}

/// What a `Host` header says.
struct Authority(String);

impl<'de> Deserialize<'de> for Authority {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "a host and, where it matters, a port, such as buy.example or [::1]:8080";
        reading::from_text(from, expected, |text| {
            let fits = text.len() <= HOST_CHARS_MAX && is_origin(&format!("https://{text}"));
            fits.then(|| Self(text.to_owned()))
        })
    }
}

/// What an `Origin` header says.
struct Origin(String);

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "http:// or https://, a host and, where it is not the usual one, a port, \
                        such as https://chat.example";
        reading::from_text(from, expected, |text| is_origin(text).then(|| Self(text.to_owned())))
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    is_web_url(text, &["http", "https"]) && !rest.contains(['/', '?', '#'])
}

fn hosts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let hosts = reading::list::<NAMES_MAX, Authority, D>(from)?;
    Ok(hosts.into_iter().map(|Authority(host)| host).collect())
}

fn origins<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let origins = reading::list::<NAMES_MAX, Origin, D>(from)?;
    Ok(origins.into_iter().map(|Origin(origin)| origin).collect())
}
