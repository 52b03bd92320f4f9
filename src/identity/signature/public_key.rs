use acp_core::signing::SigningAlgorithm;
use acp_signature::key::{ED25519_INFO, P256_INFO};
use base64::Engine as _;
use base64::alphabet::{self, Alphabet};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde::de::IgnoredAny;

const COORDINATE_BYTES: usize = 32;
/// What a point begins with that is written with both coordinates.
const UNCOMPRESSED: u8 = 4;

/// Why a text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// It is a private one, which nobody but its holder may have.
    #[error("this is a private key: keep it, end it where it is used, and send the public one")]
    Private,
    /// It is none of this algorithm.
    #[error(
        "this is no public key for {}: send it as PEM (BEGIN PUBLIC KEY), as JWK, or as its bytes \
         in base64",
        .0.as_str()
    )]
    Unreadable(SigningAlgorithm),
    /// The algorithm has none.
    #[error("hmac-sha256 has no public key: the gateway makes the secret")]
    Symmetric,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: Option<String>,
    d: Option<IgnoredAny>,
    r#use: Option<String>,
}

/// The bytes of a public key: 32 of Ed25519, or the point of P-256 with both coordinates.
///
/// # Errors
/// Refuses what is no public key of the algorithm.
pub fn public_key(algorithm: SigningAlgorithm, text: &str) -> Result<Vec<u8>, NotAKey> {
    let text = text.trim();
    let unreadable = NotAKey::Unreadable(algorithm);
    if algorithm == SigningAlgorithm::HmacSha256 {
        return Err(NotAKey::Symmetric);
    }
    if text.contains("PRIVATE KEY-----") {
        return Err(NotAKey::Private);
    }
    if text.starts_with('{') {
        return of_jwk(algorithm, text);
    }
    let (info, length) = match algorithm {
        SigningAlgorithm::Es256 => (P256_INFO, 2 * COORDINATE_BYTES + 1),
        SigningAlgorithm::Ed25519 | SigningAlgorithm::HmacSha256 => {
            (ED25519_INFO, COORDINATE_BYTES)
        }
    };
    let inner = text
        .strip_prefix("-----BEGIN PUBLIC KEY-----")
        .map(|text| text.strip_suffix("-----END PUBLIC KEY-----").ok_or(unreadable))
        .transpose()?;
    let compact: String = inner.unwrap_or(text).split_whitespace().collect();
    let bytes = of_base64(&compact).ok_or(unreadable)?;
    let key = bytes.strip_prefix(info).unwrap_or(&bytes);
    let is_one = key.len() == length
        && (algorithm != SigningAlgorithm::Es256 || key.first() == Some(&UNCOMPRESSED));
    if is_one { Ok(key.to_vec()) } else { Err(unreadable) }
}

fn of_jwk(algorithm: SigningAlgorithm, text: &str) -> Result<Vec<u8>, NotAKey> {
    let unreadable = NotAKey::Unreadable(algorithm);
    let jwk: Jwk = serde_json::from_str(text).or(Err(unreadable))?;
    if jwk.d.is_some() {
        return Err(NotAKey::Private);
    }
    if jwk.r#use.is_some_and(|purpose| purpose != "sig") {
        return Err(unreadable);
    }
    let coordinate = |text: &str| {
        of_base64(text).filter(|bytes| bytes.len() == COORDINATE_BYTES).ok_or(unreadable)
    };
    match (algorithm, jwk.kty.as_str(), jwk.crv.as_str(), jwk.y) {
        (SigningAlgorithm::Ed25519, "OKP", "Ed25519", None) => coordinate(&jwk.x),
        (SigningAlgorithm::Es256, "EC", "P-256", Some(y)) => {
            let (x, y) = (coordinate(&jwk.x)?, coordinate(&y)?);
            Ok([[UNCOMPRESSED].as_slice(), &x, &y].concat())
        }
        _ => Err(unreadable),
    }
}

/// Either alphabet, with or without padding: people copy keys from everywhere.
fn of_base64(text: &str) -> Option<Vec<u8>> {
    let read = |alphabet: &Alphabet| {
        let config = GeneralPurposeConfig::new();
        let config = config.with_decode_padding_mode(DecodePaddingMode::Indifferent);
        GeneralPurpose::new(alphabet, config).decode(text).ok()
    };
    read(&alphabet::URL_SAFE).or_else(|| read(&alphabet::STANDARD))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 8410, section 10.1.
    const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
        -----END PUBLIC KEY-----\n";
    const ED25519_X: &str = "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE";
    /// Of RFC 7515, appendix A.3.
    const P256_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const P256_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    #[test]
    fn a_key_is_the_same_in_every_form() {
        let ed25519 = SigningAlgorithm::Ed25519;
        let bytes = of_base64(ED25519_X).unwrap();
        let jwk = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{ED25519_X}","use":"sig"}}"#);
        for text in [ED25519_PEM, &jwk, ED25519_X, &format!(" {ED25519_X}=\n")] {
            assert_eq!(public_key(ed25519, text).as_ref(), Ok(&bytes), "{text}");
        }
        let encrypts = jwk.replace("sig", "enc");
        assert_eq!(public_key(ed25519, &encrypts), Err(NotAKey::Unreadable(ed25519)));
        let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{P256_X}","y":"{P256_Y}"}}"#);
        let point = public_key(SigningAlgorithm::Es256, &jwk).unwrap();
        assert_eq!((point.len(), point[0]), (65, 4));
        let config = GeneralPurposeConfig::new();
        let standard = GeneralPurpose::new(&alphabet::STANDARD, config);
        let pem = [P256_INFO, &point].concat();
        let pem = standard.encode(pem);
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----");
        for text in [pem, standard.encode(&point)] {
            assert_eq!(public_key(SigningAlgorithm::Es256, &text).as_ref(), Ok(&point), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_of_the_algorithm_is_refused() {
        let private = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{ED25519_X}","d":"AA"}}"#);
        let ed25519 = SigningAlgorithm::Ed25519;
        assert_eq!(public_key(ed25519, &private), Err(NotAKey::Private));
        let pem = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----";
        assert_eq!(public_key(ed25519, pem), Err(NotAKey::Private));
        let secret = SigningAlgorithm::HmacSha256;
        assert_eq!(public_key(secret, ED25519_X), Err(NotAKey::Symmetric));
        let half = ED25519_PEM.strip_suffix("-----END PUBLIC KEY-----\n").unwrap();
        for text in ["", "{}", "AAAA", "?", half] {
            assert_eq!(public_key(ed25519, text), Err(NotAKey::Unreadable(ed25519)), "{text}");
        }
        let es256 = SigningAlgorithm::Es256;
        assert_eq!(public_key(es256, ED25519_PEM), Err(NotAKey::Unreadable(es256)));
        let compressed = format!("A{}", &"A".repeat(87));
        assert_eq!(public_key(es256, &compressed), Err(NotAKey::Unreadable(es256)));
    }
}
