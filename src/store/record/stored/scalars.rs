//! Amounts, times and bytes: bare in a store, readable when a person looks.
//!
//! A store writes compactly and inspection writes JSON, both from the same shapes; serde tells
//! the two apart by asking whether the format is human readable.

use std::fmt;
use std::sync::Arc;

use acp_core::ids::Random128;
use acp_core::money::{Currency, Money};
use acp_core::session::InstrumentMark;
use acp_core::time::Timestamp;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::mirror::{Mirror, Misfit, Within};
use crate::store::record::names::hex;

/// Money in the one currency of its document.
#[derive(Debug)]
pub(in crate::store::record) struct Amount {
    minor: i64,
    /// Known while it is written, for whoever reads it as text.
    currency: Option<Currency>,
}

impl Mirror<Money> for Amount {
    fn of(value: &Money, within: Within) -> Result<Self, Misfit> {
        if within.currency != Some(value.currency()) {
            return Err(acp_core::money::MoneyError::MixedCurrencies.into());
        }
        Ok(Self { minor: value.minor(), currency: within.currency })
    }

    fn back(self, within: Within) -> Result<Money, Misfit> {
        Ok(Money::new(self.minor, within.currency.ok_or(Misfit::NoCurrency)?)?)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let money = self.currency.and_then(|currency| Money::new(self.minor, currency).ok());
        match money.filter(|_| serializer.is_human_readable()) {
            Some(money) => serializer.collect_str(&money),
            None => serializer.serialize_i64(self.minor),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { minor: i64::deserialize(deserializer)?, currency: None })
    }
}

/// A point in time, in milliseconds since 1970.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(in crate::store::record) struct Moment(i64);

impl Mirror<Timestamp> for Moment {
    fn of(value: &Timestamp, _: Within) -> Result<Self, Misfit> {
        Ok(Self(value.unix_ms()))
    }

    fn back(self, _: Within) -> Result<Timestamp, Misfit> {
        Ok(Timestamp::from_unix_ms(self.0))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_i64(self.0);
        }
        let nanoseconds = i128::from(self.0).saturating_mul(1_000_000);
        let text = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .ok()
            .and_then(|time| time.format(&Rfc3339).ok());
        match text {
            Some(text) => serializer.serialize_str(&text),
            // Beyond the year 9999 there is no such text.
            None => serializer.serialize_i64(self.0),
        }
    }
}

/// Bytes that mean nothing to a person but are no secret.
#[derive(Debug)]
pub(in crate::store::record) struct Blob(Arc<[u8]>);

impl Blob {
    pub(in crate::store::record) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Blob {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_bytes(&self.0, serializer)
    }
}

fn write_bytes<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        serializer.serialize_str(&hex(bytes))
    } else {
        serializer.serialize_bytes(bytes)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(AnyBytes)
    }
}

struct AnyBytes;

impl Visitor<'_> for AnyBytes {
    type Value = Blob;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
        Ok(bytes.into())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Blob, E> {
        Ok(Blob(bytes.into()))
    }
}

impl<const N: usize> Mirror<[u8; N]> for Blob {
    fn of(value: &[u8; N], _: Within) -> Result<Self, Misfit> {
        Ok(value.as_slice().into())
    }

    fn write<S: Serializer>(value: &[u8; N], _: Within, to: S) -> Result<S::Ok, S::Error> {
        write_bytes(value, to)
    }

    fn back(self, _: Within) -> Result<[u8; N], Misfit> {
        self.as_bytes().try_into().or(Err(Misfit::OutOfRange("a length of bytes")))
    }
}

impl Mirror<Arc<[u8]>> for Blob {
    fn of(value: &Arc<[u8]>, _: Within) -> Result<Self, Misfit> {
        Ok(Self(Arc::clone(value)))
    }

    fn back(self, _: Within) -> Result<Arc<[u8]>, Misfit> {
        Ok(self.0)
    }
}

impl Mirror<InstrumentMark> for Blob {
    fn of(value: &InstrumentMark, within: Within) -> Result<Self, Misfit> {
        Self::of(&value.0, within)
    }

    fn back(self, within: Within) -> Result<InstrumentMark, Misfit> {
        self.back(within).map(InstrumentMark)
    }
}

impl Mirror<Random128> for Blob {
    fn of(value: &Random128, within: Within) -> Result<Self, Misfit> {
        Self::of(&value.0, within)
    }

    fn back(self, within: Within) -> Result<Random128, Misfit> {
        self.back(within).map(Random128)
    }
}

/// Bytes nobody may see: a person is shown how many there are.
#[derive(Deserialize)]
#[serde(transparent)]
pub(in crate::store::record) struct Sealed(Blob);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&format_args!("{} sealed bytes", self.0.0.len()))
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl Mirror<Vec<u8>> for Sealed {
    fn of(value: &Vec<u8>, _: Within) -> Result<Self, Misfit> {
        Ok(Self(value.as_slice().into()))
    }

    fn back(self, _: Within) -> Result<Vec<u8>, Misfit> {
        Ok(self.0.0.to_vec())
    }
}
