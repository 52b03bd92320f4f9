//! Keys that JSON Web Tokens are signed with (RFC 7515 and 7518).

use super::set::{KeySetError, Named, read_keys};
use super::verifying::VerifyingKey;
use crate::algorithm::Algorithm;

/// The algorithms tokens may be signed with: never with a secret both sides know, and never with
/// none.
const NAMES: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RsaV15Sha256),
    ("ES256", Algorithm::EcdsaP256Sha256),
    ("EdDSA", Algorithm::Ed25519),
    ("Ed25519", Algorithm::Ed25519),
];

/// The public keys of somebody who signs tokens.
#[derive(Clone, Debug, Default)]
pub struct TokenKeys(Vec<Named>);

/// Why a token is not by one of these keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotByThem {
    /// Its algorithm is none that is believed.
    #[error("it is not signed with RS256, ES256 or EdDSA")]
    Algorithm,
    /// There is no such key, or several.
    #[error("the key it names is not one of its issuer's")]
    UnknownKey,
    /// It is not by this key, or not with the algorithm of this key.
    #[error("its signature is not by the key it names")]
    Signature,
}

impl TokenKeys {
    /// Reads a set of keys. Those that are of no use here are left out.
    ///
    /// # Errors
    /// Refuses what is no set of keys, and more than is looked at.
    pub fn read(text: &[u8]) -> Result<Self, KeySetError> {
        read_keys(text).map(Self)
    }

    /// How many of them are of use here.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none of them is of use here.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a token is signed by the key it names. The name of the algorithm is held against the
    /// key: it chooses nothing.
    ///
    /// # Errors
    /// Says why it is not.
    pub fn verify(
        &self,
        (kid, alg): (Option<&str>, &str),
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), NotByThem> {
        let known = NAMES.iter().find(|(name, _)| *name == alg);
        let algorithm = known.map(|(_, algorithm)| *algorithm).ok_or(NotByThem::Algorithm)?;
        let key = self.key(kid, algorithm).ok_or(NotByThem::UnknownKey)?;
        let is_for_it = key.algorithms.contains(&algorithm);
        if is_for_it && key.verify(algorithm, signed, signature).is_ok() {
            Ok(())
        } else {
            Err(NotByThem::Signature)
        }
    }

    /// The key of this name. Where none is named, the only one that can be meant.
    fn key(&self, kid: Option<&str>, algorithm: Algorithm) -> Option<&VerifyingKey> {
        let is_it = |named: &&Named| match kid {
            Some(kid) => named.kid.as_deref() == Some(kid),
            None => named.key.algorithms.contains(&algorithm),
        };
        let mut keys = self.0.iter().filter(is_it);
        let key = keys.next()?;
        keys.next().is_none().then_some(&key.key)
    }
}
