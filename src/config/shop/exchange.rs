//! `[[shop.exchange]]`: the currencies prices are also shown in.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Moment;
use crate::config::forms::{CurrencyCode, Form};
use crate::config::reading;

const DECIMALS_MAX: usize = 6;
const DIGITS_MAX: usize = 6;

/// What [`ExchangeRate`] reads; that it is not nothing, only the loader knows.
pub(in crate::config) const EXCHANGE_RATE: Form =
    Form::matching(&[r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,6})?$"]);

/// A rate from a currency that is charged to one that is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The currency goods are sold in.
    pub from: CurrencyCode,
    /// The currency they are shown in.
    pub to: CurrencyCode,
    /// What one of the first is worth in the second.
    pub rate: ExchangeRate,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
}

/// What one currency is worth in another, kept exactly in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExchangeRate(u64);

impl ExchangeRate {
    /// The rate in millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').map_or((text, "0"), |parts| parts);
        let is_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        let is_plain = whole == "0" || !whole.starts_with('0');
        if !is_digits(whole) || !is_digits(decimals) || !is_plain {
            return None;
        }
        if whole.len() > DIGITS_MAX || decimals.len() > DECIMALS_MAX {
            return None;
        }
        let millionths: u64 = format!("{whole}{decimals:0<DECIMALS_MAX$}").parse().ok()?;
        (millionths > 0).then_some(Self(millionths))
    }
}

impl Serialize for ExchangeRate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let text = format!("{}.{:06}", self.0 / 1_000_000, self.0 % 1_000_000);
        to.serialize_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl<'de> Deserialize<'de> for ExchangeRate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "a decimal number above 0 in quotes with at most 6 digits before and after \
                        the point, such as \"0.92\"";
        reading::from_text(from, expected, Self::parse)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_exact_millionths() {
        for (text, millionths) in
            [("0.92", 920_000), ("1", 1_000_000), ("155.123456", 155_123_456), ("0.000001", 1)]
        {
            assert_eq!(ExchangeRate::parse(text).map(ExchangeRate::millionths), Some(millionths));
        }
        for text in ["0", "0.0", "", ".5", "1.", "01", "-1", "1e3", "1234567", "0.1234567", "1,5"] {
            assert_eq!(ExchangeRate::parse(text), None, "{text}");
        }
    }
}
