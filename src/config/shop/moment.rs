use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::config::forms::Form;
use crate::config::reading;

/// What [`Moment`] reads, as far as a pattern says it.
pub(in crate::config) const MOMENT: Form = Form::matching(&[
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?",
    "([Zz]|[+-][0-9]{2}:[0-9]{2})$",
]);

/// A point in time, as RFC 3339 writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    text: String,
    unix_ms: i64,
}

impl Moment {
    /// The time in milliseconds since 1970.
    pub const fn unix_ms(&self) -> i64 {
        self.unix_ms
    }

    fn parse(text: &str) -> Option<Self> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let milliseconds = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        Some(Self { text: text.to_owned(), unix_ms: i64::try_from(milliseconds).ok()? })
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        reading::from_text(from, "a time such as 2026-11-30T18:00:00Z", Self::parse)
    }
}
