//! Web Bot Auth: the published examples of the draft, and what is refused.

use std::time::Duration;

use super::rfc9421::{ED25519, RSA_PSS};
use super::support::{Message, Signer, at, set, source};
use crate::candidate::Candidate;
use crate::coverage::Purpose;
use crate::profile::WebBotAuth;
use crate::proof::{Identity, Profile, Proof, Verdict};
use crate::refused::{Refused, Sort};
use crate::source::{Discovery, KeySource};
use crate::window::Window;

const NOW: i64 = 1_790_000_000;

/// An example of the draft: name, key, `Signature-Agent`, `Signature-Input`, `Signature`.
type Example = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// Appendix E of the draft. Those with a dictionary are good for a hundred years.
const EXAMPLES: [Example; 4] = [
    (
        "E.1.1",
        RSA_PSS,
        r#"agent2="https://signature-agent.test""#,
        r#"sig2=("@authority" "signature-agent";key="agent2");created=1735689600;keyid="oD0HwocPBSfpNy5W3bpJeyFGY_IQ_YpqxSjQ3Yd-CLA";alg="rsa-pss-sha512";expires=4889289600;nonce="wcfPQPh7SzkvrIVvhD00vNk9PkxJNY2NVbYl2PVBB4zmUoluSwE7W6bPtF60QA3k8g06FU7PPCD+J58YofY1zg==";tag="web-bot-auth""#,
        "sig2=:gHzpLNeHaHIO19NaJH9YMW5dcVSi2s0wOMBr6p18vcofS106sfC4KBIS0/szPlBBd1vIcyQ88B6CTEWIhRAiVrb9zfX0mx1aG12CSGWcYkSirHeyTxhbuJvXd27ed6skWoy4PjXItq38936ivUQjfdIwXh1aX6HxkAC3vRnEdSNfntkLWeEuIQ5BLIOBGE39fSwg27Qjq6OVWYas/9/aFUr3HA34MXWYdp+//cvlEKDp3kRoLOw9ro0AOr6srHrTeEtxon2afcws1aZVSlPdd2fZSEIGmw9HAHLDCEkFTERu1gH2k/zIEqgy7CAYXI9E5slog0cLg/Vc6+f8gih33g==:",
    ),
    (
        "E.1.2",
        RSA_PSS,
        r#""https://signature-agent.test""#,
        r#"sig2=("@authority" "signature-agent");created=1735689600;keyid="oD0HwocPBSfpNy5W3bpJeyFGY_IQ_YpqxSjQ3Yd-CLA";alg="rsa-pss-sha512";expires=1735693200;nonce="XSHtZVCThSIAksXsH9WBs6AtxtXC0eQGiIcUGSoJstFs8lAWakjhrfwzLhyjtme5iXMZvmFWqDEs6cT3Jf+BbQ==";tag="web-bot-auth""#,
        "sig2=:I1QWNzGXdP1a4dSvOHLCVOOanEYHDk+ZsVxM9MLX/p4ko69ghKwR5EOtAD96g7g4GWP7lmpM/jFAf9q8EFRDTPLjUXySwMv4YPgabv2LQihTJG2y8a2m6IGltyruwQNiqSJVUuRaG9+b17CGmAMFZh30X6GXLdQJrCARpeTqPwp2DC+a8haDE/VE5EruqzjA5/2mKwvrkzkSqeW5tOVtFwWRRHIOidquf/8Je6kM9mhgkg4arudLA5SL4wyyYE1jURIgcOl8agrfdJ5Def23DIRtiOLRa8jT9cpTLFAuFHN+mrZA/LH9h0gSIg1cPb+0cMASee5uku1KjWcFer7jWA==:",
    ),
    (
        "E.2.1",
        ED25519,
        r#"agent2="https://signature-agent.test""#,
        r#"sig2=("@authority" "signature-agent";key="agent2");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=4889289600;nonce="n9p433xm+NJ3ph3upfBIGmsuwHw387YV7Q/F+6BSpGCVjYCqQw6rznNA8PVVLySrAWsv0hQtFioQb6E1YsauiA==";tag="web-bot-auth""#,
        "sig2=:RdNFx5Bj6au3YgAMQL/RzmUlZE8QZLIaXGRpw985hWnwPfMxT228NMk6ehRS1PSl4e8PhbNZACSanGdhEwYCCg==:",
    ),
    (
        "E.2.2",
        ED25519,
        r#""https://signature-agent.test""#,
        r#"sig2=("@authority" "signature-agent");created=1735689600;keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1735693200;nonce="e8N7S2MFd/qrd6T2R3tdfAuuANngKI7LFtKYI/vowzk4lAZYadIX6wW25MwG7DCT9RUKAJ0qVkU0mEeLElW1qg==";tag="web-bot-auth""#,
        "sig2=:jdq0SqOwHdyHr9+r5jw3iYZH6aNGKijYp/EstF4RQTQdi5N5YYKrD+mCT1HA1nZDsi6nJKuHxUi/5Syp3rLWBA==:",
    ),
];

fn example((_, _, agent, input, signature): Example) -> Message {
    Message::new("GET", "example.com", "/")
        .with("signature-agent", agent)
        .with("signature-input", input)
        .with("signature", signature)
}

fn agent() -> KeySource {
    source(Discovery::Directory, "https://agent.example")
}

fn parameters(signer: &Signer, created: i64, expires: i64) -> String {
    let keyid = signer.thumbprint();
    format!(r#";created={created};keyid="{keyid}";expires={expires};tag="web-bot-auth""#)
}

/// A signed read of a session.
fn read(signer: &Signer) -> Message {
    let message = Message::new("GET", "shop.example", "/checkout_sessions/cs_1")
        .with("signature-agent", r#"sig1="https://agent.example""#);
    let components = [
        (r#""@authority""#, "shop.example"),
        (r#""signature-agent";key="sig1""#, r#""https://agent.example""#),
    ];
    signer.sign(message, "sig1", &components, &parameters(signer, NOW, NOW + 300))
}

const CHANGE: [(&str, &str); 6] = [
    (r#""@method""#, "POST"),
    (r#""@authority""#, "shop.example"),
    (r#""@path""#, "/checkout_sessions"),
    (r#""content-digest""#, "sha-256=:tTZXBK6lJnGqkxTILCUyRJfcrBQ5lvx5m2ajvqpckSI=:"),
    (r#""idempotency-key""#, "key-1"),
    (r#""signature-agent";key="sig1""#, r#""https://agent.example""#),
];

/// A signed change, without one of its components.
fn change(signer: &Signer, without: Option<&str>) -> Message {
    let message = Message::new("POST", "shop.example", "/checkout_sessions")
        .with("idempotency-key", "key-1")
        .with("signature-agent", r#"sig1="https://agent.example""#)
        .with_body(r#"{"items":[]}"#);
    let digest = message.headers["content-digest"].to_str().unwrap().to_owned();
    let components: Vec<_> = CHANGE
        .iter()
        .filter(|(name, _)| Some(*name) != without)
        .map(|(name, value)| match *name {
            r#""content-digest""# => (*name, digest.as_str()),
            _ => (*name, *value),
        })
        .collect();
    signer.sign(message, "sig1", &components, &parameters(signer, NOW, NOW + 300))
}

fn examine(message: &Message, purpose: Purpose) -> Result<Candidate, Refused> {
    let mut found = WebBotAuth::default().examine(&message.request(), purpose, at(NOW))?;
    assert_eq!(found.len(), 1);
    Ok(found.remove(0))
}

fn prove(message: &Message, purpose: Purpose, signer: &Signer) -> Result<Proof, Refused> {
    match examine(message, purpose)?.verify(&set(&agent(), &[&signer.jwk()]))? {
        Verdict::Proven(proof) => Ok(proof),
        Verdict::Once(_) => panic!("it is good for more than one time"),
    }
}

#[test]
fn the_published_examples_are_proven() {
    let hundred_years = Duration::from_hours(24 * 365 * 100 + 24 * 25);
    let patient = WebBotAuth { window: Window::of(hundred_years), ..WebBotAuth::default() };
    for published in EXAMPLES {
        let message = example(published);
        let found = patient.examine(&message.request(), Purpose::Read, at(1_735_689_660));
        let candidate = found.unwrap().remove(0);
        let source = candidate.need().source.clone();
        let url = "https://signature-agent.test/.well-known/http-message-signatures-directory";
        assert_eq!(source.fetched().to_string(), url);

        let Ok(Verdict::Proven(proof)) = candidate.verify(&set(&source, &[ED25519, RSA_PSS]))
        else {
            panic!("{} is not proven", published.0);
        };
        assert_eq!(proof.tag(), Some("web-bot-auth"));
        assert_eq!(proof.profile(), Profile::WebBotAuth);
        assert_eq!(proof.covered().len(), 2);
        assert!(proof.nonce().is_some());
    }
}

#[test]
fn examples_that_are_good_for_a_hundred_years_are_refused_otherwise() {
    for published in EXAMPLES {
        let message = example(published);
        let found =
            WebBotAuth::default().examine(&message.request(), Purpose::Read, at(1_735_689_660));
        match published.0 {
            "E.1.2" | "E.2.2" => assert!(found.is_ok(), "{}", published.0),
            _ => assert_eq!(found.unwrap_err(), Refused::GoodForTooLong(86_400)),
        }
    }
}

#[test]
fn an_agent_is_the_place_its_key_was_found_at() {
    let signer = Signer::of(1);
    let proof = prove(&read(&signer), Purpose::Read, &signer).unwrap();
    let thumbprint = signer.key().thumbprint().unwrap();
    let keyid = thumbprint.to_string();
    let expected = Identity::Published { source: agent(), keyid, thumbprint };
    assert_eq!(proof.identity(), &expected);
    assert_eq!((proof.label(), proof.expires()), ("sig1", at(NOW + 300)));
}

#[test]
fn a_key_that_is_known_at_another_place_proves_nothing() {
    let signer = Signer::of(1);
    let candidate = examine(&read(&signer), Purpose::Read).unwrap();
    let elsewhere = source(Discovery::Directory, "https://other.example");
    let refused = candidate.verify(&set(&elsewhere, &[&signer.jwk()])).unwrap_err();
    assert_eq!(refused, Refused::FoundElsewhere);
}

#[test]
fn a_key_is_the_one_its_thumbprint_names() {
    let (signer, other) = (Signer::of(1), Signer::of(2));
    let jwk = other.jwk();
    let renamed = format!(r#"{{"kid":"{}",{}"#, signer.thumbprint(), jwk.trim_start_matches('{'));
    let candidate = examine(&read(&signer), Purpose::Read).unwrap();
    let refused = candidate.verify(&set(&agent(), &[&renamed])).unwrap_err();
    assert_eq!(refused, Refused::UnknownKey(signer.thumbprint()));

    let keyid = read(&signer).headers["signature-input"].to_str().unwrap().to_owned();
    let borrowed = keyid.replace(&signer.thumbprint(), &other.thumbprint());
    let message = read(&signer).but("signature-input", &borrowed);
    assert_eq!(prove(&message, Purpose::Read, &other), Err(Refused::NotByThisKey));

    let short = keyid.replace(&signer.thumbprint(), "key-1");
    let refused = examine(&read(&signer).but("signature-input", &short), Purpose::Read);
    assert_eq!(refused.unwrap_err(), Refused::Parameter("keyid"));
}

#[test]
fn a_change_is_covered_wholly() {
    let signer = Signer::of(1);
    assert!(prove(&change(&signer, None), Purpose::Change, &signer).is_ok());
    for (component, _) in CHANGE {
        let refused = prove(&change(&signer, Some(component)), Purpose::Change, &signer);
        assert!(matches!(refused, Err(Refused::Uncovered(_))), "{component}: {refused:?}");
    }
    let refused = prove(&read(&signer), Purpose::Change, &signer);
    assert_eq!(refused, Err(Refused::Uncovered("@method".to_owned())));
}

#[test]
fn a_body_that_is_not_the_signed_one_is_refused() {
    let signer = Signer::of(1);
    let mut message = change(&signer, None);
    message.body = br#"{"items":[1]}"#.to_vec();
    for purpose in [Purpose::Read, Purpose::Change, Purpose::Pay] {
        assert_eq!(prove(&message, purpose, &signer), Err(Refused::DigestDiffers));
    }
}

#[test]
fn a_query_is_covered_by_a_change_that_has_one() {
    let signer = Signer::of(1);
    let mut message = change(&signer, None);
    message.target = "/checkout_sessions?dry=1".parse().unwrap();
    let refused = prove(&message, Purpose::Change, &signer);
    assert!(matches!(refused, Err(Refused::Uncovered(_))), "{refused:?}");
}

#[test]
fn one_member_of_a_digest_does_not_cover_the_body() {
    let signer = Signer::of(1);
    let message = Message::new("POST", "shop.example", "/carts")
        .with("signature-agent", r#""https://agent.example""#)
        .with_body("{}");
    let message = message.with("content-digest", "new=:AA==:");
    let components = [
        (r#""@method""#, "POST"),
        (r#""@target-uri""#, "https://shop.example/carts"),
        (r#""content-digest";key="new""#, ":AA==:"),
        (r#""signature-agent""#, r#""https://agent.example""#),
    ];
    let sent = signer.sign(message, "a", &components, &parameters(&signer, NOW, NOW + 60));
    assert!(prove(&sent, Purpose::Read, &signer).is_ok());
    let refused = prove(&sent, Purpose::Change, &signer);
    assert_eq!(refused, Err(Refused::Uncovered("content-digest".to_owned())));
}

#[test]
fn a_signature_is_good_for_a_while_and_clocks_may_be_off() {
    let signer = Signer::of(1);
    let message = read(&signer);
    let examine = |now| {
        WebBotAuth::default().examine(&message.request(), Purpose::Read, at(now)).map(|_found| ())
    };
    assert_eq!(examine(NOW - 61), Err(Refused::FromTheFuture));
    assert_eq!(examine(NOW - 60), Ok(()));
    assert_eq!(examine(NOW + 359), Ok(()));
    assert_eq!(examine(NOW + 360), Err(Refused::Expired));
}

#[test]
fn a_signature_says_how_long_it_is_good() {
    let signer = Signer::of(1);
    let with = |parameters: &str| {
        let message = Message::new("GET", "shop.example", "/")
            .with("signature-agent", r#""https://agent.example""#);
        let components = [
            (r#""@authority""#, "shop.example"),
            (r#""signature-agent""#, r#""https://agent.example""#),
        ];
        let keyid = signer.thumbprint();
        let parameters = format!(r#";keyid="{keyid}";tag="web-bot-auth"{parameters}"#);
        let sent = signer.sign(message, "a", &components, &parameters);
        prove(&sent, Purpose::Read, &signer).map(|_proof| ())
    };
    let (created, day) = (NOW, NOW + 86_400);
    assert_eq!(with(&format!(";created={created};expires={day}")), Ok(()));
    let too_long = with(&format!(";created={created};expires={}", day + 1));
    assert_eq!(too_long, Err(Refused::GoodForTooLong(86_400)));
    assert_eq!(with(&format!(";created={created}")), Err(Refused::Parameter("expires")));
    assert_eq!(with(&format!(";expires={day}")), Err(Refused::Parameter("created")));
    let backwards = with(&format!(";created={created};expires={created}"));
    assert_eq!(backwards, Err(Refused::Parameter("expires")));
    let text = with(&format!(r#";created="{created}";expires={day}"#));
    assert_eq!(text, Err(Refused::Parameter("created")));
    let end_of_time = with(";created=-999999999999999;expires=999999999999999");
    assert_eq!(end_of_time, Err(Refused::Parameter("created")));
}

#[test]
fn all_kinds_of_places_are_read() {
    let signer = Signer::of(1);
    for (field, component, value, expected) in [
        (
            r#"a="https://agent.example/me";type=cimd"#,
            r#""signature-agent";key="a""#,
            r#""https://agent.example/me";type=cimd"#,
            source(Discovery::Cimd, "https://agent.example/me"),
        ),
        (
            r#"b="https://x.example", a="https://agent.example/jwks";type=jwks_uri"#,
            r#""signature-agent";key="a""#,
            r#""https://agent.example/jwks";type=jwks_uri"#,
            source(Discovery::JwksUri, "https://agent.example/jwks"),
        ),
        (
            r#"b="https://x.example", a="https://agent.example""#,
            r#""signature-agent""#,
            r#"b="https://x.example", a="https://agent.example""#,
            agent(),
        ),
        (
            r#"other="https://agent.example";type=directory"#,
            r#""signature-agent""#,
            r#"other="https://agent.example";type=directory"#,
            agent(),
        ),
    ] {
        let message = Message::new("GET", "shop.example", "/").with("signature-agent", field);
        let components = [(r#""@authority""#, "shop.example"), (component, value)];
        let sent = signer.sign(message, "a", &components, &parameters(&signer, NOW, NOW + 60));
        let candidate = examine(&sent, Purpose::Read).unwrap();
        assert_eq!(candidate.need().source, expected, "{field}");
        let found = set(&expected, &[&signer.jwk()]);
        assert!(matches!(candidate.verify(&found), Ok(Verdict::Proven(_))), "{field}");
    }
}

#[test]
fn a_place_that_cannot_be_followed_is_refused() {
    let signer = Signer::of(1);
    for (field, component) in [
        (r#"a="http://agent.example""#, r#""signature-agent";key="a""#),
        (r#"a="https://agent.example/x""#, r#""signature-agent";key="a""#),
        (r#"a="https://10.0.0.1""#, r#""signature-agent";key="a""#),
        (r#"a="https://agent.example";type=new"#, r#""signature-agent";key="a""#),
        (r#"b="https://agent.example""#, r#""signature-agent";key="a""#),
        (r#""https://agent.example""#, r#""signature-agent";key="a""#),
        (r#"b="https://agent.example", c="https://x.example""#, r#""signature-agent""#),
        (r#"a=("https://agent.example")"#, r#""signature-agent""#),
        ("https://agent.example", r#""signature-agent""#),
        ("agent", r#""signature-agent""#),
    ] {
        let message = Message::new("GET", "shop.example", "/").with("signature-agent", field);
        let components = [(r#""@authority""#, "shop.example"), (component, "whatever")];
        let sent = signer.sign(message, "a", &components, &parameters(&signer, NOW, NOW + 60));
        let refused = examine(&sent, Purpose::Read).unwrap_err();
        assert!(matches!(refused, Refused::NoSource(_)), "{field}: {refused}");
    }
}

#[test]
fn one_signature_is_by_one_agent() {
    let signer = Signer::of(1);
    let field = r#"a="https://agent.example", b="https://other.example""#;
    let message = Message::new("GET", "shop.example", "/").with("signature-agent", field);
    let components = [
        (r#""@authority""#, "shop.example"),
        (r#""signature-agent";key="a""#, r#""https://agent.example""#),
        (r#""signature-agent";key="b""#, r#""https://other.example""#),
    ];
    let sent = signer.sign(message, "a", &components, &parameters(&signer, NOW, NOW + 60));
    let refused = examine(&sent, Purpose::Read).unwrap_err();
    assert_eq!(refused, Refused::NoSource("the signature covers two of it"));
}

#[test]
fn signatures_for_other_rules_are_passed_over() {
    let signer = Signer::of(1);
    let other = Signer::of(2);
    let message = other.sign(read(&signer), "z", &[(r#""@method""#, "GET")], r#";tag="other""#);
    assert!(prove(&message, Purpose::Read, &signer).is_ok());

    let message = other.sign(Message::new("GET", "a.example", "/"), "z", &[], ";created=1");
    let refused = examine(&message, Purpose::Read).unwrap_err();
    assert_eq!(refused.sort(), Sort::Unsigned);
}

#[test]
fn a_bad_signature_does_not_spoil_a_good_one() {
    let (signer, other) = (Signer::of(1), Signer::of(2));
    let stale = parameters(&other, NOW - 900, NOW - 600);
    let message = other.sign(read(&signer), "z", &[(r#""@authority""#, "x")], &stale);
    assert!(prove(&message, Purpose::Read, &signer).is_ok());
}

#[test]
fn a_secret_is_no_key_of_an_agent() {
    let signer = Signer::of(1);
    let input = read(&signer).headers["signature-input"].to_str().unwrap().to_owned();
    let message = read(&signer).but("signature-input", &format!(r#"{input};alg="hmac-sha256""#));
    let refused = prove(&message, Purpose::Read, &signer).unwrap_err();
    assert!(matches!(refused, Refused::AlgorithmContradicts { .. }), "{refused}");
}
