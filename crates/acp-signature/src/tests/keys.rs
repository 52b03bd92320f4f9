//! Keys that are read and keys that are left alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::rfc9421::{ED25519, P256, RSA_PSS};
use super::support::{Signer, set, source};
use crate::algorithm::Algorithm;
use crate::key::{
    ED25519_INFO, KeySet, KeySetError, Metadata, P256_INFO, Thumbprint, Unusable, VerifyingKey,
};
use crate::refused::Refused;
use crate::source::Discovery;

const SECRET: &str = r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#;

fn public(jwk: &str) -> Result<VerifyingKey, Unusable> {
    VerifyingKey::public(jwk.as_bytes())
}

/// A key with one more member.
fn and(jwk: &str, more: &str) -> String {
    jwk.replacen('{', &format!("{{{more},"), 1)
}

#[test]
fn the_examples_of_other_standards_have_their_thumbprints() {
    let ed25519 =
        r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let named = public(&and(ed25519, r#""kid":"some","d":"private""#)).unwrap().thumbprint();
    let expected = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    assert_eq!(named.unwrap().to_string(), expected);
    assert_eq!(named, Thumbprint::read(expected));
}

#[test]
fn a_key_is_for_what_it_says() {
    let algorithm =
        |jwk: &str| public(jwk).map(|key| key.algorithm(None, Algorithm::PUBLIC).unwrap());
    assert_eq!(algorithm(&and(ED25519, r#""alg":"EdDSA""#)), Ok(Algorithm::Ed25519));
    assert_eq!(algorithm(&and(ED25519, r#""alg":"ed25519","use":"sig""#)), Ok(Algorithm::Ed25519));
    assert_eq!(algorithm(&and(P256, r#""alg":"ES256""#)), Ok(Algorithm::EcdsaP256Sha256));
    assert_eq!(algorithm(RSA_PSS), Ok(Algorithm::RsaPssSha512));
    assert_eq!(algorithm(&and(RSA_PSS, r#""alg":"PS512""#)), Ok(Algorithm::RsaPssSha512));
    for (jwk, more, why) in [
        (ED25519, r#""alg":"ES256""#, Unusable::Unknown),
        (P256, r#""alg":"ES384""#, Unusable::Unknown),
        (RSA_PSS, r#""alg":"PS256""#, Unusable::Unknown),
        (ED25519, r#""use":"enc""#, Unusable::NotForSignatures),
        (P256, r#""key_ops":["deriveKey"]"#, Unusable::NotForSignatures),
    ] {
        assert_eq!(public(&and(jwk, more)).unwrap_err(), why, "{more}");
    }
}

#[test]
fn what_is_no_key_is_refused() {
    let short = r#"{"kty":"OKP","crv":"Ed25519","x":"AQID"}"#;
    let padded = ED25519.replace("5D0bs", "5D0bs=");
    let loose_end = ED25519.replace("5D0bs", "5D0bt");
    let weak =
        format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#, URL_SAFE_NO_PAD.encode([0xC1_u8; 128]));
    let zero = format!(
        r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#,
        URL_SAFE_NO_PAD.encode([&[0_u8][..], &[0xC1_u8; 256]].concat())
    );
    for (jwk, why) in [
        ("[]", Unusable::NotAKey),
        (r#"{"kty":1}"#, Unusable::NotAKey),
        (r#"{"kty":"OKP","kty":"OKP"}"#, Unusable::NotAKey),
        (r#"{"kty":"EC","crv":"secp256k1"}"#, Unusable::Unknown),
        (r#"{"kty":"OKP","crv":"X25519","x":"AQ"}"#, Unusable::Unknown),
        (r#"{"kty":"OKP","crv":"Ed25519"}"#, Unusable::Member("x")),
        (short, Unusable::Member("x")),
        (&padded, Unusable::Member("x")),
        (&loose_end, Unusable::Member("x")),
        (&weak, Unusable::Weak),
        (&zero, Unusable::Member("n")),
        (SECRET, Unusable::Secret),
    ] {
        assert_eq!(public(jwk).unwrap_err(), why, "{jwk}");
    }
    assert!(VerifyingKey::pinned(SECRET.as_bytes()).is_ok());
    assert_eq!(VerifyingKey::secret(b"too short").unwrap_err(), Unusable::Weak);
}

#[test]
fn a_key_is_not_shown() {
    let shown = format!("{:?}", VerifyingKey::pinned(SECRET.as_bytes()).unwrap());
    assert_eq!(shown, "VerifyingKey { algorithms: [HmacSha256], thumbprint: None, .. }");
}

#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    let key = public(ED25519).unwrap();
    let with = |stated| key.algorithm(Some(stated), Algorithm::PUBLIC);
    assert_eq!(with("ed25519"), Ok(Algorithm::Ed25519));
    assert_eq!(with("Ed25519"), Ok(Algorithm::Ed25519));
    let stated = Algorithm::HmacSha256;
    assert_eq!(with("hmac-sha256"), Err(Refused::AlgorithmContradicts { stated }));
    assert_eq!(with("none"), Err(Refused::UnknownAlgorithm("none".to_owned())));
    let rsa = public(RSA_PSS).unwrap();
    let refused = rsa.algorithm(Some("rsa-v1_5-sha256"), Algorithm::PUBLIC);
    assert_eq!(refused, Err(Refused::AlgorithmNotAccepted(Algorithm::RsaV15Sha256)));
    let secret = VerifyingKey::pinned(SECRET.as_bytes()).unwrap();
    let refused = secret.algorithm(None, Algorithm::PUBLIC);
    assert_eq!(refused, Err(Refused::AlgorithmNotAccepted(Algorithm::HmacSha256)));
}

#[test]
fn a_set_leaves_out_what_is_of_no_use() {
    let from = source(Discovery::Directory, "https://agent.example");
    let (one, two) = (Signer::of(1), Signer::of(2));
    let named = and(&two.jwk(), r#""kid":"second""#);
    let for_encryption = and(P256, r#""use":"enc""#);
    let set = set(&from, &[&one.jwk(), &named, &for_encryption, SECRET, "1", "{}"]);
    assert_eq!(set.len(), 2);
    assert!(set.by_thumbprint(one.key().thumbprint().unwrap()).is_some());
    assert!(set.by_name(&one.thumbprint()).is_some());
    assert_eq!(set.by_name("second").unwrap().thumbprint(), two.key().thumbprint());
    assert!(set.by_name("third").is_none());
}

#[test]
fn a_name_that_two_keys_have_names_none() {
    let from = source(Discovery::JwksUri, "https://agent.example/keys");
    let [one, two] = [1, 2].map(|seed| and(&Signer::of(seed).jwk(), r#""kid":"same""#));
    assert!(set(&from, &[&one, &two]).by_name("same").is_none());
}

#[test]
fn what_is_no_set_is_refused() {
    let from = source(Discovery::JwksUri, "https://agent.example/keys");
    let read = |text: &str| KeySet::read(&from, text.as_bytes()).map(|set| set.len());
    assert_eq!(read(r#"{"keys":[]}"#), Ok(0));
    assert_eq!(read("<html>"), Err(KeySetError::NotASet));
    assert_eq!(read(r#"{"key":[]}"#), Err(KeySetError::NotASet));
    let many = format!(r#"{{"keys":[{}1]}}"#, "1,".repeat(60));
    assert_eq!(read(&many), Err(KeySetError::TooMany));
    assert_eq!(read(&" ".repeat(70_000)), Err(KeySetError::TooLong));
}

#[test]
fn the_metadata_of_a_client_is_its_own() {
    let from = source(Discovery::Cimd, "https://agent.example/me.json");
    let read = |text: &str| Metadata::read(&from, text.as_bytes());
    let jwk = Signer::of(1).jwk();
    let inside =
        format!(r#"{{"client_id":"https://agent.example/me.json","jwks":{{"keys":[{jwk}]}}}}"#);
    let Ok(Metadata::Keys(set)) = read(&inside) else { panic!("the keys are in it") };
    assert_eq!((set.len(), set.from()), (1, &from));

    let elsewhere =
        r#"{"client_id":"https://agent.example/me.json","jwks_uri":"https://keys.example/a"}"#;
    let Ok(Metadata::Elsewhere(url)) = read(elsewhere) else { panic!("it says where they are") };
    assert_eq!(url.to_string(), "https://keys.example/a");

    for refused in [
        inside.replace("me.json", "you.json"),
        elsewhere.replace("https://keys", "http://keys"),
        r#"{"client_id":"https://agent.example/me.json"}"#.to_owned(),
        "{}".to_owned(),
    ] {
        assert!(matches!(read(&refused), Err(KeySetError::Metadata(_))), "{refused}");
    }
}

/// Of RFC 8410, section 10.1.
const ED25519_PEM: &str = "-----BEGIN PUBLIC KEY-----\n\
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n\
    -----END PUBLIC KEY-----\n";

fn pem_of(info: &[u8]) -> String {
    let lines = STANDARD.encode(info);
    format!("-----BEGIN PUBLIC KEY-----\n{lines}\n-----END PUBLIC KEY-----")
}

#[test]
fn a_public_key_has_one_name_as_pem_and_as_jwk() {
    let jwk = r#"{"kty":"OKP","crv":"Ed25519","x":"Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE"}"#;
    let print = VerifyingKey::public(jwk.as_bytes()).unwrap().thumbprint();
    for pem in [ED25519_PEM.to_owned(), format!("\n{}", ED25519_PEM.replace('\n', "\r\n"))] {
        assert_eq!(VerifyingKey::pinned(pem.as_bytes()).unwrap().thumbprint(), print);
    }
    // Of RFC 7515, appendix A.3.
    let (x, y) = (
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    );
    let jwk = format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#);
    let print = VerifyingKey::public(jwk.as_bytes()).unwrap().thumbprint();
    let both = [x, y].map(|number| URL_SAFE_NO_PAD.decode(number).unwrap()).concat();
    let info = [P256_INFO, &[4], &both].concat();
    let key = VerifyingKey::pinned(pem_of(&info).as_bytes()).unwrap();
    assert_eq!(key.thumbprint(), print);
}

#[test]
fn what_is_no_public_key_as_pem_is_refused() {
    let private = ED25519_PEM.replace("PUBLIC", "PRIVATE");
    let refused = |text: &str| VerifyingKey::pinned(text.as_bytes()).err();
    assert_eq!(refused(&private), Some(Unusable::Private));
    let half = ED25519_PEM.strip_suffix("-----END PUBLIC KEY-----\n").unwrap();
    let compressed = [P256_INFO, &[2], &[7; 64]].concat();
    for text in [
        half.to_owned(),
        ED25519_PEM.replace("MCow", "????"),
        ED25519_PEM.replace("PUBLIC KEY", "CERTIFICATE"),
        pem_of(b"something else"),
        pem_of(P256_INFO),
        pem_of(&compressed),
        ED25519_PEM.repeat(2),
    ] {
        assert_eq!(refused(&text), Some(Unusable::Pem), "{text}");
    }
    let short = pem_of(&[ED25519_INFO, &[7; 31]].concat());
    assert_eq!(refused(&short), Some(Unusable::Member("x")));
    let odd = pem_of(&[P256_INFO, &[4], &[7; 65]].concat());
    assert!(matches!(refused(&odd), Some(Unusable::Member(_))));
    assert!(VerifyingKey::public(ED25519_PEM.as_bytes()).is_err(), "what is published is JSON");
}
