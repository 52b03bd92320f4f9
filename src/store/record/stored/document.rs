//! Documents and log entries as bytes: a format byte, then `MessagePack` with named fields.

use acp_core::money::Currency;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::mirror::{Mirror, Misfit, Within, Written};

/// The format of every kind of document in this release. A kind that outgrows it gets a number of
/// its own and goes on reading this one.
const FORMAT: u8 = 1;

/// A value that is stored as a whole.
pub(in crate::store::record) trait Document: Sized {
    /// How its parts are stored.
    type Shape: Mirror<Self> + DeserializeOwned;

    /// The one currency of all its amounts, if it has any.
    fn currency(&self) -> Option<Currency>;

    /// About how many bytes it takes, or some more: one that is larger grows as it is written.
    fn size(&self) -> usize {
        256
    }
}

#[derive(Deserialize, Serialize)]
struct Envelope<S> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    currency: Option<Box<str>>,
    document: S,
}

/// A document as its bytes.
pub(in crate::store::record) fn to_bytes<T: Document>(value: &T) -> Result<Bytes, Misfit> {
    let currency = value.currency().map(|currency| currency.lowercase().into());
    let mut bytes = Vec::with_capacity(value.size());
    bytes.push(FORMAT);
    let document = Written::<T::Shape, T>::new(value, within(value));
    rmp_serde::encode::write_named(&mut bytes, &Envelope { currency, document })?;
    Ok(bytes.into())
}

/// A document out of its bytes.
pub(in crate::store::record) fn from_bytes<T: Document>(bytes: &[u8]) -> Result<T, Misfit> {
    let envelope: Envelope<T::Shape> = match bytes.split_first() {
        Some((&FORMAT, rest)) => rmp_serde::from_slice(rest)?,
        Some((other, _)) => return Err(Misfit::UnknownFormat(*other)),
        None => return Err(Misfit::Empty),
    };
    let currency = envelope.currency.map(|code| Currency::parse(&code)).transpose()?;
    envelope.document.back(Within { currency })
}

/// How a document is stored, for the store and for people.
pub(in crate::store::record) fn shape<T: Document>(value: &T) -> Result<T::Shape, Misfit> {
    T::Shape::of(value, within(value))
}

fn within<T: Document>(value: &T) -> Within {
    Within { currency: value.currency() }
}
