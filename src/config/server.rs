//! `[server]`: where the gateway listens and how long it waits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

use super::forms::{Form, HOST, PLAIN_CHAR, PORT, URL_CHARS_MAX, is_web_url};
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
    /// Most of them from one address, where no proxy is configured.
    #[serde(deserialize_with = "reading::whole::<1, 1_000_000, _, _>")]
    pub connections_per_address_max: usize,
    /// Most requests that are worked on at one time.
    #[serde(deserialize_with = "reading::whole::<1, 100_000, _, _>")]
    pub in_flight_max: usize,
    /// How many proxies in front of the gateway are believed to say where a call comes from.
    #[serde(deserialize_with = "reading::whole::<0, 10, _, _>")]
    pub proxy_hops: usize,
    /// The chain of certificates TLS is spoken with.
    #[serde(deserialize_with = "file", skip_serializing_if = "Option::is_none")]
    pub tls_certificate: Option<PathBuf>,
    /// The key of the first of them.
    #[serde(deserialize_with = "file", skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<PathBuf>,
}

impl Server {
    /// What links begin with: the configured URL, or the address the listener was `bound` to. The
    /// bound address is asked for because only it knows the port when `listen` says 0.
    pub fn public_url_at(&self, bound: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| self.own_url_at(bound))
    }

    /// Where this machine itself finds the listener that was `bound` to an address.
    pub fn own_url_at(&self, bound: SocketAddr) -> String {
        // "Every address" is where one listens, not where one is found.
        let ip = match bound.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let scheme = if self.tls_certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", SocketAddr::new(ip, bound.port()))
    }

    /// The files of the certificate and of its key, where TLS is spoken.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        Some((self.tls_certificate.as_deref()?, self.tls_key.as_deref()?))
    }

    /// Most connections from one address. Behind proxies all of them come from there.
    pub fn per_address_max(&self) -> Option<usize> {
        (self.proxy_hops == 0).then_some(self.connections_per_address_max)
    }

    /// What is wrong with these values together: the keys that can change it, and what it is.
    pub(super) fn contradictions(&self) -> Vec<(&'static [&'static str], String)> {
        let missing: &'static [_] = match (&self.tls_certificate, &self.tls_key) {
            (Some(_), None) => &["server.tls_key"],
            (None, Some(_)) => &["server.tls_certificate"],
            (Some(_), Some(_)) | (None, None) => return Vec::new(),
        };
        vec![(missing, "is not set; expected both files of TLS, or none".to_owned())]
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
            connections_per_address_max: 1_000,
            in_flight_max: 512,
            proxy_hops: 0,
            tls_certificate: None,
            tls_key: None,
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
             `http://`, or `https://` with TLS, and the address listened on.",
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
            "connections_per_address_max",
            1,
            1_000_000,
            "Most of them from one address, or one /64 network of IPv6; more are closed at once. \
             Not looked at where `proxy_hops` is set; 1 to 1000000.",
        ),
        Key::whole(
            "in_flight_max",
            1,
            100_000,
            "Most requests that are worked on at one time; the next one is answered 503 with \
             `Retry-After`, at once. A stream of events counts until it begins, and health checks \
             not at all; 1 to 100000.",
        ),
        Key::whole(
            "proxy_hops",
            0,
            10,
            "How many proxies stand between callers and the gateway, each of which adds to \
             `X-Forwarded-For` where it was called from. With 0 the header is ignored; 0 to 10.",
        ),
        Key::text(
            "tls_certificate",
            FILE,
            "Path of a file with the certificate of the gateway and those that vouch for it, as \
             PEM. With it the gateway speaks TLS 1.3, and nothing older, by itself.",
        ),
        Key::text("tls_key", FILE, "Path of the file with the key of that certificate, as PEM."),
    ];
}

const OCTET: &str = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV6: &str = r"\[[0-9A-Fa-f:.]+(%[0-9]+)?\]";
/// The same, or nothing.
pub(super) const LISTEN_OR_NOT: Form =
    Form::matching(&["^(((", OCTET, r"\.){3}", OCTET, "|", IPV6, "):", PORT, ")?$"]);
const LISTEN: Form = Form::matching(&["^((", OCTET, r"\.){3}", OCTET, "|", IPV6, "):", PORT, "$"]);
const PUBLIC_URL: Form =
    Form::matching(&["^(https?://", HOST, "(:", PORT, r")?(/[!$-;=@-\[\]_a-z~]*)?)?$"])
        .within(0, URL_CHARS_MAX);

/// Longest path of a file, in bytes.
const FILE_BYTES_MAX: usize = 1_024;
/// Bytes are not said in a schema, but there are never more characters than bytes.
const FILE: Form = Form::matching(&["^", PLAIN_CHAR, "*$"]).within(0, FILE_BYTES_MAX);

fn file<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    let expected = format_args!("the path of a file, at most {FILE_BYTES_MAX} bytes");
    reading::some_from_text(from, expected, |text| {
        let fits = text.len() <= FILE_BYTES_MAX && !text.contains(char::is_control);
        fits.then(|| PathBuf::from(text))
    })
}

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
