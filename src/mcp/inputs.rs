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

/// A number within bounds.
pub(super) fn whole(name: &str, raw: &RawValue, bounds: RangeInclusive<u32>) -> Said<u32> {
    let number = serde_json::from_str(raw.get()).ok().filter(|number| bounds.contains(number));
    let (least, most) = (bounds.start(), bounds.end());
    number.ok_or_else(|| format!("{name} must be a whole number from {least} to {most}."))
}

/// Longest id that is looked for.
const ID_BYTES_MAX: usize = 512;

/// Text as one piece of a path, whatever is in it.
pub(super) fn piece(name: &str, text: &str) -> Said<String> {
    if text.is_empty() || text.len() > ID_BYTES_MAX {
        return Err(format!("{name} must have 1 to {ID_BYTES_MAX} bytes."));
    }
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
        assert!(piece("id", &"a".repeat(513)).is_err());
    }
}
