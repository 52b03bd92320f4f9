//! Reading the members of an envelope.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::value::RawValue;

use super::envelope::Members;

/// Something that was read, or what is wrong with it in words for the caller.
pub(super) type Said<T> = Result<T, String>;

/// The members of an object. One that is `null` is as good as left out: models write it where they
/// have nothing to say.
pub(super) struct Inputs<'a> {
    what: &'static str,
    members: Members<'a>,
}

impl<'a> Inputs<'a> {
    /// Reads an object.
    pub(super) fn read(what: &'static str, raw: &'a RawValue) -> Said<Self> {
        let members = serde_json::from_str(raw.get());
        let members = members.map_err(|_no_object| format!("{what} must be an object."))?;
        Ok(Self { what, members })
    }

    /// The names of all members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(Cow::as_ref)
    }

    /// A member as it was written.
    pub(super) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.members.get(name).copied().filter(|raw| raw.get() != "null")
    }

    /// A member that is text.
    pub(super) fn text(&self, name: &str) -> Said<Option<Cow<'a, str>>> {
        let Some(raw) = self.raw(name) else { return Ok(None) };
        let text: Result<String, _> = serde_json::from_str(raw.get());
        let place = if self.what == "meta" { "meta." } else { "" };
        text.map(|text| Some(text.into()))
            .map_err(|_no_text| format!("{place}{name} must be text."))
    }
}

/// A number within bounds. `3.0` is one, as everywhere.
pub(super) fn whole(name: &str, raw: &RawValue, bounds: RangeInclusive<u32>) -> Said<u32> {
    let text = match raw.get().split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
        _ => raw.get(),
    };
    let number = serde_json::from_str(text).ok().filter(|number| bounds.contains(number));
    let (least, most) = (bounds.start(), bounds.end());
    number.ok_or_else(|| format!("{name} must be a whole number from {least} to {most}."))
}

/// Longest id that is looked for.
pub(super) const ID_CHARS_MAX: usize = 512;
/// Longest value of `meta`: all headers of a request have not much more room than that.
pub(super) const META_CHARS_MAX: usize = 1_024;
/// Longest digest of a plan; it stands in a header as well, between quotes.
pub(super) const SEEN_CHARS_MAX: usize = 512;
/// Longest name of a place in a list.
pub(super) const CURSOR_CHARS_MAX: usize = 512;

/// Whether text has so many characters, which is what a schema counts too.
pub(super) fn within(name: &str, text: &str, bounds: RangeInclusive<usize>) -> Said<()> {
    let (least, most) = (bounds.start(), bounds.end());
    let is_within = bounds.contains(&text.chars().count());
    let wrong = || format!("{name} must have {least} to {most} characters.");
    is_within.then_some(()).ok_or_else(wrong)
}

/// Text as one piece of a path, whatever is in it.
pub(super) fn piece(name: &str, text: &str) -> Said<String> {
    within(name, text, 1..=ID_CHARS_MAX)?;
    let mut piece = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            piece.push(char::from(byte));
        } else {
            piece.push('%');
            let digits = [byte >> 4, byte & 15].into_iter();
            let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
            piece.extend(digits.map(|digit| digit.to_ascii_uppercase()));
        }
    }
    Ok(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_one_piece_of_a_path() {
        assert_eq!(piece("id", "cs_06e6_3x9"), Ok("cs_06e6_3x9".to_owned()));
        assert_eq!(piece("id", "../a?b/ö"), Ok("%2E%2E%2Fa%3Fb%2F%C3%B6".to_owned()));
        assert!(piece("id", "").is_err());
        assert!(piece("id", &"ö".repeat(512)).is_ok(), "characters, and not bytes");
        assert!(piece("id", &"a".repeat(513)).is_err());
    }

    #[test]
    fn a_number_is_whole_however_it_is_written() {
        for (written, number) in [("3", Some(3)), ("3.0", Some(3)), ("3.00", Some(3))] {
            let raw = RawValue::from_string(written.to_owned()).unwrap();
            assert_eq!(whole("limit", &raw, 1..=9).ok(), number, "{written}");
        }
        for written in ["0", "10", "3.5", "\"3\"", "-1", "[]"] {
            let raw = RawValue::from_string(written.to_owned()).unwrap();
            assert!(whole("limit", &raw, 1..=9).is_err(), "{written}");
        }
    }
}
