//! The Trusted Agent Protocol. The signature was made by another implementation of RFC 9421.

use super::support::{Message, Signer, at, set, source};
use crate::candidate::{Candidate, KeyId};
use crate::coverage::Purpose;
use crate::profile::TrustedAgents;
use crate::proof::{Identity, Proof, Spent, Unspent, Verdict};
use crate::refused::{Refused, Sort};
use crate::source::{Discovery, KeySource};

const MADE: i64 = 1_790_000_000;
const KEY: &str = r#"{"kid":"agent-7","kty":"OKP","crv":"Ed25519","x":"WzfHqB4PVcjKjs53BgNZjxmBnN7e1yhIl41IRMmHy9o"}"#;
const INPUT: &str = r#"sig2=("@authority" "@path");created=1790000000;keyid="agent-7";alg="ed25519";expires=1790000480;nonce="e8N7S2MFd_qrd6T2R3tdfAuuANngKI7L";tag="agent-payer-auth""#;
const SIGNATURE: &str = "sig2=:CZrz6ZD0wlwgeS7cXNr3/eokMPQ2W1x8mzHQg7Hd19v0B/eKwRw4WlKQAnP0u0uq4m1jEt/ED7aIdMUFl0oVAQ==:";

fn registry() -> KeySource {
    source(Discovery::JwksUri, "https://registry.example/agents")
}

fn payment() -> Message {
    Message::new("POST", "shop.example", "/checkout_sessions/cs_1/complete")
        .with("signature-input", INPUT)
        .with("signature", SIGNATURE)
}

fn examine(message: &Message, purpose: Purpose, now: i64) -> Result<Candidate, Refused> {
    let rules = TrustedAgents::of(registry());
    rules.examine(&message.request(), purpose, at(now)).map(|mut found| found.remove(0))
}

fn unspent(message: &Message, purpose: Purpose, keys: &[&str]) -> Result<Unspent, Refused> {
    match examine(message, purpose, MADE + 10)?.verify(&set(&registry(), keys))? {
        Verdict::Once(unspent) => Ok(unspent),
        Verdict::Proven(_) => panic!("it is good for one time only"),
    }
}

/// A signature of our own making, with this tag and these parameters.
fn signed(components: &[(&str, &str)], parameters: &str) -> (Message, String) {
    let signer = Signer::of(7);
    let message = Message::new("GET", "shop.example", "/checkout_sessions/cs_1");
    let parameters = format!(r#"{parameters};keyid="{}""#, signer.thumbprint());
    (signer.sign(message, "sig2", components, &parameters), signer.jwk())
}

const PLACE: [(&str, &str); 2] =
    [(r#""@authority""#, "shop.example"), (r#""@path""#, "/checkout_sessions/cs_1")];

#[test]
fn a_payer_is_proven_once() {
    let candidate = examine(&payment(), Purpose::Pay, MADE + 10).unwrap();
    assert_eq!(candidate.need().source, registry());
    assert_eq!(candidate.need().keyid, KeyId::Name("agent-7".to_owned()));

    let unspent = unspent(&payment(), Purpose::Pay, &[KEY]).unwrap();
    assert_eq!(unspent.spending().nonce, "e8N7S2MFd_qrd6T2R3tdfAuuANngKI7L");
    assert_eq!(unspent.spending().until, at(MADE + 480 + 60));
    assert_eq!(unspent.clone().spent(Spent::Before), Err(Refused::Spent));
    assert_eq!(Refused::Spent.sort(), Sort::Replayed);

    let proof: Proof = unspent.spent(Spent::FirstTime).unwrap();
    assert_eq!(proof.tag(), Some("agent-payer-auth"));
    let Identity::Published { keyid, source, .. } = proof.identity() else { panic!("published") };
    assert_eq!((keyid.as_str(), source), ("agent-7", &registry()));
}

#[test]
fn a_stale_signature_is_refused() {
    let examine = |now| examine(&payment(), Purpose::Pay, now).map(|_candidate| ());
    assert_eq!(examine(MADE - 60), Ok(()));
    assert_eq!(examine(MADE - 61), Err(Refused::FromTheFuture));
    assert_eq!(examine(MADE + 480 + 59), Ok(()));
    assert_eq!(examine(MADE + 480 + 60), Err(Refused::Expired));
}

#[test]
fn a_longer_window_is_refused() {
    let (message, _) = signed(
        &PLACE,
        r#";created=1790000000;expires=1790000481;nonce="n";tag="agent-browser-auth""#,
    );
    let refused = examine(&message, Purpose::Read, MADE).unwrap_err();
    assert_eq!(refused, Refused::GoodForTooLong(480));
}

#[test]
fn looking_is_not_paying() {
    let (message, jwk) = signed(
        &PLACE,
        r#";created=1790000000;expires=1790000480;nonce="n";tag="agent-browser-auth""#,
    );
    assert!(unspent(&message, Purpose::Read, &[&jwk]).is_ok());
    assert!(unspent(&message, Purpose::Change, &[&jwk]).is_ok());
    let refused = unspent(&message, Purpose::Pay, &[&jwk]).unwrap_err();
    assert_eq!(refused.sort(), Sort::Unsigned);
    assert!(unspent(&payment(), Purpose::Read, &[KEY]).is_ok());
}

#[test]
fn host_path_and_a_nonce_are_demanded() {
    let rest = r#";created=1790000000;expires=1790000480;tag="agent-browser-auth""#;
    let (message, _) = signed(&PLACE, rest);
    let refused = examine(&message, Purpose::Read, MADE).unwrap_err();
    assert_eq!(refused, Refused::Parameter("nonce"));
    let (message, _) = signed(&PLACE, &format!(r#"{rest};nonce="""#));
    let refused = examine(&message, Purpose::Read, MADE).unwrap_err();
    assert_eq!(refused, Refused::Parameter("nonce"));
    for (left, uncovered) in [(0, "@path"), (1, "@authority")] {
        let (message, _) = signed(&PLACE[left..=left], &format!(r#"{rest};nonce="n""#));
        let refused = examine(&message, Purpose::Read, MADE).unwrap_err();
        assert_eq!(refused, Refused::Uncovered(uncovered.to_owned()));
    }
}

#[test]
fn a_signature_for_another_path_proves_nothing() {
    let mut message = payment();
    message.target = "/checkout_sessions/cs_2/complete".parse().unwrap();
    assert_eq!(unspent(&message, Purpose::Pay, &[KEY]).unwrap_err(), Refused::NotByThisKey);
    assert_eq!(
        unspent(&payment(), Purpose::Pay, &[&Signer::of(1).jwk()]).unwrap_err(),
        Refused::UnknownKey("agent-7".to_owned())
    );
}

#[test]
fn a_name_with_a_capital_is_no_parameter() {
    let message = payment().but("signature-input", &INPUT.replace("keyid", "keyId"));
    let refused = examine(&message, Purpose::Pay, MADE).unwrap_err();
    assert!(matches!(refused, Refused::Malformed { .. }), "{refused}");
}
