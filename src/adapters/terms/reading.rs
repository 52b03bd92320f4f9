//! One value at a time: whether what a service says can be, and what is wrong with it if not.
//!
//! The bounds are those of the configuration.

use acp_core::money::{Currency, Money, Rate};
use acp_core::time::Timestamp;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// How much of a text that cannot be is shown.
const SHOWN_CHARS: usize = 64;
const ID_CHARS_MAX: usize = 64;

/// What a service said that cannot be: a sentence for whoever runs it.
pub(super) type Wrong = String;

/// A text as a message shows it: it may be long, and it is a stranger's.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(SHOWN_CHARS).collect();
    format!("{cut:?}")
}

/// An id of 1 to 64 lowercase letters, digits, `-` or `_`.
pub(super) fn id(name: &str, text: &str) -> Result<Box<str>, Wrong> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if (1..=ID_CHARS_MAX).contains(&text.len()) && text.chars().all(allowed) {
        return Ok(text.into());
    }
    Err(format!("{name} {} is not 1 to 64 lowercase letters, digits, - or _", shown(text)))
}

/// A text in one line, without spaces at its ends.
pub(super) fn line<T: for<'a> From<&'a str>>(
    name: &str,
    text: &str,
    chars_max: usize,
) -> Result<T, Wrong> {
    let fits = (1..=chars_max).contains(&text.chars().count())
        && !text.contains(char::is_control)
        && text.trim() == text;
    if fits {
        return Ok(text.into());
    }
    Err(format!("{name} {} is not a text of 1 to {chars_max} characters in one line", shown(text)))
}

/// Such a text, where there is one.
pub(super) fn some_line<T: for<'a> From<&'a str>>(
    name: &str,
    text: Option<&String>,
    chars_max: usize,
) -> Result<Option<T>, Wrong> {
    text.map(|text| line(name, text, chars_max)).transpose()
}

/// A list of such texts, and not too many.
pub(super) fn lines(
    name: &str,
    texts: &[String],
    chars_max: usize,
    most: usize,
) -> Result<Vec<Box<str>>, Wrong> {
    at_most(name, texts.len(), most)?;
    texts.iter().map(|text| line(name, text, chars_max)).collect()
}

/// Not more than there may be.
pub(super) fn at_most(name: &str, count: usize, most: usize) -> Result<(), Wrong> {
    if count <= most { Ok(()) } else { Err(format!("{name} are {count}, and may be {most}")) }
}

/// An amount in minor units.
pub(super) fn money(name: &str, minor: i64, currency: Currency) -> Result<Money, Wrong> {
    Money::new(minor, currency).map_err(|error| format!("{name} {minor} cannot be: {error}"))
}

/// A share, as a decimal fraction.
pub(super) fn rate(name: &str, text: &str) -> Result<Rate, Wrong> {
    Rate::parse(text).ok_or_else(|| {
        let shown = shown(text);
        format!(
            "{name} {shown} is not a decimal fraction from \"0\" to \"1\" with up to 6 decimals"
        )
    })
}

/// The currency that was asked for, and no other.
pub(super) fn currency(said: &str, asked: Currency) -> Result<(), Wrong> {
    if Currency::parse(said) == Ok(asked) {
        return Ok(());
    }
    Err(format!("currency {} is not {asked}, which was asked for", shown(said)))
}

/// The two letters of a country, in upper case.
pub(super) fn country(name: &str, text: &str) -> Result<Box<str>, Wrong> {
    let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_code {
        return Ok(text.to_ascii_uppercase().into());
    }
    Err(format!("{name} {} is not the two letters of a country", shown(text)))
}

/// A time in RFC 3339.
pub(super) fn moment(name: &str, text: &str) -> Result<Timestamp, Wrong> {
    let wrong = || format!("{name} {} is not a time in RFC 3339", shown(text));
    let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_error| wrong())?;
    let milliseconds = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    i64::try_from(milliseconds).map(Timestamp::from_unix_ms).map_err(|_error| wrong())
}

/// The first that stands there twice.
pub(super) fn twice<T: Ord + Clone>(mut names: Vec<T>) -> Option<T> {
    names.sort_unstable();
    names.windows(2).find_map(|pair| match pair {
        [one, other] if one == other => Some(one.clone()),
        _ => None,
    })
}
