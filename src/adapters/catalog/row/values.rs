//! One value at a time: from what a row says to what it means.

use std::ops::RangeInclusive;

use acp_core::catalog::{Kind, SoldAs, TaxClass};
use acp_core::limits::{AMOUNT_MINOR_MAX, ITEM_ID_CHARS_MAX, ITEM_LINK_BYTES_MAX};
use acp_core::money::Currency;

use super::found::Found;
use crate::adapters::catalog::problem::Problem;

/// Counts that a ledger can hold.
pub(super) const COUNT: RangeInclusive<i64> = 0..=4_294_967_295;
/// Counts that are not nothing.
pub(super) const COUNT_FROM_ONE: RangeInclusive<i64> = 1..=4_294_967_295;

pub(super) const KINDS: &[(&str, Kind)] =
    &[("physical", Kind::Physical), ("digital", Kind::Digital)];

pub(super) const TAX_CLASSES: &[(&str, TaxClass)] = &[
    ("standard", TaxClass::Standard),
    ("reduced", TaxClass::Reduced),
    ("exempt", TaxClass::Exempt),
];

pub(super) const SOLD_AS: &[(&str, SoldAs)] = &[
    ("pair", SoldAs::Pair),
    ("dozen", SoldAs::Dozen),
    ("pack", SoldAs::Pack),
    ("jar", SoldAs::Jar),
    ("bag", SoldAs::Bag),
    ("bottle", SoldAs::Bottle),
    ("carton", SoldAs::Carton),
    ("bunch", SoldAs::Bunch),
];

pub(super) fn text(found: Found) -> Result<String, Problem> {
    match found {
        Found::Text(text) => Ok(text),
        Found::Nothing | Found::Whole(_) | Found::Unfit | Found::List(_) | Found::Pairs(_) => {
            Err(Problem::NotText)
        }
    }
}

pub(super) fn id(found: Found) -> Result<Box<str>, Problem> {
    let id = text(found)?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=ITEM_ID_CHARS_MAX).contains(&id.len()) && id.bytes().all(fits) {
        Ok(id.into())
    } else {
        Err(Problem::NotAnId { max: ITEM_ID_CHARS_MAX })
    }
}

pub(super) fn currency(found: Found) -> Result<Currency, Problem> {
    Currency::parse(&text(found)?).or(Err(Problem::UnknownCurrency))
}

/// An amount in minor units that money can hold.
pub(super) fn minor_units(found: &Found) -> Result<i64, Problem> {
    whole(found, &(0..=AMOUNT_MINOR_MAX)).map_err(|problem| match problem {
        Problem::NotWhole => Problem::NotMinorUnits,
        other => other,
    })
}

pub(super) fn count(found: &Found, range: &RangeInclusive<i64>) -> Result<u32, Problem> {
    let number = whole(found, range)?;
    u32::try_from(number).or(Err(out_of_range(number, range)))
}

fn whole(found: &Found, range: &RangeInclusive<i64>) -> Result<i64, Problem> {
    match found {
        Found::Whole(number) if range.contains(number) => Ok(*number),
        Found::Whole(number) => Err(out_of_range(*number, range)),
        Found::Nothing | Found::Text(_) | Found::Unfit | Found::List(_) | Found::Pairs(_) => {
            Err(Problem::NotWhole)
        }
    }
}

fn out_of_range(number: i64, range: &RangeInclusive<i64>) -> Problem {
    Problem::OutOfRange { number, min: *range.start(), max: *range.end() }
}

/// The choice with that name.
pub(super) fn one_of<T: Copy>(found: Found, choices: &[(&str, T)]) -> Result<T, Problem> {
    let text = text(found)?;
    let choice = choices.iter().find(|(name, _)| *name == text);
    choice.map(|(_, choice)| *choice).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        Problem::NotOneOf { names: names.join(", ").into() }
    })
}

pub(super) fn texts(found: Found, entries_max: usize) -> Result<Vec<String>, Problem> {
    let Found::List(list) = found else { return Err(Problem::NotTexts) };
    if list.len() > entries_max {
        return Err(Problem::TooMany { max: entries_max });
    }
    list.into_iter().map(|entry| text(entry).or(Err(Problem::NotTexts))).collect()
}

pub(super) fn pairs(found: Found, entries_max: usize) -> Result<Vec<(String, String)>, Problem> {
    let Found::Pairs(pairs) = found else { return Err(Problem::NotPairs) };
    if pairs.len() > entries_max {
        return Err(Problem::TooMany { max: entries_max });
    }
    let pair = |(name, value)| Ok((name, text(value).or(Err(Problem::NotPairs))?));
    pairs.into_iter().map(pair).collect()
}

/// A link that a page may show as a picture.
pub(super) fn link(text: &str) -> Result<Box<str>, Problem> {
    let text = text.trim();
    if text.len() > ITEM_LINK_BYTES_MAX {
        return Err(Problem::TooLong { max: ITEM_LINK_BYTES_MAX });
    }
    let (scheme, rest) = text.split_once("://").ok_or(Problem::NotALink)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_web = ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    let has_host = !host.is_empty() && host.chars().all(is_in_host);
    if is_web && has_host && !rest.chars().any(never_in_link) {
        Ok(text.into())
    } else {
        Err(Problem::NotALink)
    }
}

/// No `@`: what stands before it only pretends to be the host.
fn is_in_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']')
}

fn never_in_link(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '\\')
}
