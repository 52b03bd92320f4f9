//! Forms of text that several sections share: codes, ids, addresses in the web.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::reading;

/// Longest URL that is accepted, in characters.
pub(super) const URL_CHARS_MAX: usize = 2_000;

/// What a text must look like, as far as a JSON Schema can say it: never narrower than the check
/// that reads the text. The patterns are those of ECMA-262, without looking around, so that the
/// engines of most editors read them alike.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Fewest and most characters, where the pattern does not say it.
    pub(super) chars: Option<(usize, usize)>,
    /// The parts of the pattern, in order.
    pub(super) pattern: &'static [&'static str],
}

impl Form {
    /// What [`Letters`] of two reads.
    pub(super) const COUNTRY: Self = Self::matching(&["^[A-Za-z]{2}$"]);
    /// What [`Letters`] of three reads.
    pub(super) const CURRENCY: Self = Self::matching(&["^[A-Za-z]{3}$"]);
    /// What [`Slug`] reads.
    pub(super) const SLUG: Self = Self::matching(&["^[a-z0-9_-]{1,64}$"]);

    pub(super) const fn matching(pattern: &'static [&'static str]) -> Self {
        Self { chars: None, pattern }
    }

    /// What [`reading::text`] reads: 1 to `chars_max` characters a page can show as they are.
    pub(super) const fn line(chars_max: usize) -> Self {
        Self::matching(&["^", LINE_END, "(", PLAIN_CHAR, "*", LINE_END, ")?$"]).within(1, chars_max)
    }

    /// The same, or nothing at all, which stands for a key that is not set.
    pub(super) const fn line_or_none(chars_max: usize) -> Self {
        Self::matching(&["^(", LINE_END, "(", PLAIN_CHAR, "*", LINE_END, ")?)?$"])
            .within(0, chars_max)
    }

    /// The same of `min` to `max` characters.
    pub(super) const fn within(self, min: usize, max: usize) -> Self {
        Self { chars: Some((min, max)), ..self }
    }
}

/// A part of patterns: the port number of an address.
pub(super) const PORT: &str =
    "0*([0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";
/// A part of patterns: the host in a URL.
pub(super) const HOST: &str = r"([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])";
/// A part of patterns: what may stand in a URL behind its host.
pub(super) const URL_CHAR: &str = r"[!#-;=?-\[\]_a-z~]";
/// A part of patterns: a character that writes nothing but itself to a terminal.
pub(super) const PLAIN_CHAR: &str = r"[^\u0000-\u001f\u007f-\u009f]";
/// A part of patterns: a plain character that is no space.
const LINE_END: &str =
    r"[^\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]";

/// A country as ISO 3166-1 writes it: `US`.
pub type CountryCode = Letters<2>;

/// A currency as ISO 4217 writes it: `USD`. Whether it is a currency the core decides.
pub type CurrencyCode = Letters<3>;

/// A code of `N` capital letters. Outside this room only [`Self::parse`] makes one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Letters<const N: usize>(pub(super) [u8; N]);

impl<const N: usize> Letters<N> {
    /// Reads a code in either case; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; N] = text.as_bytes().try_into().ok()?;
        let all_letters = letters.iter().all(u8::is_ascii_alphabetic);
        all_letters.then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The code in capital letters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Display for Letters<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Letters<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<const N: usize> Serialize for Letters<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de, const N: usize> Deserialize<'de> for Letters<N> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        reading::from_text(from, format_args!("a code of {N} letters"), Self::parse)
    }
}

/// An id people write: `harbour-pine_2`.
pub(super) struct Slug(pub(super) String);

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let allowed =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        reading::from_text(from, "1 to 64 lowercase letters, digits, - or _", |text| {
            let fits = (1..=64).contains(&text.len()) && text.chars().all(allowed);
            fits.then(|| Self(text.to_owned()))
        })
    }
}

/// Whether `text` is an absolute URL of one of these schemes, without a user and a password.
///
/// Deliberately narrow and by hand: what passes here ends up in answers to agents, and a URL
/// library would cost more than these lines.
pub(super) fn is_web_url(text: &str, schemes: &[&str]) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c);
    schemes.contains(&scheme)
        && text.len() <= URL_CHARS_MAX
        && text.chars().all(is_plain)
        && is_authority(authority)
}

fn is_authority(text: &str) -> bool {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, port) = if let Some((address, port)) = bracketed {
        (address.parse::<std::net::Ipv6Addr>().is_ok(), port)
    } else {
        let (host, port) = text.split_at_checked(text.find(':').unwrap_or(text.len())).unzip();
        (is_host_name(host.unwrap_or_default()), port.unwrap_or_default())
    };
    let digits = port.strip_prefix(':');
    let is_port = digits.map_or(port.is_empty(), |digits| {
        digits.chars().all(|c| c.is_ascii_digit()) && digits.parse::<u16>().is_ok()
    });
    is_host && is_port
}

fn is_host_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    };
    text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_absolute_urls_pass() {
        let good = [
            "https://shop.example",
            "https://shop.example/terms?x=1#y",
            "http://localhost:8080/",
            "http://127.0.0.1",
            "http://[::1]:8080/path",
        ];
        for text in good {
            assert!(is_web_url(text, &["http", "https"]), "{text}");
        }
        let bad = [
            "",
            "shop.example",
            "//shop.example",
            "https://",
            "https:///terms",
            "https://:80",
            "https://user:password@shop.example",
            "https://shop..example",
            "https://shop.example:99999",
            "https://shop.example:",
            "https://shop.example:+80",
            "https://shop.example/a b",
            "https://shop.example/<script>",
            "https://shöp.example",
            "https://[::1",
            "ftp://shop.example",
            "HTTPS://shop.example",
            "javascript://shop.example/%0Aalert(1)",
        ];
        for text in bad {
            assert!(!is_web_url(text, &["http", "https"]), "{text}");
        }
    }

    #[test]
    fn codes_are_read_in_either_case_and_kept_in_capitals() {
        assert_eq!(CountryCode::parse("us").as_ref().map(Letters::as_str), Some("US"));
        assert_eq!(CurrencyCode::parse("Usd").as_ref().map(Letters::as_str), Some("USD"));
        for text in ["", "U", "USA", "U1", "ü"] {
            assert_eq!(CountryCode::parse(text), None, "{text}");
        }
    }
}
