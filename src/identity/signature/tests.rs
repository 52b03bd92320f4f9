//! Signatures of all algorithms, made here and by others, verified and bent.

use acp_core::signing::{
    SignaturePolicy, SignedForm, SigningAlgorithm, SigningKey, SigningProfile,
};
use acp_core::time::Timestamp;
use acp_wire::scalar::read_time;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::HeaderMap;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _,
};
use sha2::Sha256;

use super::claim::{Claim, Unsigned};
use super::expected::Expected;
use super::received::Received;
use super::verifier::Verifier;

const TIME: &str = "2026-11-29T12:00:00.123Z";
const BODY: &[u8] = br#"{"line_items": [{"id": "honey", "quantity": 2}], "currency": "usd"}"#;
const SECRET: &[u8] = b"acp_signing_of_a_test";

fn now() -> Timestamp {
    read_time(TIME).unwrap()
}

fn signing_key(algorithm: SigningAlgorithm) -> SigningKey {
    SigningKey {
        id: algorithm.as_str().into(),
        algorithm,
        profile: SigningProfile::TimeAndBody,
        form: SignedForm::Raw,
        material: Vec::new(),
        created_at: now(),
        not_before: None,
        not_after: None,
    }
}

type Sign = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// Whoever signs with a key of an algorithm.
struct Signer {
    key: SigningKey,
    material: Vec<u8>,
    sign: Sign,
}

fn hmac() -> Signer {
    let sign = |signed: &[u8]| {
        let mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
        mac.chain_update(signed).finalize().into_bytes().to_vec()
    };
    let key = signing_key(SigningAlgorithm::HmacSha256);
    Signer { key, material: SECRET.to_vec(), sign: Box::new(sign) }
}

fn ed25519() -> Signer {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let material = pair.public_key().as_ref().to_vec();
    let sign = move |signed: &[u8]| pair.sign(signed).as_ref().to_vec();
    Signer { key: signing_key(SigningAlgorithm::Ed25519), material, sign: Box::new(sign) }
}

fn es256(encoding: &'static EcdsaSigningAlgorithm) -> Signer {
    let dice = SystemRandom::new();
    let made = EcdsaKeyPair::generate_pkcs8(encoding, &dice).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(encoding, made.as_ref(), &dice).unwrap();
    let material = pair.public_key().as_ref().to_vec();
    let sign = move |signed: &[u8]| pair.sign(&dice, signed).unwrap().as_ref().to_vec();
    Signer { key: signing_key(SigningAlgorithm::Es256), material, sign: Box::new(sign) }
}

impl Signer {
    fn all() -> [Self; 4] {
        let es256 = [&ECDSA_P256_SHA256_FIXED_SIGNING, &ECDSA_P256_SHA256_ASN1_SIGNING].map(es256);
        let [fixed, der] = es256;
        [hmac(), ed25519(), fixed, der]
    }

    fn expected(&self) -> Expected {
        let verifier = Verifier::new(&self.key, &self.material).unwrap();
        Expected::of("key_1", SignaturePolicy::Required, vec![verifier])
    }

    fn signature(&self, request: &Received<'_>) -> Vec<u8> {
        let signed = request.signed_bytes(self.key.profile, self.key.form, TIME).unwrap();
        (self.sign)(&signed)
    }

    /// What a signature is known by, where it is right.
    fn verify(&self, signature: &str, request: &Received<'_>) -> Option<[u8; 32]> {
        verify(&self.expected(), signature, request)
    }
}

fn verify(expected: &Expected, signature: &str, request: &Received<'_>) -> Option<[u8; 32]> {
    let claim = Claim { signature, timestamp: TIME };
    expected.verify(claim, request, now()).ok().map(|verified| verified.digest)
}

fn request(body: &[u8]) -> Received<'_> {
    Received { method: "POST", target: "/checkout_sessions", idempotency_key: Some("k"), body }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(digit.into(), 16).unwrap()).collect()
}

#[test]
fn every_algorithm_profile_and_form_is_verified() {
    for mut signer in Signer::all() {
        for profile in SigningProfile::ALL {
            for form in SignedForm::ALL {
                (signer.key.profile, signer.key.form) = (profile, form);
                let request = request(BODY);
                let signature = signer.signature(&request);
                let known = signer.verify(&URL_SAFE_NO_PAD.encode(&signature), &request);
                assert!(known.is_some(), "{:?} {profile:?} {form:?}", signer.key.algorithm);
                let padded = URL_SAFE.encode(&signature);
                assert_eq!(signer.verify(&padded, &request), known, "padding says nothing");
            }
        }
    }
}

#[test]
fn a_profile_covers_what_it_says_and_a_form_forgives_what_it_says() {
    let mut signer = hmac();
    let asked = request(BODY);
    let spaced = String::from_utf8(BODY.to_vec()).unwrap().replace(": ", ":");
    let respaced = Received { body: spaced.as_bytes(), ..asked };
    let elsewhere = Received { target: "/checkout_sessions/cs_1", ..asked };
    let rekeyed = Received { idempotency_key: Some("l"), ..asked };
    let replaced = Received { method: "PUT", ..asked };
    let changed = Received { body: b"{}", ..asked };
    for (profile, covered) in [
        (SigningProfile::Body, false),
        (SigningProfile::TimeAndBody, false),
        (SigningProfile::Full, true),
    ] {
        for form in SignedForm::ALL {
            (signer.key.profile, signer.key.form) = (profile, form);
            let signature = URL_SAFE_NO_PAD.encode(signer.signature(&asked));
            let good = |request: &Received<'_>| signer.verify(&signature, request).is_some();
            assert!(!good(&changed), "{profile:?}");
            assert_eq!(good(&respaced), form == SignedForm::Canonical, "{profile:?} {form:?}");
            for other in [elsewhere, rekeyed, replaced] {
                assert_eq!(good(&other), !covered, "{profile:?} {other:?}");
            }
        }
    }
}

#[test]
fn a_signature_has_one_length_and_the_encodings_of_its_algorithm() {
    let request = request(BODY);
    for signer in Signer::all() {
        let signature = signer.signature(&request);
        let right = URL_SAFE_NO_PAD.encode(&signature);
        let is_hmac = signer.key.algorithm == SigningAlgorithm::HmacSha256;
        assert_eq!(signer.verify(&hex(&signature), &request).is_some(), is_hmac);
        assert_eq!(signer.verify(&hex(&signature).to_uppercase(), &request).is_some(), is_hmac);
        let twice = hex(&[&right, ":"].concat().into_bytes());
        let mut longer = signature.clone();
        longer.push(0);
        for bad in [
            String::new(),
            right.chars().take(1).collect(),
            right.chars().skip(1).collect(),
            format!(" {right}"),
            format!("{right}."),
            format!("sha256={right}"),
            URL_SAFE_NO_PAD.encode(&longer),
            URL_SAFE_NO_PAD.encode(&signature[..signature.len() - 1]),
            URL_SAFE_NO_PAD.encode([0; 64]),
            URL_SAFE_NO_PAD.encode([0; 32]),
            twice,
        ] {
            assert_eq!(signer.verify(&bad, &request), None, "{bad}");
        }
    }
    // Of the other alphabet, where it makes a difference.
    let signer = hmac();
    let bodies = (0..100).map(|number| number.to_string());
    let differing = bodies.filter(|body| {
        let request = self::request(body.as_bytes());
        let signature = signer.signature(&request);
        let standard = STANDARD.encode(&signature);
        standard.contains(['+', '/']) && signer.verify(&standard, &request).is_none()
    });
    assert!(differing.count() > 10);
}

#[test]
fn a_key_of_somebody_else_or_of_another_time_proves_nothing() {
    let request = request(BODY);
    for signer in Signer::all() {
        let signature = URL_SAFE_NO_PAD.encode(signer.signature(&request));
        let known = signer.verify(&signature, &request).unwrap();
        let same = Verifier::new(&signer.key, &signer.material).unwrap();
        let other = Expected::of("key_2", SignaturePolicy::Required, vec![same]);
        assert_ne!(verify(&other, &signature, &request), Some(known), "known apart by holder");

        let mut bent = signer.material.clone();
        *bent.last_mut().unwrap() ^= 1;
        let bent =
            Signer { material: bent, key: signer.key.clone(), sign: Box::new(<[u8]>::to_vec) };
        assert_eq!(bent.verify(&signature, &request), None);

        let minute = std::time::Duration::from_mins(1);
        for (not_before, not_after) in [(Some(now().plus(minute)), None), (None, Some(now()))] {
            let key = SigningKey { not_before, not_after, ..signer.key.clone() };
            let late = Verifier::new(&key, &signer.material).unwrap();
            let late = Expected::of("key_1", SignaturePolicy::Required, vec![late]);
            assert_eq!(verify(&late, &signature, &request), None);
        }
    }
}

#[test]
fn the_algorithm_is_that_of_the_key_and_not_one_a_request_could_choose() {
    let request = request(BODY);
    let ed25519 = ed25519();
    // The oldest trick: the public key as if it were a secret.
    let as_secret = Signer {
        material: ed25519.material.clone(),
        key: signing_key(SigningAlgorithm::HmacSha256),
        sign: Box::new(<[u8]>::to_vec),
    };
    let signed = request.signed_bytes(ed25519.key.profile, ed25519.key.form, TIME).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&ed25519.material).unwrap();
    let mac = mac.chain_update(&signed).finalize().into_bytes();
    let forged = URL_SAFE_NO_PAD.encode(mac);
    assert!(as_secret.verify(&forged, &request).is_some(), "the forgery is a good one");
    assert_eq!(ed25519.verify(&forged, &request), None);
}

#[test]
fn while_keys_change_both_are_good() {
    let request = request(BODY);
    let signers = [hmac(), ed25519()];
    let verifiers = signers.iter().map(|one| Verifier::new(&one.key, &one.material).unwrap());
    let both = Expected::of("key_1", SignaturePolicy::Required, verifiers.collect());
    for signer in &signers {
        let signature = URL_SAFE_NO_PAD.encode(signer.signature(&request));
        assert!(verify(&both, &signature, &request).is_some());
    }
    let none = Expected::of("key_1", SignaturePolicy::Required, Vec::new());
    let signature = URL_SAFE_NO_PAD.encode(signers[0].signature(&request));
    assert_eq!(verify(&none, &signature, &request), None);
}

/// Whoever has a signature of ECDSA can write others of the same request without the key.
#[test]
fn a_signature_that_is_turned_around_is_known_as_the_same() {
    /// The order of P-256.
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
        0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let request = request(BODY);
    let signer = es256(&ECDSA_P256_SHA256_FIXED_SIGNING);
    let signature = signer.signature(&request);
    let mut turned = signature.clone();
    let mut borrow = 0;
    for place in (0..32).rev() {
        let difference = i16::from(ORDER[place]) - i16::from(signature[32 + place]) - borrow;
        borrow = i16::from(difference < 0);
        turned[32 + place] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    assert_ne!(turned, signature);
    let known = signer.verify(&URL_SAFE_NO_PAD.encode(&signature), &request);
    assert!(known.is_some());
    assert_eq!(signer.verify(&URL_SAFE_NO_PAD.encode(&turned), &request), known);
}

#[test]
fn a_body_that_has_no_canonical_form_is_told_so() {
    let mut signer = hmac();
    signer.key.form = SignedForm::Canonical;
    for body in [br#"{"a":1,"a":2}"#.as_slice(), b"[9007199254740993]", b"\xff", b"{"] {
        let claim = Claim { signature: &hex(&[0; 32]), timestamp: TIME };
        let refused = signer.expected().verify(claim, &request(body), now());
        assert!(matches!(refused, Err(Unsigned::Unsignable(_))), "{refused:?}");
    }
}

proptest! {
    #[test]
    fn whatever_is_changed_a_signature_does_not_fit_any_more(
        place in 0..BODY.len(), bit in 0..8_u8, sign_place in 0..32_usize,
    ) {
        let signer = hmac();
        let mut signature = signer.signature(&request(BODY));
        let right = hex(&signature);
        let mut body = BODY.to_vec();
        body[place] ^= 1 << bit;
        prop_assert_eq!(signer.verify(&right, &request(&body)), None);
        signature[sign_place] ^= 1 << bit;
        prop_assert_eq!(signer.verify(&hex(&signature), &request(BODY)), None);
    }

    #[test]
    fn no_header_makes_it_panic(sent in "\\PC{0,100}", time in "\\PC{0,40}", body: Vec<u8>) {
        let mut headers = HeaderMap::new();
        for (name, value) in [("signature", &sent), ("timestamp", &time)] {
            if let Ok(value) = http::HeaderValue::from_bytes(value.as_bytes()) {
                headers.insert(name, value);
            }
        }
        let claimed = Claim::read(&headers, SignaturePolicy::Required, now());
        prop_assert!(claimed.is_err() || sent.is_ascii());
        for signer in Signer::all() {
            let claim = Claim { signature: &sent, timestamp: &time };
            let verified = signer.expected().verify(claim, &request(&body), now());
            prop_assert!(verified.is_err());
        }
    }
}
