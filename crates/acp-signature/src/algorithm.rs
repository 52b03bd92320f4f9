//! The algorithms of the registry of HTTP signature algorithms.

use std::fmt;

/// A way to sign. Which one it is follows from the key; the name on a signature is only held
/// against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Edwards curve 25519.
    Ed25519,
    /// ECDSA on P-256 with SHA-256; the signature is `r` and `s`, 32 bytes each, and never DER.
    EcdsaP256Sha256,
    /// ECDSA on P-384 with SHA-384; the signature is `r` and `s`, 48 bytes each, and never DER.
    EcdsaP384Sha384,
    /// RSA with PSS padding and SHA-512.
    RsaPssSha512,
    /// RSA with the padding of PKCS #1 version 1.5 and SHA-256.
    RsaV15Sha256,
    /// A secret both sides know.
    HmacSha256,
}

impl Algorithm {
    /// What is accepted from agents that publish their keys.
    pub const PUBLIC: &'static [Self] =
        &[Self::Ed25519, Self::EcdsaP256Sha256, Self::EcdsaP384Sha384, Self::RsaPssSha512];

    const ALL: [Self; 6] = [
        Self::Ed25519,
        Self::EcdsaP256Sha256,
        Self::EcdsaP384Sha384,
        Self::RsaPssSha512,
        Self::RsaV15Sha256,
        Self::HmacSha256,
    ];

    /// The name in the registry.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256Sha256 => "ecdsa-p256-sha256",
            Self::EcdsaP384Sha384 => "ecdsa-p384-sha384",
            Self::RsaPssSha512 => "rsa-pss-sha512",
            Self::RsaV15Sha256 => "rsa-v1_5-sha256",
            Self::HmacSha256 => "hmac-sha256",
        }
    }

    /// The algorithm of a name. Capitals do not matter: the guide of one payment network writes
    /// `Ed25519`, and nothing is decided by the name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
