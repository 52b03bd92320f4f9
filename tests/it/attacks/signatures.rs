//! Rows 17 to 22: signatures that are bad, old, used twice, or about something else.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ports::{Clock as _, PortError, Retry, SignatureUse, UsedSignatures};
use acp_core::principal::{Proof, Scope, Tier};
use acp_core::signing::{SignaturePolicy, SignedForm, SigningProfile};
use acp_wire::scalar::DateTime;
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::future::join_all;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::signer::{Asked, Signer, hex, now};
use crate::http::app::{Answer, TestApp, Wishes, basket, standard_shipping};

pub(super) const PATH: &str = "/checkout_sessions";

pub(super) fn open<'a>(key: &'a str, body: &'a str) -> Asked<'a> {
    Asked { method: "POST", path: PATH, key, body }
}

pub(super) fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

/// How many sessions there are, of all agents.
pub(super) async fn sessions(app: &TestApp) -> usize {
    let merchant = app.key_of("auditor", Scope::Merchant).await;
    let page = app.get(&format!("{PATH}?limit=100")).token(&merchant).send().await;
    assert_eq!(page.status, 200, "{:#}", page.body);
    page.body["checkout_sessions"].as_array().or(page.body["data"].as_array()).unwrap().len()
}

#[tokio::test]
async fn a_signed_request_is_done_in_every_profile_and_form() {
    for profile in SigningProfile::ALL {
        for form in SignedForm::ALL {
            let app = TestApp::start().await;
            let agent = Signer::of(&app, "a", profile, form).await;
            let body = format!("{:#}", basket());
            let opened = agent.signed(&app, open("k1", &body)).send().await;
            assert_eq!(opened.status, 201, "{profile:?} {form:?} {:#}", opened.body);
            let path = format!("{PATH}/{}", opened.id());
            let look = Asked { method: "GET", path: &path, key: "", body: "" };
            let shown = agent.signed(&app, look).send().await;
            assert_eq!(shown.status, 200, "{profile:?} {form:?} {:#}", shown.body);
            let again = agent.signed(&app, look).send().await;
            assert_eq!(again.status, 200, "looking twice in a moment harms nobody");
            app.clock.advance(Duration::from_millis(1));
            let cancel = format!("{path}/cancel");
            // Over the body alone something has to stand there.
            let body = if profile == SigningProfile::Body { "{}" } else { "" };
            let cancel = Asked { method: "POST", path: &cancel, key: "k2", body };
            let canceled = agent.signed(&app, cancel).send().await;
            assert_eq!(canceled.body["status"], "canceled", "{:#}", canceled.body);
        }
    }
}

#[tokio::test]
async fn row_20_a_signature_of_a_look_changes_nothing() {
    for form in SignedForm::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", SigningProfile::Body, form).await;
        let opened = agent.signed(&app, open("k1", &basket().to_string())).send().await;
        let path = format!("{PATH}/{}", opened.id());
        // What somebody who overhears a look at anything has: a signature over nothing.
        let cancel = format!("{path}/cancel");
        let cancel = Asked { method: "POST", path: &cancel, key: "k2", body: "" };
        let refused = agent.signed(&app, cancel).send().await;
        assert_eq!(refusal(&refused), (401, "invalid_signature"), "{:#}", refused.body);
        let look = Asked { method: "GET", path: &path, key: "", body: "" };
        let shown = agent.signed(&app, look).send().await;
        assert_eq!(shown.body["status"], opened.body["status"], "{:#}", shown.body);
    }
}

#[tokio::test]
async fn row_27_what_is_no_json_is_refused_before_its_signature_is_used() {
    for form in SignedForm::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", SigningProfile::TimeAndBody, form).await;
        let body = basket().to_string();
        let refused = agent.signed(&app, open("k1", &body)).header("content-type", "text/plain");
        let refused = refused.send().await;
        assert_eq!(refusal(&refused), (415, "unsupported_media_type"), "{:#}", refused.body);
        let opened = agent.signed(&app, open("k2", &body)).send().await;
        assert_eq!(opened.status, 201, "the signature is still good: {:#}", opened.body);
    }
}

#[tokio::test]
async fn the_policy_of_a_key_says_whether_it_signs() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let body = basket().to_string();
    let unsigned = |key| agent.unsigned(&app, open(key, &body));
    let missing = unsigned("k").send().await;
    assert_eq!(refusal(&missing), (401, "missing_signature"));
    assert_eq!(missing.headers["www-authenticate"], "Bearer");
    let look = Asked { method: "GET", path: "/orders", key: "", body: "" };
    assert_eq!(agent.unsigned(&app, look).send().await.code(), "missing_signature");
    let bad = || unsigned("k").header("signature", "00").header("timestamp", &now(&app));

    let set = async |policy| app.identity.set_signature_policy(&agent.id, policy).await.unwrap();
    set(SignaturePolicy::Optional).await;
    assert_eq!(bad().send().await.code(), "invalid_signature");
    assert_eq!(unsigned("k").send().await.status, 201);
    set(SignaturePolicy::Off).await;
    assert!(bad().send().await.is_replay(), "it is not looked at");
    assert_eq!(sessions(&app).await, 1);
}

#[tokio::test]
async fn while_secrets_change_both_are_good_and_an_ended_one_is_not() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::Full, SignedForm::Raw).await;

    let old = Signer {
        token: agent.token.clone(),
        id: agent.id.clone(),
        secret: agent.secret.clone(),
        signing_key: agent.signing_key.clone(),
        ..agent
    };
    let new = agent.with_another_secret(&app).await;
    let body = basket().to_string();
    assert_eq!(old.signed(&app, open("k1", &body)).send().await.status, 201);
    assert_eq!(new.signed(&app, open("k2", &body)).send().await.status, 201);
    app.identity.end_signing_key(&old.id, &old.signing_key).await.unwrap();
    let ended = old.signed(&app, open("k3", &body)).send().await;
    assert_eq!(refusal(&ended), (401, "invalid_signature"));
    assert_eq!(new.signed(&app, open("k4", &body)).send().await.status, 201);
}

#[tokio::test]
async fn a_proven_caller_is_known_as_one_who_signed() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::Full, SignedForm::Raw).await;
    let caller = app.identity.authenticate(&agent.token).unwrap();
    let expected = caller.expected.unwrap();
    let asked = open("k", "{}");
    let time = now(&app);
    let mut headers = http::HeaderMap::new();
    let signature = hex(&agent.signature(asked, &time));
    headers.insert("signature", signature.parse().unwrap());
    headers.insert("timestamp", time.parse().unwrap());
    let claim = app.identity.claim(&headers, &expected).unwrap().unwrap();
    let received = acp_gateway::identity::Received {
        method: "POST",
        target: PATH,
        idempotency_key: Some("k"),
        body: b"{}",
    };
    let verified = app.identity.verify(&expected, claim, &received).unwrap();
    let proven = app.identity.prove(&caller.principal, verified, &received).await.unwrap();
    assert_eq!((caller.principal.tier, proven.tier), (Tier::Token, Tier::Signed));
    let [Proof::Bearer { key: Some(id) }, Proof::Signature { key, .. }] = proven.proofs.as_slice()
    else {
        panic!("{:?}", proven.proofs)
    };
    assert_eq!((&**id, &**key), (&*agent.id, &*agent.signing_key));
}

#[tokio::test]
async fn row_17_a_bad_signature_is_refused() {
    for profile in SigningProfile::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", profile, SignedForm::Canonical).await;
        let stranger = Signer::of(&app, "b", profile, SignedForm::Canonical).await;
        let body = basket().to_string();
        let (asked, time) = (open("k", &body), now(&app));
        let right = agent.signature(asked, &time);
        let text = hex(&right);
        let mut bent = right.clone();
        bent[31] ^= 1;
        for bad in [
            String::new(),
            text.chars().take(1).collect(),
            text.chars().skip(1).collect(),
            format!("{text}00"),
            format!("0x{text}"),
            format!("v1={text}"),
            hex(&bent),
            hex(&[0; 32]),
            hex(&stranger.signature(asked, &time)),
            URL_SAFE_NO_PAD.encode(&bent),
            URL_SAFE_NO_PAD.encode(&text),
            STANDARD.encode([0xff; 32]),
            "%".to_owned(),
        ] {
            let ask = agent.unsigned(&app, asked).header("timestamp", &time);
            let answer = ask.header("signature", &bad).send().await;
            assert_eq!(refusal(&answer), (401, "invalid_signature"), "{bad:?}");
        }
        let two = agent.signed(&app, asked).and_header("signature", text.as_bytes());
        assert_eq!(refusal(&two.send().await), (401, "invalid_signature"), "one of two");
        assert_eq!(sessions(&app).await, 0);
        assert_eq!(agent.signed(&app, asked).send().await.status, 201, "the right one is good");
    }
}

#[tokio::test]
async fn row_18_a_signature_of_another_time_is_refused() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let body = basket().to_string();
    let at = |seconds: i64| {
        let span = Duration::from_secs(seconds.unsigned_abs());
        let now = app.clock.now();
        DateTime(if seconds < 0 { now.minus(span) } else { now.plus(span) }).to_string()
    };
    let ask = |key, time: &str| {
        let ask = agent.unsigned(&app, open(key, &body)).header("timestamp", time);
        ask.header("signature", &hex(&agent.signature(open(key, &body), time)))
    };
    let unix = (app.clock.now().unix_ms() / 1_000).to_string();
    let leap = at(0).replace(":00Z", ":60Z");
    for bad in [&at(-301), &at(301), &unix, &leap, "9999-12-31T23:59:59Z", "yesterday", ""] {
        let answer = ask("k", bad).send().await;
        assert_eq!(refusal(&answer), (401, "timestamp_out_of_window"), "{bad:?}");
    }
    let missing = ask("k", &at(0)).without("timestamp").send().await;
    assert_eq!(refusal(&missing), (401, "timestamp_out_of_window"));
    let two = ask("k", &at(0)).and_header("timestamp", at(1).as_bytes()).send().await;
    assert_eq!(refusal(&two), (401, "timestamp_out_of_window"));
    assert_eq!(sessions(&app).await, 0);
    for (key, seconds) in [("k1", -300), ("k2", 300)] {
        assert_eq!(ask(key, &at(seconds)).send().await.status, 201, "{seconds}");
    }
}

#[tokio::test]
async fn row_19_a_signature_is_good_for_one_request_and_its_repetition() {
    for profile in SigningProfile::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", profile, SignedForm::Canonical).await;
        let body = basket().to_string();
        let signed = agent.signed(&app, open("k", &body));
        assert_eq!(signed.clone().send().await.status, 201);
        let code = match profile {
            SigningProfile::Full => "invalid_signature",
            SigningProfile::Body | SigningProfile::TimeAndBody => "signature_replayed",
        };
        let rekeyed = signed.clone().key("another").send().await;
        assert_eq!(refusal(&rekeyed), (401, code), "{profile:?}");
        let keyless = signed.clone().without("idempotency-key").send().await;
        assert_eq!(refusal(&keyless), (401, code), "{profile:?}");
        let again = signed.send().await;
        assert_eq!((again.status.as_u16(), again.is_replay()), (201, true), "a true repetition");
        assert_eq!(sessions(&app).await, 1);
    }
}

#[tokio::test]
async fn row_19_without_a_key_there_is_no_repetition() {
    for profile in SigningProfile::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", profile, SignedForm::Canonical).await;
        let body = basket().to_string();
        // Early versions demand no key.
        let signed = agent.signed(&app, open("", &body)).header("api-version", "2026-01-16");
        let first = signed.clone().send().await;
        assert_ne!(first.status, 401, "{:#}", first.body);
        let second = signed.send().await;
        assert_eq!(refusal(&second), (401, "signature_replayed"), "{profile:?}");
    }
}

#[tokio::test]
async fn row_19_of_many_uses_of_a_signature_at_once_one_is_done() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let body = basket().to_string();
    let signed = agent.signed(&app, open("k", &body));
    let asks = (0..20).map(|number| signed.clone().key(&format!("k{number}")).send());
    let answers = join_all(asks).await;
    let done = answers.iter().filter(|answer| answer.status == 201).count();
    let refused = answers.iter().filter(|answer| answer.code() == "signature_replayed").count();
    assert_eq!((done, refused, sessions(&app).await), (1, 19, 1));
}

#[tokio::test]
async fn row_20_a_signed_body_is_not_aimed_at_another_session() {
    for profile in SigningProfile::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", profile, SignedForm::Canonical).await;
        let mut ids = Vec::new();
        for name in ["one", "two"] {
            let mut body = basket();
            body["order_notes"] = json!(name);
            let body = body.to_string();
            ids.push(agent.signed(&app, open(name, &body)).send().await.id());
        }
        let body = standard_shipping().to_string();
        let [one, two] = [&ids[0], &ids[1]].map(|id| format!("{PATH}/{id}"));
        let asked = Asked { method: "POST", path: &one, key: "k", body: &body };
        let (time, signature) = (now(&app), hex(&agent.signature(asked, &now(&app))));
        let aimed_at = |path: &str| {
            let ask = agent.unsigned(&app, Asked { path, ..asked }).header("timestamp", &time);
            ask.header("signature", &signature).send()
        };
        if profile == SigningProfile::Full {
            let first = aimed_at(&two).await;
            assert_eq!(refusal(&first), (401, "invalid_signature"), "even before its true use");
        }
        assert_eq!(aimed_at(&one).await.body["status"], "ready_for_payment");
        let other = aimed_at(&two).await;
        assert_eq!(other.status, 401, "{profile:?} {:#}", other.body);
        app.clock.advance(Duration::from_millis(1));
        let look = Asked { method: "GET", path: &two, key: "", body: "" };
        let untouched = agent.signed(&app, look).send().await;
        assert_eq!(untouched.status, 200);
        assert_ne!(untouched.body["status"], "ready_for_payment", "{:#}", untouched.body);
    }
}

#[tokio::test]
async fn row_21_whitespace_matters_only_to_whoever_signs_bytes() {
    for (form, expected) in [(SignedForm::Raw, 401), (SignedForm::Canonical, 201)] {
        for profile in SigningProfile::ALL {
            let app = TestApp::start().await;
            let agent = Signer::of(&app, "a", profile, form).await;
            let body = basket().to_string();
            let signed = agent.signed(&app, open("k", &body));
            let spaced = signed.body(format!("{:#}", basket())).send().await;
            assert_eq!(spaced.status, expected, "{profile:?} {form:?}");
            assert_eq!(sessions(&app).await, usize::from(expected == 201));
        }
    }
}

#[tokio::test]
async fn row_22_a_name_that_stands_twice_is_refused_before_anything_else() {
    for form in SignedForm::ALL {
        let app = TestApp::start().await;
        let agent = Signer::of(&app, "a", SigningProfile::default(), form).await;
        let body = basket().to_string();
        let twice = body.replacen('{', r#"{"currency":"usd","#, 1);
        let time = now(&app);
        // Nobody can sign the canonical form of that; the bytes can be signed.
        let raw = Signer { form: SignedForm::Raw, ..agent };
        let ask = raw.unsigned(&app, open("k", &twice)).header("timestamp", &time);
        let signature = hex(&raw.signature(open("k", &twice), &time));
        let answer = ask.header("signature", &signature).send().await;
        assert_eq!(refusal(&answer), (400, "invalid_json"), "{form:?}");
        assert_eq!(answer.body["param"], "$.currency", "{form:?}");
        assert_eq!(sessions(&app).await, 0);
    }
}

#[tokio::test]
async fn what_bounds_a_body_bounds_a_signed_one() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::Raw).await;
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(256 * 1024));
    let answer = agent.signed(&app, open("k", &large)).send().await;
    assert_eq!(refusal(&answer), (413, "payload_too_large"));
    let form = agent.signed(&app, open("k", "{}")).header("content-type", "text/plain");
    assert_eq!(form.send().await.status, 415);
}

/// A store that cannot say what a signature was used for.
pub(super) struct Away;

#[async_trait]
impl UsedSignatures for Away {
    async fn take(
        &self,
        _: &[u8; 32],
        _: &[u8; 32],
        _: Duration,
    ) -> Result<SignatureUse, PortError> {
        Err(PortError { what: "noting a use", retry: Retry::Safe, cause: None })
    }
}

/// Keeps what it is given to keep.
#[derive(Default)]
struct Kept(Mutex<Vec<[u8; 32]>>);

#[async_trait]
impl UsedSignatures for Kept {
    async fn take(
        &self,
        _: &[u8; 32],
        purpose: &[u8; 32],
        _: Duration,
    ) -> Result<SignatureUse, PortError> {
        self.0.lock().unwrap().push(*purpose);
        Ok(SignatureUse::First)
    }
}

/// A key may be the number of a card, and there are few enough of those to try them all.
#[tokio::test]
async fn what_is_kept_of_a_use_is_no_digest_that_anybody_can_make() {
    let kept = Arc::new(Kept::default());
    let wishes = Wishes { used_signatures: Some(kept.clone()), ..Wishes::default() };
    let app = TestApp::wishing(wishes).await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let body = basket().to_string();
    let opened = agent.signed(&app, open("4242424242424242", &body)).send().await;
    assert_eq!(opened.status, 201, "{:#}", opened.body);
    let mut plain = Sha256::new();
    for part in ["POST", PATH, "4242424242424242"] {
        plain.update((part.len() as u64).to_be_bytes());
        plain.update(part);
    }
    let kept = kept.0.lock().unwrap().clone();
    assert_eq!(kept.len(), 1);
    assert_ne!(kept[0], <[u8; 32]>::from(plain.finalize()));
}

#[tokio::test]
async fn where_nobody_knows_what_a_signature_was_used_for_nothing_is_done() {
    let wishes = Wishes { used_signatures: Some(Arc::new(Away)), ..Wishes::default() };
    let app = TestApp::wishing(wishes).await;
    let body = basket().to_string();
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let refused = agent.signed(&app, open("k", &body)).send().await;
    assert_eq!(refusal(&refused), (503, "service_unavailable"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(sessions(&app).await, 0);
    let strict = Signer::of(&app, "b", SigningProfile::Full, SignedForm::default()).await;
    let opened = strict.signed(&app, open("k", &body)).send().await;
    assert_eq!(opened.status, 201, "what says everything itself needs no memory");
}
