//! The scalars of the wire: bounded text, whole numbers, times, and fields that must not be null.

use std::borrow::Cow;
use std::fmt;
use std::io::Cursor;

use acp_core::limits::{AMOUNT_MINOR_MAX, TEXT_CHARS_MAX};
use acp_core::money::Money;
use acp_core::time::Timestamp;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Text of a bounded length, borrowed where it can be.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Text<'a, const CHARS_MAX: usize = TEXT_CHARS_MAX>(pub Cow<'a, str>);

impl<const CHARS_MAX: usize> Text<'_, CHARS_MAX> {
    /// The text, for the core to keep.
    pub fn boxed(self) -> Box<str> {
        self.0.into_owned().into_boxed_str()
    }
}

impl<'a, const CHARS_MAX: usize> From<&'a str> for Text<'a, CHARS_MAX> {
    fn from(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

struct TextVisitor<const CHARS_MAX: usize>;

impl<const CHARS_MAX: usize> TextVisitor<CHARS_MAX> {
    fn check<E: de::Error>(text: &str) -> Result<(), E> {
        if text.len() > CHARS_MAX && text.chars().count() > CHARS_MAX {
            return Err(E::custom(format_args!("the text is longer than {CHARS_MAX} characters")));
        }
        if text.bytes().any(|byte| byte == 0) {
            return Err(E::custom("the text contains a NUL character"));
        }
        Ok(())
    }
}

impl<'de, const CHARS_MAX: usize> Visitor<'de> for TextVisitor<CHARS_MAX> {
    type Value = Text<'de, CHARS_MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Self::check(text)?;
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Self::check(text)?;
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

impl<'de: 'a, 'a, const CHARS_MAX: usize> Deserialize<'de> for Text<'a, CHARS_MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor::<CHARS_MAX>)
    }
}

impl<const CHARS_MAX: usize> PartialSchema for Text<'_, CHARS_MAX> {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        let text = text.description(Some("Text of a bounded length."));
        text.max_length(Some(CHARS_MAX)).into()
    }
}

impl<const CHARS_MAX: usize> ToSchema for Text<'_, CHARS_MAX> {}

/// A whole number; `1.0` is one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Whole(pub i64);

struct WholeVisitor;

impl Visitor<'_> for WholeVisitor {
    type Value = Whole;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Whole, E> {
        Ok(Whole(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Whole, E> {
        let number = i64::try_from(number);
        number.map(Whole).ok().ok_or_else(|| E::custom("the number is too large"))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Whole, E> {
        // Whole numbers of this size are exact in a double.
        const EXACT: f64 = 9_007_199_254_740_991.0;
        if number.fract() != 0.0 {
            return Err(E::custom("the number is not whole"));
        }
        if number.abs() > EXACT {
            return Err(E::custom("the number is too large"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        let number = number as i64;
        Ok(Whole(number))
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

impl PartialSchema for Whole {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(SchemaType::new(Type::Integer)).into()
    }
}

impl ToSchema for Whole {}

/// A sum of money, in minor units of the session's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self(money.minor())
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::Integer))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .description(Some("A sum of money, in minor units of the session's currency."))
            .minimum(Some(0))
            .maximum(Some(AMOUNT_MINOR_MAX))
            .into()
    }
}

impl ToSchema for Amount {}

/// A point in time, RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime(pub Timestamp);

impl DateTime {
    /// As long as one with nanoseconds and an offset.
    const BYTES_MAX: usize = "9999-12-31T23:59:59.999999999+00:00".len();
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = i128::from(self.0.unix_ms()) * 1_000_000;
        let mut text = Cursor::new([0; Self::BYTES_MAX]);
        let written = OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|moment| moment.format_into(&mut text, &Rfc3339).ok())
            // The number it gives leaves out the letter of the zone.
            .and_then(|_| text.get_ref().get(..usize::try_from(text.position()).ok()?))
            .and_then(|text| str::from_utf8(text).ok());
        f.write_str(written.unwrap_or("1970-01-01T00:00:00Z"))
    }
}

/// A time as it is written in a request.
pub fn read_time(text: &str) -> Option<Timestamp> {
    let text = de::value::BorrowedStrDeserializer::<de::value::Error>::new(text);
    DateTime::deserialize(text).ok().map(|time| time.0)
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::<64>::deserialize(deserializer)?;
        let moment = OffsetDateTime::parse(&text.0, &Rfc3339)
            .ok()
            .ok_or_else(|| de::Error::custom("this is not an RFC 3339 date and time"))?;
        let moment = moment
            .checked_to_offset(UtcOffset::UTC)
            .filter(|moment| (0..=9999).contains(&moment.year()))
            .ok_or_else(|| de::Error::custom("this time is outside of the years 0 to 9999"))?;
        let nanos = moment.unix_timestamp_nanos();
        let unix_ms = i64::try_from(nanos.div_euclid(1_000_000)).unwrap_or(i64::MAX);
        Ok(Self(Timestamp::from_unix_ms(unix_ms)))
    }
}

impl PartialSchema for DateTime {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::new(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .into()
    }
}

impl ToSchema for DateTime {}

/// For an optional field that may be left out but must not be `null`.
///
/// # Errors
/// Whatever reading the value ends in.
pub fn not_null<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A field of an update: left out, `null` and a value are three different things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Left out.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A value.
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Null, Self::Value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_may_carry_a_point_zero() {
        for (text, expected) in [("1", 1), ("1.0", 1), ("-0", 0), ("2e2", 200)] {
            assert_eq!(serde_json::from_str::<Whole>(text).unwrap(), Whole(expected), "{text}");
        }
        for text in ["1.5", "9223372036854775808", "1e300", "\"1\"", "true", "null"] {
            assert!(serde_json::from_str::<Whole>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_read_and_written_in_utc() {
        let time: DateTime = serde_json::from_str("\"2026-04-17T12:00:00.5+02:00\"").unwrap();
        assert_eq!(time.to_string(), "2026-04-17T10:00:00.5Z");
        for text in ["1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"] {
            let time: DateTime = serde_json::from_str(&format!("\"{text}\"")).unwrap();
            assert_eq!(time.to_string(), text);
        }
        for bad in ["1700000000", "9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59"] {
            assert!(serde_json::from_str::<DateTime>(&format!("\"{bad}\"")).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_bounded_in_characters() {
        assert!(serde_json::from_str::<Text<'_, 3>>("\"äöü\"").is_ok());
        assert!(serde_json::from_str::<Text<'_, 3>>("\"abcd\"").is_err());
        assert!(serde_json::from_str::<Text<'_, 3>>("\"a\\u0000\"").is_err());
    }
}
