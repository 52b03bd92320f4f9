//! JSON Web Keys (RFC 7517, 7518 and 8037), as far as signatures are made with them.

use acp_core::limits;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::thumbprint::Thumbprint;
use super::verifying::{Material, VerifyingKey};
use crate::algorithm::Algorithm;

/// Why a key is of no use here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is not a JSON Web Key.
    #[error("it is not a JSON Web Key")]
    NotAKey,
    /// It is PEM, and not of a public key that can be read so.
    #[error(
        "as PEM it has to be one public key (BEGIN PUBLIC KEY) for Ed25519 or P-256; write others \
         as a JSON Web Key"
    )]
    Pem,
    /// It is a private one, which nobody but its holder may have.
    #[error("it is a private key: end it where it is used, and ask for the public one")]
    Private,
    /// It is for something else than signatures.
    #[error("it is not for signatures: use must be \"sig\" or left out, key_ops have \"verify\"")]
    NotForSignatures,
    /// Its kind, curve or algorithm is not known.
    #[error("its kty, crv or alg is not known here")]
    Unknown,
    /// One of its numbers is missing or of the wrong length.
    #[error("its member {0} is missing or not what it has to be")]
    Member(&'static str),
    /// It is a secret, and public ones are wanted.
    #[error("it is a secret, and secrets are not published")]
    Secret,
    /// It could be broken or guessed.
    #[error("it is too short")]
    Weak,
}

/// Private members are not read, so they are in nobody's memory for longer than the text is.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    used_for: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
    n: Option<String>,
    e: Option<String>,
    k: Option<String>,
}

pub(super) fn read(text: &[u8]) -> Result<VerifyingKey, Unusable> {
    let jwk: Jwk = serde_json::from_slice(text).map_err(|_cause| Unusable::NotAKey)?;
    let is_for_signing = jwk.used_for.as_deref().is_none_or(|used_for| used_for == "sig");
    // A private key says "sign"; its public half is good for looking at what it signed.
    let may = |operation: &String| operation == "verify" || operation == "sign";
    if !is_for_signing || jwk.key_ops.as_ref().is_some_and(|all| !all.iter().any(may)) {
        return Err(Unusable::NotForSignatures);
    }
    match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("OKP", Some("Ed25519")) => ed25519(&jwk),
        ("EC", Some("P-256")) => p256(&jwk),
        ("EC", Some("P-384")) => p384(&jwk),
        ("RSA", _) => rsa(&jwk),
        ("oct", _) => secret(&jwk),
        _ => Err(Unusable::Unknown),
    }
}

fn ed25519(jwk: &Jwk) -> Result<VerifyingKey, Unusable> {
    let algorithms = only(jwk, &["EdDSA", "Ed25519"], Algorithm::Ed25519)?;
    let x = number("x", jwk.x.as_deref(), 32)?;
    let thumbprint = Thumbprint::of(&[("crv", "Ed25519"), ("kty", "OKP"), ("x", &x.text)]);
    let material = Material::Ed25519(x.bytes);
    Ok(VerifyingKey { material, algorithms, thumbprint: Some(thumbprint) })
}

fn p256(jwk: &Jwk) -> Result<VerifyingKey, Unusable> {
    let algorithms = only(jwk, &["ES256"], Algorithm::EcdsaP256Sha256)?;
    let (point, thumbprint) = point(jwk, "P-256", 32)?;
    let material = Material::P256(point);
    Ok(VerifyingKey { material, algorithms, thumbprint: Some(thumbprint) })
}

fn p384(jwk: &Jwk) -> Result<VerifyingKey, Unusable> {
    let algorithms = only(jwk, &["ES384"], Algorithm::EcdsaP384Sha384)?;
    let (point, thumbprint) = point(jwk, "P-384", 48)?;
    let material = Material::P384(point);
    Ok(VerifyingKey { material, algorithms, thumbprint: Some(thumbprint) })
}

fn point(jwk: &Jwk, curve: &str, length: usize) -> Result<(Vec<u8>, Thumbprint), Unusable> {
    let x = number("x", jwk.x.as_deref(), length)?;
    let y = number("y", jwk.y.as_deref(), length)?;
    let thumbprint =
        Thumbprint::of(&[("crv", curve), ("kty", "EC"), ("x", &x.text), ("y", &y.text)]);
    // The mark of a point that is written out in full.
    let mut point = vec![4];
    point.extend_from_slice(&x.bytes);
    point.extend_from_slice(&y.bytes);
    Ok((point, thumbprint))
}

fn rsa(jwk: &Jwk) -> Result<VerifyingKey, Unusable> {
    let algorithms = match jwk.alg.as_deref() {
        None => vec![Algorithm::RsaPssSha512, Algorithm::RsaV15Sha256],
        Some("PS512" | "rsa-pss-sha512") => vec![Algorithm::RsaPssSha512],
        Some("RS256" | "rsa-v1_5-sha256") => vec![Algorithm::RsaV15Sha256],
        Some(_) => return Err(Unusable::Unknown),
    };
    let n = bytes("n", jwk.n.as_deref())?;
    let e = bytes("e", jwk.e.as_deref())?;
    // Written with a zero in front, the same key would have another thumbprint.
    if n.bytes.first().is_none_or(|first| *first == 0)
        || n.bytes.len() > limits::RSA_MODULUS_BYTES_MAX
    {
        return Err(Unusable::Member("n"));
    }
    if e.bytes.first().is_none_or(|first| *first == 0) || e.bytes.len() > 4 {
        return Err(Unusable::Member("e"));
    }
    if n.bytes.len() < limits::RSA_MODULUS_BYTES_MIN {
        return Err(Unusable::Weak);
    }
    let thumbprint = Thumbprint::of(&[("e", &e.text), ("kty", "RSA"), ("n", &n.text)]);
    let material = Material::Rsa { n: n.bytes, e: e.bytes };
    Ok(VerifyingKey { material, algorithms, thumbprint: Some(thumbprint) })
}

fn secret(jwk: &Jwk) -> Result<VerifyingKey, Unusable> {
    only(jwk, &["HS256"], Algorithm::HmacSha256)?;
    VerifyingKey::secret(&bytes("k", jwk.k.as_deref())?.bytes)
}

/// The one algorithm of a key, under the names its `alg` may have.
fn only(jwk: &Jwk, names: &[&str], algorithm: Algorithm) -> Result<Vec<Algorithm>, Unusable> {
    let is_this = |alg: &str| names.contains(&alg) || alg == algorithm.name();
    match jwk.alg.as_deref() {
        Some(alg) if !is_this(alg) => Err(Unusable::Unknown),
        _ => Ok(vec![algorithm]),
    }
}

/// A number of a key, as it is written and as it is.
struct Number {
    text: String,
    bytes: Vec<u8>,
}

fn number(name: &'static str, text: Option<&str>, length: usize) -> Result<Number, Unusable> {
    let number = bytes(name, text)?;
    if number.bytes.len() == length { Ok(number) } else { Err(Unusable::Member(name)) }
}

/// There is one way to write bytes, so that a key has one thumbprint.
fn bytes(name: &'static str, text: Option<&str>) -> Result<Number, Unusable> {
    let text = text.ok_or(Unusable::Member(name))?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_cause| Unusable::Member(name))?;
    Ok(Number { text: text.to_owned(), bytes })
}
