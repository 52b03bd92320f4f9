//! `[server]`: where the gateway listens and how long it waits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::forms::{Form, HOST, PORT, URL_CHARS_MAX, is_web_url};
use super::keys::{Key, Section};
use super::reading;

/// Where the gateway listens, and the limits of one process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The address for agents and shops. Port 0 takes a free one.
    #[serde(deserialize_with = "address")]
    pub listen: SocketAddr,
    /// What links begin with, without a slash at the end; see [`Self::public_url_at`].
    #[serde(deserialize_with = "public_url", skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// Whether `/docs`, `/openapi.json` and the documents of each version are served.
    #[serde(deserialize_with = "reading::flag")]
    pub docs: bool,
    /// How long one request may take.
    #[serde(deserialize_with = "reading::whole::<1_000, 120_000, _, _>")]
    pub request_timeout_ms: u64,
    /// How long a stopping process waits for its last requests.
    #[serde(deserialize_with = "reading::whole::<0, 600_000, _, _>")]
    pub drain_timeout_ms: u64,
    /// Most connections at one time.
    #[serde(deserialize_with = "reading::whole::<1, 1_000_000, _, _>")]
    pub connections_max: usize,
    /// How many proxies in front of the gateway are believed to say where a call comes from.
    #[serde(deserialize_with = "reading::whole::<0, 10, _, _>")]
    pub proxy_hops: usize,
}

impl Server {
    /// What links begin with: the configured URL, or the address the listener was `bound` to. The
    /// bound address is asked for because only it knows the port when `listen` says 0.
    pub fn public_url_at(&self, bound: SocketAddr) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        // "Every address" is where one listens, not where one is found.
        let ip = match bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        format!("http://{}", SocketAddr::new(ip, bound.port()))
    }

    /// How long one request may take.
    pub const fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// How long a stopping process waits for its last requests.
    pub const fn drain_timeout(&self) -> Duration {
        Duration::from_millis(self.drain_timeout_ms)
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: None,
            docs: true,
            request_timeout_ms: 25_000,
            drain_timeout_ms: 30_000,
            connections_max: 10_000,
            proxy_hops: 0,
        }
    }
}

impl Section for Server {
    const NAME: &'static str = "server";
    const ABOUT: &'static str = "Where the gateway listens, and the limits of one process.";
    const KEYS: &'static [Key] = &[
        Key::text(
            "listen",
            LISTEN,
            "IP address and port for agents and shops. Port 0 takes a free one.",
        ),
        Key::text(
            "public_url",
            PUBLIC_URL,
            "What links and permalinks begin with: an http or https URL without query. Without it, \
             `http://` and the address listened on.",
        ),
        Key::flag("docs", "Serves `/docs`, `/openapi.json` and a document for each version."),
        Key::whole(
            "request_timeout_ms",
            1_000,
            120_000,
            "How long one request may take; 1000 to 120000.",
        ),
        Key::whole(
            "drain_timeout_ms",
            0,
            600_000,
            "How long a stopping process waits for its last requests; 0 to 600000.",
        ),
        Key::whole("connections_max", 1, 1_000_000, "Most connections at one time; 1 to 1000000."),
        Key::whole(
            "proxy_hops",
            0,
            10,
            "How many proxies stand between callers and the gateway, each of which adds to \
             `X-Forwarded-For` where it was called from. With 0 the header is ignored; 0 to 10.",
        ),
    ];
}

const OCTET: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV6: &str = r"\[[0-9A-Fa-f:.]+(%[0-9]+)?\]";
const LISTEN: Form = Form::matching(&["^((", OCTET, r"\.){3}", OCTET, "|", IPV6, "):", PORT, "$"]);
const PUBLIC_URL: Form =
    Form::matching(&["^(https?://", HOST, "(:", PORT, r")?(/[!$-;=@-\[\]_a-z~]*)?)?$"])
        .within(0, URL_CHARS_MAX);

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let expected = "an IP address and a port, such as 127.0.0.1:8080 or [::]:8080";
    reading::from_text(from, expected, |text| text.parse().ok())
}

fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let expected = "an http or https URL without user, query and fragment, such as \
                    https://buy.example";
    reading::some_from_text(from, expected, |text| {
        let fits = is_web_url(text, &["http", "https"]) && !text.contains(['?', '#']);
        fits.then(|| text.trim_end_matches('/').to_owned())
    })
}
