//! `[[shop.tax]]`: which rates hold where.

use std::fmt;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::forms::{CountryCode, Form, Letters};
use crate::config::reading;

pub(in crate::config) const RULES_MAX: usize = 1_000;
const MILLION: u32 = 1_000_000;
const DECIMALS_MAX: usize = 6;

/// What [`Rate::parse`] reads.
pub(in crate::config) const RATE: Form = Form::matching(&[r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$"]);

/// The rates of one country, or of one state in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TaxEntry")]
pub struct TaxRule {
    /// Where the goods go.
    pub country: CountryCode,
    /// The state inside the country; absent for all states without a rule of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The usual rate.
    pub standard: Rate,
    /// The rate of goods the law favours, such as food.
    pub reduced: Rate,
    /// Whether the price of delivery is taxed as well.
    pub shipping_taxed: bool,
}

/// A share of a price, kept exactly in millionths: `0.0825` is 82,500.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// Reads a decimal fraction from 0 to 1 with at most 6 decimals; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').map_or((text, "0"), |parts| parts);
        let is_digits = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit());
        if !matches!(whole, "0" | "1") || !is_digits(decimals) || decimals.len() > DECIMALS_MAX {
            return None;
        }
        let millionths: u32 = format!("{whole}{decimals:0<DECIMALS_MAX$}").parse().ok()?;
        (millionths <= MILLION).then_some(Self(millionths))
    }

    /// The rate in millionths, from 0 to 1,000,000.
    pub const fn millionths(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:06}", self.0 / MILLION, self.0 % MILLION);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let expected = "a decimal fraction in quotes from \"0\" to \"1\" with at most 6 decimals, \
                        such as \"0.0825\"";
        reading::from_text(from, expected, Self::parse)
    }
}

/// A rule as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TaxEntry {
    country: CountryCode,
    state: Option<reading::Line<64>>,
    standard: Rate,
    reduced: Option<Rate>,
    #[serde(default, deserialize_with = "reading::flag")]
    shipping_taxed: bool,
}

impl From<TaxEntry> for TaxRule {
    /// A shop that names one rate has one rate.
    fn from(entry: TaxEntry) -> Self {
        let TaxEntry { country, state, standard, reduced, shipping_taxed } = entry;
        let (state, reduced) = (state.map(|line| line.0), reduced.unwrap_or(standard));
        Self { country, state, standard, reduced, shipping_taxed }
    }
}

/// Reads the list and refuses two rules for one place.
pub(in crate::config) fn rules<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<TaxRule>, D::Error> {
    let rules = reading::list::<RULES_MAX, TaxRule, D>(from)?;
    let mut places: Vec<_> = rules.iter().map(place).collect();
    places.sort_unstable();
    let twice = places.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(one),
        _ => None,
    });
    match twice {
        Some((country, Some(state))) => Err(Error::custom(format_args!(
            "country {country}, state {state} has two rules; expected one for each place"
        ))),
        Some((country, None)) => Err(Error::custom(format_args!(
            "country {country} has two rules without a state; expected one for each place"
        ))),
        None => Ok(rules),
    }
}

fn place(rule: &TaxRule) -> (CountryCode, Option<String>) {
    (rule.country, rule.state.as_ref().map(|state| state.to_lowercase()))
}

/// A sample good enough to try things out; a real shop asks its accountant.
pub(in crate::config) fn default_rules() -> Vec<TaxRule> {
    let rule =
        |country: &[u8; 2], state: Option<&str>, standard, reduced, shipping_taxed| TaxRule {
            country: Letters(*country),
            state: state.map(str::to_owned),
            standard: Rate(standard),
            reduced: Rate(reduced),
            shipping_taxed,
        };
    vec![
        rule(b"US", Some("CA"), 72_500, 0, false),
        rule(b"US", Some("NY"), 40_000, 0, true),
        rule(b"US", Some("TX"), 62_500, 0, true),
        rule(b"US", Some("WA"), 65_000, 0, true),
        rule(b"US", Some("OR"), 0, 0, false),
        rule(b"US", None, 0, 0, false),
        rule(b"GB", None, 200_000, 50_000, true),
        rule(b"DE", None, 190_000, 70_000, true),
        rule(b"FR", None, 200_000, 55_000, true),
        rule(b"JP", None, 100_000, 80_000, true),
        rule(b"KW", None, 0, 0, false),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_exact_millionths() {
        let cases = [
            ("0", 0, "0"),
            ("0.0", 0, "0"),
            ("1", 1_000_000, "1"),
            ("1.000000", 1_000_000, "1"),
            ("0.0825", 82_500, "0.0825"),
            ("0.2", 200_000, "0.2"),
            ("0.000001", 1, "0.000001"),
        ];
        for (text, millionths, printed) in cases {
            let rate = Rate::parse(text).unwrap();
            assert_eq!((rate.millionths(), rate.to_string().as_str()), (millionths, printed));
        }
        for text in ["", ".", "0.", ".5", "-0.1", "+0.1", "1.000001", "2", "00.1", "0.1234567"] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
        for text in ["8.25%", "0,2", "1e-2", "0.1 ", "NaN"] {
            assert_eq!(Rate::parse(text), None, "{text}");
        }
    }
}
