use std::fmt;

use acp_core::signing::{SignedForm, SigningAlgorithm, SigningKey, SigningProfile};
use acp_core::time::Timestamp;
use acp_wire::canonical::Unsignable;
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey};
use sha2::Sha256;

use super::der::fixed_of_der;
use super::received::Received;

/// Of each signature there is one form with padding and one without; bits that are left over are
/// zero.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const MAC_BYTES: usize = 32;
const SIGNATURE_BYTES: usize = 64;

/// A signing key, ready to verify with.
#[derive(Clone)]
pub(in crate::identity) struct Verifier {
    pub(super) id: Box<str>,
    pub(super) algorithm: SigningAlgorithm,
    pub(super) profile: SigningProfile,
    form: SignedForm,
    lifetime: SigningKey,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Secret(Hmac<Sha256>),
    Public(Vec<u8>),
}

/// The bytes of a signature, of the length its algorithm has.
struct Signature {
    bytes: [u8; SIGNATURE_BYTES],
    length: usize,
}

impl Signature {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut held = [0; SIGNATURE_BYTES];
        held.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(Self { bytes: held, length: bytes.len() })
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Verifier {
    /// A key with its secret, opened, or with its public key.
    pub(in crate::identity) fn new(key: &SigningKey, material: &[u8]) -> Option<Self> {
        let material = match key.algorithm {
            SigningAlgorithm::HmacSha256 => Material::Secret(
                Hmac::new_from_slice(material).ok().filter(|_| !material.is_empty())?,
            ),
            SigningAlgorithm::Ed25519 | SigningAlgorithm::Es256 => {
                Material::Public(material.to_vec())
            }
        };
        Some(Self {
            id: key.id.clone(),
            algorithm: key.algorithm,
            profile: key.profile,
            form: key.form,
            // What it is made of is not needed twice.
            lifetime: SigningKey { material: Vec::new(), ..key.clone() },
            material,
        })
    }

    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        self.lifetime.is_good(now)
    }

    /// Whether this key has signed that; then what the signature is known by. Who has one of a
    /// request can make others of the same out of it where the second number of ECDSA may be
    /// turned around, so it is known by the first.
    pub(super) fn verify(
        &self,
        sent: &str,
        timestamp: &str,
        request: &Received<'_>,
    ) -> Result<Option<Vec<u8>>, Unsignable> {
        let Some(signature) = self.signature(sent) else { return Ok(None) };
        let signed = request.signed_bytes(self.profile, self.form, timestamp)?;
        let signature = signature.as_bytes();
        let is_right = match &self.material {
            Material::Secret(secret) => {
                secret.clone().chain_update(&signed).verify_slice(signature).is_ok()
            }
            Material::Public(key) if self.algorithm == SigningAlgorithm::Es256 => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
                    .verify(&signed, signature)
                    .is_ok()
            }
            Material::Public(key) => {
                UnparsedPublicKey::new(&ED25519, key).verify(&signed, signature).is_ok()
            }
        };
        let known_by = signature.get(..MAC_BYTES).unwrap_or_default();
        Ok(is_right.then(|| known_by.to_vec()))
    }

    /// Reads a signature in the form its algorithm has, and in no other.
    fn signature(&self, sent: &str) -> Option<Signature> {
        let encoded = || BASE64URL.decode(sent).ok();
        match self.algorithm {
            SigningAlgorithm::HmacSha256 if sent.len() == 2 * MAC_BYTES => {
                Signature::of(&unhex(sent)?)
            }
            SigningAlgorithm::HmacSha256 => {
                Signature::of(&encoded().filter(|bytes| bytes.len() == MAC_BYTES)?)
            }
            SigningAlgorithm::Ed25519 => {
                Signature::of(&encoded().filter(|bytes| bytes.len() == SIGNATURE_BYTES)?)
            }
            SigningAlgorithm::Es256 => {
                let bytes = encoded()?;
                if bytes.len() == SIGNATURE_BYTES {
                    return Signature::of(&bytes);
                }
                Signature::of(&fixed_of_der(&bytes)?)
            }
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("id", &self.id).finish_non_exhaustive()
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    let digits = digits?;
    let (pairs, _) = digits.as_chunks::<2>();
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
