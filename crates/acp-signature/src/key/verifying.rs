//! A key that signatures are held against.

use std::fmt;

use acp_core::limits;
use ring::{hmac, signature};

use super::jwk::{self, Unusable};
use super::pem;
use super::thumbprint::Thumbprint;
use crate::algorithm::Algorithm;
use crate::refused::Refused;

/// A key that signatures are held against. It knows what it is for.
#[derive(Clone)]
pub struct VerifyingKey {
    pub(super) material: Material,
    /// What it may be used with, and first what it is used with when a signature does not say.
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) thumbprint: Option<Thumbprint>,
}

#[derive(Clone)]
pub(super) enum Material {
    Ed25519(Vec<u8>),
    P256(Vec<u8>),
    P384(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Secret(hmac::Key),
}

impl VerifyingKey {
    /// Reads a public key of a JSON Web Key.
    ///
    /// # Errors
    /// Says why the key is of no use here.
    pub fn public(jwk: &[u8]) -> Result<Self, Unusable> {
        let key = jwk::read(jwk)?;
        if key.thumbprint.is_none() { Err(Unusable::Secret) } else { Ok(key) }
    }

    /// Reads a key of a partner: a JSON Web Key, which may be a secret both sides know, or a public
    /// key as PEM.
    ///
    /// # Errors
    /// Says why the key is of no use here.
    pub fn pinned(text: &[u8]) -> Result<Self, Unusable> {
        if pem::is_one(text) { pem::read(text) } else { jwk::read(text) }
    }

    /// A secret both sides know.
    ///
    /// # Errors
    /// Refuses a secret that could be guessed.
    pub fn secret(secret: &[u8]) -> Result<Self, Unusable> {
        if secret.len() < limits::PINNED_SECRET_BYTES_MIN {
            return Err(Unusable::Weak);
        }
        Ok(Self {
            material: Material::Secret(hmac::Key::new(hmac::HMAC_SHA256, secret)),
            algorithms: vec![Algorithm::HmacSha256],
            thumbprint: None,
        })
    }

    /// The name everybody finds for it. A secret has none: from the name of a weak one it could
    /// be found.
    pub fn thumbprint(&self) -> Option<Thumbprint> {
        self.thumbprint
    }

    /// Which algorithm a signature with this key was made with.
    pub(crate) fn algorithm(
        &self,
        stated: Option<&str>,
        accepted: &[Algorithm],
    ) -> Result<Algorithm, Refused> {
        let Some(stated) = stated else {
            let usable = self.algorithms.iter().find(|algorithm| accepted.contains(algorithm));
            let first = self.algorithms.first().copied().unwrap_or(Algorithm::HmacSha256);
            return usable.copied().ok_or(Refused::AlgorithmNotAccepted(first));
        };
        let known = Algorithm::named(stated);
        let stated = known.ok_or_else(|| Refused::UnknownAlgorithm(stated.to_owned()))?;
        if !self.algorithms.contains(&stated) {
            return Err(Refused::AlgorithmContradicts { stated });
        }
        if !accepted.contains(&stated) {
            return Err(Refused::AlgorithmNotAccepted(stated));
        }
        Ok(stated)
    }

    /// Whether a signature over these bytes is by this key.
    pub(crate) fn verify(
        &self,
        algorithm: Algorithm,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), Refused> {
        let proven = match (&self.material, algorithm) {
            (Material::Ed25519(key), Algorithm::Ed25519) => {
                public(&signature::ED25519, key, signed, signature)
            }
            (Material::P256(key), Algorithm::EcdsaP256Sha256) => {
                public(&signature::ECDSA_P256_SHA256_FIXED, key, signed, signature)
            }
            (Material::P384(key), Algorithm::EcdsaP384Sha384) => {
                public(&signature::ECDSA_P384_SHA384_FIXED, key, signed, signature)
            }
            (Material::Rsa { n, e }, Algorithm::RsaPssSha512) => {
                let key = signature::RsaPublicKeyComponents { n, e };
                key.verify(&signature::RSA_PSS_2048_8192_SHA512, signed, signature).is_ok()
            }
            (Material::Rsa { n, e }, Algorithm::RsaV15Sha256) => {
                let key = signature::RsaPublicKeyComponents { n, e };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
            }
            (Material::Secret(key), Algorithm::HmacSha256) => {
                hmac::verify(key, signed, signature).is_ok()
            }
            _ => false,
        };
        if proven { Ok(()) } else { Err(Refused::NotByThisKey) }
    }
}

fn public(
    kind: &'static dyn signature::VerificationAlgorithm,
    key: &[u8],
    signed: &[u8],
    signature: &[u8],
) -> bool {
    signature::UnparsedPublicKey::new(kind, key).verify(signed, signature).is_ok()
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("algorithms", &self.algorithms)
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}
