//! Where a service is, and what opens it.

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use toml::Value;

use crate::config::forms::{Form, HOST, PORT, URL_CHAR, URL_CHARS_MAX, is_web_url};
use crate::config::reading;
use crate::config::secrets::Secret;

/// Longest secret of somebody else that is taken, in characters.
const SECRET_CHARS_MAX: usize = 255;

pub(in crate::config) const SECRET: Form = Form::matching(&["^[!-~]{1,255}$"]);
pub(in crate::config) const BASE_URL: Form =
    Form::matching(&["^https?://", HOST, "(:", PORT, ")?(/", URL_CHAR, "*)?$"])
        .within(1, URL_CHARS_MAX);
pub(in crate::config) const BASE_URL_OR_NONE: Form =
    Form::matching(&["^(https?://", HOST, "(:", PORT, ")?(/", URL_CHAR, "*)?)?$"])
        .within(0, URL_CHARS_MAX);

/// How many calls to a service are under way at the same time, where nobody says otherwise.
pub(in crate::config) const CALLS_AT_ONCE: usize = 64;

/// What a base URL has to be.
const BASE_URL_EXPECTED: &str =
    "https://, a host, and a port and a path if need be, such as https://api.shop.example";

/// Read as any value first: serde's own complaint about a wrong type repeats the value.
pub(in crate::config) fn secret<'de, D>(from: D) -> Result<Option<Secret<String>>, D::Error>
where
    D: Deserializer<'de>,
{
    match Value::deserialize(from)? {
        Value::String(text) if is_plain(&text, SECRET_CHARS_MAX) => Ok(Some(Secret::guard(text))),
        _ => Err(Error::custom(
            "expected a secret of 1 to 255 characters without spaces (the given value is not shown)",
        )),
    }
}

pub(in crate::config) fn base_url<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    reading::from_text(from, BASE_URL_EXPECTED, as_base_url)
}

pub(in crate::config) fn base_url_or_none<'de, D>(from: D) -> Result<Option<String>, D::Error>
where
    D: Deserializer<'de>,
{
    reading::some_from_text(from, BASE_URL_EXPECTED, as_base_url)
}

/// What is wrong with the address of a service, where it is to be asked: `wanted_by` says so.
pub(in crate::config) fn address_fault(
    service: &str,
    wanted_by: &str,
    base_url: Option<&str>,
    token: Option<&Secret<String>>,
) -> Option<String> {
    match base_url {
        None => Some(format!(
            "is not set; expected the address of the {service} with {service}.{wanted_by}"
        )),
        Some(url) if token.is_some() && !is_private(url) => Some(format!(
            "is {url:?}; expected https://, because {service}.token travels with every call \
             (http:// is for this machine alone)"
        )),
        Some(_) => None,
    }
}

fn as_base_url(text: &str) -> Option<String> {
    let fits = is_web_url(text, &["http", "https"]) && !text.contains(['?', '#']);
    fits.then(|| text.trim_end_matches('/').to_owned())
}

pub(in crate::config) fn is_plain(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.len()) && text.chars().all(|c| c.is_ascii_graphic())
}

/// Whether nobody else can read what is sent to this address.
pub(in crate::config) fn is_private(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return true };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => authority.split(':').next(),
    };
    let host = host.unwrap_or_default();
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_travels_encrypted_or_not_at_all() {
        for url in [
            "https://api.stripe.com",
            "http://127.0.0.1:12111",
            "http://localhost/x",
            "http://[::1]:1",
        ] {
            assert!(is_private(url), "{url}");
        }
        for url in ["http://api.stripe.com", "http://10.0.0.1", "http://localhost.example"] {
            assert!(!is_private(url), "{url}");
        }
    }
}
