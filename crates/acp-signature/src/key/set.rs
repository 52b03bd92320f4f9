//! Sets of public keys, as agents and registries publish them.

use acp_core::limits;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::thumbprint::Thumbprint;
use super::verifying::VerifyingKey;
use crate::source::{KeySource, KeyUrl};

/// The public keys that were found at one place. It remembers the place, because a key proves
/// nothing about who signed elsewhere.
#[derive(Clone, Debug)]
pub struct KeySet {
    from: KeySource,
    keys: Vec<Named>,
}

#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) kid: Option<String>,
    pub(super) key: VerifyingKey,
}

/// Why no keys could be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// The answer is longer than is read.
    #[error("the keys are more than {} bytes", limits::KEY_SET_BYTES_MAX)]
    TooLong,
    /// The answer is no set of keys.
    #[error("the answer is not a set of JSON Web Keys: it has no list named keys")]
    NotASet,
    /// There are more keys than are looked at.
    #[error("there are more than {} keys", limits::KEY_SET_KEYS_MAX)]
    TooMany,
    /// The metadata of a client is not what it has to be.
    #[error("the metadata of the client {0}")]
    Metadata(&'static str),
}

/// What the metadata of a client says about its keys.
#[derive(Clone, Debug)]
pub enum Metadata {
    /// They are in it.
    Keys(KeySet),
    /// They are somewhere else, and are still those of the client.
    Elsewhere(KeyUrl),
}

#[derive(Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct WrittenName {
    kid: Option<String>,
}

#[derive(Deserialize)]
struct WrittenMetadata<'a> {
    client_id: String,
    #[serde(borrow)]
    jwks: Option<&'a RawValue>,
    jwks_uri: Option<String>,
}

/// The keys of a set that are of use here.
pub(super) fn read_keys(text: &[u8]) -> Result<Vec<Named>, KeySetError> {
    if text.len() > limits::KEY_SET_BYTES_MAX {
        return Err(KeySetError::TooLong);
    }
    let written: Written<'_> =
        serde_json::from_slice(text).map_err(|_cause| KeySetError::NotASet)?;
    if written.keys.len() > limits::KEY_SET_KEYS_MAX {
        return Err(KeySetError::TooMany);
    }
    let named = |raw: &&RawValue| {
        let key = VerifyingKey::public(raw.get().as_bytes()).ok()?;
        let name: WrittenName = serde_json::from_str(raw.get()).ok()?;
        Some(Named { kid: name.kid, key })
    };
    Ok(written.keys.iter().filter_map(named).collect())
}

impl KeySet {
    /// Reads the keys that were found at a place. Keys that are of no use here, among them those
    /// for encryption and secrets, are left out: a set may be for others too.
    ///
    /// # Errors
    /// Refuses what is no set of keys, and more than is looked at.
    pub fn read(from: &KeySource, text: &[u8]) -> Result<Self, KeySetError> {
        Ok(Self { from: from.clone(), keys: read_keys(text)? })
    }

    /// The place they were found at.
    pub fn from(&self) -> &KeySource {
        &self.from
    }

    /// How many of them are of use here.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether none of them is of use here.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The key of this thumbprint.
    pub fn by_thumbprint(&self, thumbprint: Thumbprint) -> Option<&VerifyingKey> {
        let mut keys = self.keys.iter().map(|named| &named.key);
        keys.find(|key| key.thumbprint() == Some(thumbprint))
    }

    /// The key that is published under this name, or that has it for a thumbprint. `None` also
    /// when several have it.
    pub fn by_name(&self, keyid: &str) -> Option<&VerifyingKey> {
        let mut named = self.keys.iter().filter(|named| named.kid.as_deref() == Some(keyid));
        match (named.next(), named.next()) {
            (Some(only), None) => Some(&only.key),
            (Some(_), Some(_)) => None,
            (None, _) => self.by_thumbprint(Thumbprint::read(keyid)?),
        }
    }
}

impl Metadata {
    /// Reads the metadata of a client, which has to be its own.
    ///
    /// # Errors
    /// Refuses the metadata of another client, and such without keys.
    pub fn read(from: &KeySource, text: &[u8]) -> Result<Self, KeySetError> {
        if text.len() > limits::KEY_SET_BYTES_MAX {
            return Err(KeySetError::TooLong);
        }
        let written: WrittenMetadata<'_> = serde_json::from_slice(text)
            .map_err(|_cause| KeySetError::Metadata("cannot be read"))?;
        if KeyUrl::read(&written.client_id).ok().as_ref() != Some(from.url()) {
            return Err(KeySetError::Metadata("is that of another client_id"));
        }
        match (written.jwks, written.jwks_uri) {
            (Some(jwks), _) => KeySet::read(from, jwks.get().as_bytes()).map(Self::Keys),
            (None, Some(url)) => KeyUrl::read(&url)
                .map(Self::Elsewhere)
                .map_err(|_cause| KeySetError::Metadata("has a jwks_uri that cannot be followed")),
            (None, None) => Err(KeySetError::Metadata("has neither jwks nor jwks_uri")),
        }
    }
}
