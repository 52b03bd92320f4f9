//! Checks that run while a value is read, so that the complaint carries the value's full key.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, Error, Visitor};
use serde::{Deserialize, Deserializer};

/// How much of a refused text a message repeats.
const SHOWN_CHARS_MAX: usize = 60;

/// A whole number from `MIN` to `MAX`.
pub(super) fn whole<'de, const MIN: i64, const MAX: i64, T, D>(from: D) -> Result<T, D::Error>
where
    T: TryFrom<i64>,
    D: Deserializer<'de>,
{
    let bounds = Whole { min: MIN, max: MAX };
    let number = from.deserialize_i64(bounds)?;
    T::try_from(number).ok().ok_or_else(|| bounds.refusal(number))
}

/// `true` or `false`.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    from.deserialize_bool(Flag)
}

/// One of the names of an enum.
pub(super) fn choice<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    from: D,
) -> Result<T, D::Error> {
    let name = from_text(from, "one of the names of this choice", |text| Some(text.to_owned()))?;
    T::deserialize(StrDeserializer::<D::Error>::new(&name))
}

/// Text of `MIN` to `MAX` characters.
pub(super) fn text<'de, const MIN: usize, const MAX: usize, D: Deserializer<'de>>(
    from: D,
) -> Result<String, D::Error> {
    from_text(from, Text::<MIN, MAX>, |text| Text::<MIN, MAX>::fits(text).then(|| text.to_owned()))
}

/// A list of at most `MAX` entries.
pub(super) fn list<'de, const MAX: usize, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    let entries = Vec::<T>::deserialize(from)?;
    if entries.len() > MAX {
        return Err(Error::custom(format_args!(
            "{} entries are too many; expected a list of at most {MAX}",
            entries.len()
        )));
    }
    Ok(entries)
}

/// What `read` makes of a text; `None` says it is not what was `expected`.
pub(super) fn from_text<'de, T, D: Deserializer<'de>>(
    from: D,
    expected: impl fmt::Display,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, D::Error> {
    from.deserialize_str(FromText { expected, read })
}

/// The same for a key that may be absent; an empty text is an absent one, so that an upper layer
/// can take back what a lower one has set.
pub(super) fn some_from_text<'de, T, D: Deserializer<'de>>(
    from: D,
    expected: impl fmt::Display,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    let read = |text: &str| if text.is_empty() { Some(None) } else { read(text).map(Some) };
    from_text(from, expected, read)
}

/// [`whole`] as a type, for where the value is inside an option or a list.
#[derive(Clone, Copy)]
pub(super) struct Within<const MIN: i64, const MAX: i64, T>(pub(super) T);

impl<'de, const MIN: i64, const MAX: i64, T: TryFrom<i64>> Deserialize<'de>
    for Within<MIN, MAX, T>
{
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        whole::<MIN, MAX, T, D>(from).map(Self)
    }
}

/// [`text`] of 1 to `MAX` characters as a type, for where it is inside an option or a list.
pub(super) struct Line<const MAX: usize>(pub(super) String);

impl<'de, const MAX: usize> Deserialize<'de> for Line<MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        text::<1, MAX, D>(from).map(Self)
    }
}

#[derive(Clone, Copy)]
struct Whole {
    min: i64,
    max: i64,
}

impl Whole {
    fn refusal<E: Error>(self, number: impl fmt::Display) -> E {
        let Self { min, max } = self;
        E::custom(format_args!(
            "{number} does not fit; expected a whole number from {min} to {max}"
        ))
    }
}

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", self.min, self.max)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        if (self.min..=self.max).contains(&number) { Ok(number) } else { Err(self.refusal(number)) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        i64::try_from(number).ok().map_or_else(|| Err(self.refusal(number)), |n| self.visit_i64(n))
    }
}

struct Flag;

impl Visitor<'_> for Flag {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<bool, E> {
        Ok(flag)
    }
}

/// Text a page can show as it is.
struct Text<const MIN: usize, const MAX: usize>;

impl<const MIN: usize, const MAX: usize> Text<MIN, MAX> {
    fn fits(text: &str) -> bool {
        (MIN..=MAX).contains(&text.chars().count())
            && !text.contains(char::is_control)
            && text.trim() == text
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Display for Text<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a text of {MIN} to {MAX} characters, in one line, without spaces at its ends")
    }
}

struct FromText<D, R> {
    expected: D,
    read: R,
}

impl<D: fmt::Display, R: FnOnce(&str) -> Option<T>, T> Visitor<'_> for FromText<D, R> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expected.fmt(f)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.read)(text).ok_or_else(|| {
            let shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
            let cut = if shown.len() < text.len() { " and so on" } else { "" };
            E::custom(format_args!("{shown:?}{cut} does not fit; expected {}", self.expected))
        })
    }
}
