//! Which addresses are told anything.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use acp_core::limits::ENDPOINT_URL_CHARS_MAX;
use acp_core::ports::BadAddress;
use http::Uri;
use http::uri::Scheme;

use crate::adapters::key_directory::is_public;

const HTTPS: u16 = 443;
/// Below it only the well-known port of encrypted HTTP is called: whatever else listens there is
/// no receiver of webhooks.
const WELL_KNOWN_END: u16 = 1_024;
/// What only names something inside of a network.
const INNER: [&str; 9] =
    ["localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa"];

/// Whether this machine itself may be told something, unencrypted, as where a gateway is developed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Local {
    Allowed,
    Refused,
}

/// Where a letter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To this machine.
    Here(Uri),
    /// To an address that was looked at.
    Address(Uri),
    /// To a host whose addresses have to be looked at.
    Host(Uri, Box<str>),
}

impl Place {
    pub(super) const fn uri(&self) -> &Uri {
        match self {
            Self::Here(uri) | Self::Address(uri) | Self::Host(uri, _) => uri,
        }
    }
}

const fn unsuited(what: &'static str) -> BadAddress {
    BadAddress::Unsuited(what)
}

/// Reads an address somebody wants to be told something at.
pub(super) fn place_of(url: &str, local: Local) -> Result<Place, BadAddress> {
    if url.len() > ENDPOINT_URL_CHARS_MAX {
        return Err(unsuited("it is too long"));
    }
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) || url.contains(['#', '\\']) {
        return Err(unsuited("it is not an address in plain ASCII without a fragment"));
    }
    let uri: Uri = url.parse().map_err(|_cause| unsuited("it is not an absolute address"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err(unsuited("it is not an absolute address"));
    };
    if authority.as_str().contains('@') {
        return Err(unsuited("it carries credentials"));
    }
    let host = authority.host().to_ascii_lowercase();
    if *scheme == Scheme::HTTP {
        let is_here = local == Local::Allowed && is_loopback(&host);
        let here = is_here.then(|| on_this_machine(&uri, &host)).flatten();
        return here.map(Place::Here).ok_or(unsuited("it does not begin with https://"));
    }
    if *scheme != Scheme::HTTPS {
        return Err(unsuited("it does not begin with https://"));
    }
    let port = authority.port_u16().unwrap_or(HTTPS);
    if port != HTTPS && port < WELL_KNOWN_END {
        return Err(unsuited("its port is neither 443 nor 1024 or above"));
    }
    if let Some(address) = literal(&host)? {
        return if is_public(address) {
            Ok(Place::Address(uri))
        } else {
            Err(BadAddress::NotPublic)
        };
    }
    check_name(&host)?;
    Ok(Place::Host(uri, host.into()))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || literal(host).is_ok_and(|it| it.is_some_and(|ip| ip.is_loopback()))
}

/// `localhost` is no name for a resolver to be asked about.
fn on_this_machine(uri: &Uri, host: &str) -> Option<Uri> {
    if host != "localhost" {
        return Some(uri.clone());
    }
    let port = uri.port_u16().unwrap_or(80);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    format!("http://{}:{port}{path}", Ipv4Addr::LOCALHOST).parse().ok()
}

/// The address a host is written as. What some programs read as one, and others as a name, is
/// neither.
fn literal(host: &str) -> Result<Option<IpAddr>, BadAddress> {
    if let Some(inner) = host.strip_prefix('[') {
        let inner = inner.strip_suffix(']').unwrap_or_default();
        let address: Result<Ipv6Addr, _> = inner.parse();
        return address.map(|address| Some(address.into())).map_err(|_cause| odd_number());
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(Some(address.into()));
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with("0x") || last.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Err(odd_number()) } else { Ok(None) }
}

const fn odd_number() -> BadAddress {
    unsuited("its host is a number that is not written as an address")
}

/// Refuses names that no public name service knows.
fn check_name(host: &str) -> Result<(), BadAddress> {
    let is_in_label = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_in_label);
    let labels: Vec<_> = host.split('.').collect();
    if host.len() > 253 || !labels.iter().all(|label| is_label(label)) {
        return Err(unsuited("its host is not the name of one"));
    }
    let last = labels.last().copied().unwrap_or_default();
    if labels.len() < 2 || INNER.contains(&last) {
        return Err(unsuited("its host is only known inside of a network"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_everybody_are_told() {
        for url in [
            "https://agent.example/hooks",
            "https://agent.example:443/hooks?a=b",
            "https://Agent.Example:8443/",
            "https://1.1.1.1/hooks",
            "https://[2606:4700::1111]/hooks",
        ] {
            assert!(place_of(url, Local::Refused).is_ok(), "{url}");
        }
    }

    #[test]
    fn addresses_that_only_we_can_reach_are_refused() {
        for url in [
            "",
            "agent.example",
            "/hooks",
            "http://agent.example/",
            "http://127.0.0.1:8080/",
            "ftp://agent.example/",
            "file:///etc/passwd",
            "gopher://agent.example/",
            "https://user@agent.example/",
            "https://user:pass@agent.example/",
            "https://agent.example:22/",
            "https://agent.example:25/",
            "https://agent.example:1023/",
            "https://localhost/",
            "https://LOCALHOST:8443/",
            "https://a.localhost/",
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://0177.0.0.1/",
            "https://127.0.0.0x1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[::ffff:8.8.8.8]/",
            "https://[fe80::1]/",
            "https://[fe80::1%25eth0]/",
            "https://metadata.google.internal/",
            "https://db.corp/",
            "https://intranet/",
            "https://agent.example./",
            "https://agent..example/",
            "https://agent.example/#x",
            "https://agent.example\\@127.0.0.1/",
            "https://agent.example/ hooks",
            "https://agént.example/",
        ] {
            assert!(place_of(url, Local::Refused).is_err(), "{url}");
        }
        let long = format!("https://agent.example/{}", "a".repeat(ENDPOINT_URL_CHARS_MAX));
        assert_eq!(place_of(&long, Local::Refused), Err(unsuited("it is too long")));
    }

    #[test]
    fn this_machine_is_told_where_that_is_wanted_and_no_other_without_encryption() {
        for url in ["http://127.0.0.1:8080/a", "http://localhost:8080/a", "http://[::1]:8080/"] {
            let place = place_of(url, Local::Allowed);
            assert!(matches!(place, Ok(Place::Here(_))), "{url}");
            assert!(place_of(url, Local::Refused).is_err(), "{url}");
        }
        let here = place_of("http://localhost:8080/a?b", Local::Allowed).unwrap();
        assert_eq!(here.uri().to_string(), "http://127.0.0.1:8080/a?b");
        for url in ["http://10.0.0.1/", "http://agent.example/", "https://127.0.0.1/"] {
            assert!(place_of(url, Local::Allowed).is_err(), "{url}");
        }
    }
}
