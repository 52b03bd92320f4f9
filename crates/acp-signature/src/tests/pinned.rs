//! Partners whose keys are written down. The signatures with public keys were made by another
//! implementation.

use super::support::{Message, Signer, at};
use crate::algorithm::Algorithm;
use crate::coverage::Purpose;
use crate::key::VerifyingKey;
use crate::profile::{Pinned, PinnedKey};
use crate::proof::{Identity, Profile, Proof};
use crate::refused::Refused;

const MADE: i64 = 1_790_000_000;
const BODY: &str = r#"{"items":[{"id":"mug","quantity":1}]}"#;
const P384: &str = r#"{"kty":"EC","crv":"P-384","x":"G7RPlZI0jkQegFPg1MyEVZ1C_St2yXra5mOGg0hvDYCFVXZz5hGqONaquuRelpuK","y":"nmbF5amjklHRCK5mZjXhgDGOfHIhHGhisdf9MEFMPKuTKbAWoV3zccxCczZhnbjZ"}"#;
const P384_SIGNATURE: &str = "Nvd3XWLjS5l33xpUbesOrqR0RrXTM2TsiDeoGzigI7xwA2ZsBu8eKfwfStuOWgXAoHDXk2zP9V9sqnmdGPlh/aoSUHlDZFafFRP/VMq9jtzNgzk3G5cTgjGP4MHChrud";
const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"Rlo3sP_VOvp_pDYG7OUbg9vT9ZFyr7mZsolXmntXHWE","y":"36b-pPI21uIPT7rZM-jfotQEvRp9TNPofStvpOhWOXQ"}"#;
const P256_SIGNATURE: &str =
    "xfU+DILy/JjeCJkxk8KsgbpjEaTCJzdUBqdZC4a2QqYYZ4azKlD4b7jRcgvhg7RD8Go/ESXLGe3dxP2GK1s+8Q==";
const P256_DER: &str = "MEUCIQDF9T4MgvL8mN4ImTGTwqyBumMRpMInN1QGp1kLhrZCpgIgGGeGsypQ+G+40XIL4YO0Q/BqPxElyxnt3cT9hitbPvE=";
const RSA: &str = r#"{"kty":"RSA","e":"AQAB","n":"wv2e7J6OQtngFU_-4j2tjvN64ZPrqsrXRzs0nJ4IZnw0zZBF4R7pokAkBWKqVDn3_TW_edCppwvEIKjolrH4IOpRmWLPhZLIoJ0KzJDWDn91KQMAT6Kj0MedobnykGiuDjZxHee314X78ku4It-vvDnalZpuXqIgc8TjXoAt5vOfta7CJ2u61Gd5S2ivBGCSXJ959nDL9m_YgwueTzca9A1kR8QSXc8xsozUGwwZ_GncHYtP8HPW_SoDqdsbRijalbNd-Lz6asMCEbh8PwSUmNzNtzi6OuhAkq53Z9uLkJbxEkmXK_0zYh3y73X3VDOx3A-cB5kIT0CmbdmwobI4Fw"}"#;
const RSA_SIGNATURE: &str = "o5leGcTCv4gIBY2wU33cZuWWUVOroFeFUVOwQry5E8VkO7eHQhuYzzR0b7coVf98jYnDN49gYwCvhpxz8lq+u/TrjkZBM9aFj43huYeNGJOqK2Jgfi1fEunRjURDLwqb+GZML6Vwwqh6dDuHNr+UdVQw6cOQB0hXMXGvNhbNI50chzLo8USdRr5RI1wtul+A7qEwTgxSlfTNsN/bdC1/CkAr0aD87WgmGFAKuq6iVrCEviE86GQOls30ePnDga/x/dphM9uxzsAXkmVpWFmpyfk5S7AqeHStQnox6mcvaCMovcxQUr7dV85p4Z/2btSW3Hh1LiELLSxlg3uXQvKfiQ==";
const RSA_PSS_SIGNATURE: &str = "EUNePrVtiOd4JZliR1X+ZpzfhhPk2jLN55ruUuQDiHaFyFeP6v6SC85x6Ib69IUCGzu3v79IA8ZfxkfdbUMwPM7oKQdMCfZS4kxTSPd3VECDg0Lw1rAfWdV+Q4YiT2aUiHZJOPZNlWxSzAYjAGQ4aByLQPJAzFt4ab8ZiBQ3CQ5FBDD4CzQrvuArrswKN33SIxm2Q/loKKIicFGOAKWS6CK3eJcrd2/plS+OeS4/GdePPqd7VOG2miVyIe3SBP4CtMGPN929jn+i5gTC0TnkQ36RSomHeSx7pRLLR6hvhtIBYGsDsVJi5BnxXzxi6NMuynGMRtcOKpBOppvMk8rXsA==";
const SECRET: &[u8] = b"a secret that both of us know";

/// A change that was signed with one of the keys.
fn change(keyid: &str, algorithm: &str, signature: &str) -> Message {
    let input = format!(
        r#"p=("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key");keyid="{keyid}";created=1790000000;alg="{algorithm}""#
    );
    Message::new("POST", "shop.example:8443", "/checkout_sessions?a=1")
        .with("idempotency-key", "k-1")
        .with_body(BODY)
        .with("signature-input", &input)
        .with("signature", &format!("p=:{signature}:"))
}

fn pinned(keyid: &str, key: VerifyingKey) -> PinnedKey {
    PinnedKey { keyid: keyid.to_owned(), key }
}

fn rules() -> Pinned {
    let key = |jwk: &str| VerifyingKey::pinned(jwk.as_bytes()).unwrap();
    Pinned::of(vec![
        pinned("partner-384", key(P384)),
        pinned("partner-256", key(P256)),
        pinned("partner-rsa", key(RSA)),
        pinned("partner-ed", Signer::of(1).key()),
        pinned("partner-secret", VerifyingKey::secret(SECRET).unwrap()),
    ])
    .unwrap()
}

fn verify(message: &Message) -> Result<Proof, Refused> {
    rules().verify(&message.request(), Purpose::Change, at(MADE + 10))
}

#[test]
fn partners_are_proven_whatever_they_sign_with() {
    for (keyid, algorithm, signature) in [
        ("partner-384", Algorithm::EcdsaP384Sha384, P384_SIGNATURE),
        ("partner-256", Algorithm::EcdsaP256Sha256, P256_SIGNATURE),
        ("partner-rsa", Algorithm::RsaPssSha512, RSA_PSS_SIGNATURE),
    ] {
        let proof = verify(&change(keyid, algorithm.name(), signature)).unwrap();
        assert_eq!((proof.profile(), proof.algorithm()), (Profile::Pinned, algorithm));
        let Identity::Pinned { keyid: found, thumbprint } = proof.identity() else {
            panic!("the key is written down");
        };
        assert_eq!(found, keyid);
        assert!(thumbprint.is_some());
    }
}

#[test]
fn the_old_padding_of_rsa_has_to_be_asked_for() {
    let message = change("partner-rsa", "rsa-v1_5-sha256", RSA_SIGNATURE);
    let refused = verify(&message).unwrap_err();
    assert_eq!(refused, Refused::AlgorithmNotAccepted(Algorithm::RsaV15Sha256));

    let mut patient = rules();
    patient.accepts.push(Algorithm::RsaV15Sha256);
    let proof = patient.verify(&message.request(), Purpose::Change, at(MADE)).unwrap();
    assert_eq!(proof.algorithm(), Algorithm::RsaV15Sha256);
}

#[test]
fn a_signature_in_der_is_none() {
    let refused = verify(&change("partner-256", "ecdsa-p256-sha256", P256_DER));
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn an_algorithm_of_another_key_is_refused() {
    let refused = verify(&change("partner-256", "ecdsa-p384-sha384", P256_SIGNATURE));
    let stated = Algorithm::EcdsaP384Sha384;
    assert_eq!(refused, Err(Refused::AlgorithmContradicts { stated }));
    // A verifier that let the caller choose would take a public key for a secret.
    let refused = verify(&change("partner-ed", "hmac-sha256", P256_SIGNATURE));
    let stated = Algorithm::HmacSha256;
    assert_eq!(refused, Err(Refused::AlgorithmContradicts { stated }));
}

#[test]
fn a_secret_proves_whoever_knows_it() {
    let message = Message::new("GET", "shop.example", "/orders");
    let input = r#"("@authority");created=1790000000;keyid="partner-secret""#;
    let base = format!("\"@authority\": shop.example\n\"@signature-params\": {input}");
    let tag = |secret: &[u8]| {
        use base64::Engine as _;
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
        let tag = ring::hmac::sign(&key, base.as_bytes());
        format!("p=:{}:", base64::engine::general_purpose::STANDARD.encode(tag))
    };
    let message = message.with("signature-input", &format!("p={input}"));
    let verify = |signature: &str| {
        let message = message.clone().with("signature", signature);
        rules().verify(&message.request(), Purpose::Read, at(MADE))
    };
    let proof = verify(&tag(SECRET)).unwrap();
    let keyid = "partner-secret".to_owned();
    assert_eq!(proof.identity(), &Identity::Pinned { keyid, thumbprint: None });
    assert_eq!(verify(&tag(b"another secret")), Err(Refused::NotByThisKey));
    assert_eq!(verify("p=:AAAA:"), Err(Refused::NotByThisKey));
}

#[test]
fn a_signature_is_good_for_five_minutes() {
    let message = change("partner-256", "ecdsa-p256-sha256", P256_SIGNATURE);
    let verify = |now| {
        rules().verify(&message.request(), Purpose::Pay, at(now)).map(|proof| proof.expires())
    };
    assert_eq!(verify(MADE - 61), Err(Refused::FromTheFuture));
    assert_eq!(verify(MADE + 300 + 59), Ok(at(MADE + 300)));
    assert_eq!(verify(MADE + 300 + 60), Err(Refused::Expired));
}

#[test]
fn a_partner_that_wants_less_gets_less() {
    let signer = Signer::of(1);
    let message = Message::new("GET", "shop.example", "/orders");
    let parameters = r#";created=1790000000;expires=1790000005;keyid="partner-ed""#;
    let components = [(r#""@target-uri""#, "https://shop.example/orders")];
    let sent = signer.sign(message, "p", &components, parameters);
    let verify = |now| rules().verify(&sent.request(), Purpose::Read, at(now)).map(|_proof| ());
    assert_eq!(verify(MADE + 64), Ok(()));
    assert_eq!(verify(MADE + 65), Err(Refused::Expired));
}

#[test]
fn a_key_that_is_not_written_down_proves_nothing() {
    let refused = verify(&change("stranger", "ecdsa-p256-sha256", P256_SIGNATURE));
    assert_eq!(refused, Err(Refused::UnknownKey("stranger".to_owned())));
    let refused = verify(&change("partner-384", "ecdsa-p384-sha384", P256_SIGNATURE));
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn another_key_for_the_repetition_is_another_call() {
    let message = change("partner-256", "ecdsa-p256-sha256", P256_SIGNATURE);
    let refused = verify(&message.but("idempotency-key", "k-2"));
    assert_eq!(refused, Err(Refused::NotByThisKey));
}

#[test]
fn two_keys_of_one_name_are_not_pinned() {
    let twice = vec![pinned("a", Signer::of(1).key()), pinned("a", Signer::of(2).key())];
    assert_eq!(Pinned::of(twice).unwrap_err(), Refused::Twice("a".to_owned()));
}
