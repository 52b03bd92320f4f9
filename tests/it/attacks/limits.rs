//! Callers that call too often, and those who would not be counted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use acp_core::payment::Decline;
use acp_core::principal::Scope;
use acp_core::signing::{SignaturePolicy, SignedForm, SigningProfile};
use acp_gateway::config::Limits;
use acp_mocks::Outcome;
use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::json;
use tempfile::TempDir;

use super::signer::{Asked, Signer, now};
use crate::http::app::{Answer, TestApp, Wishes, basket, payment, standard_shipping};
use crate::support::{Client, Program, Response, Running};

const SESSIONS: &str = "/checkout_sessions";
const STRANGE: &str = "/checkout_sessions/cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje";

/// A gateway on which the clock stands still, so that nothing comes back.
async fn limited(change: impl FnOnce(&mut Limits)) -> TestApp {
    let mut wishes = Wishes::default();
    change(&mut wishes.limits);
    TestApp::wishing(wishes).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

/// What a call was counted as.
fn bucket(answer: &Answer) -> &str {
    header(answer, "ratelimit-policy").split('"').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn a_caller_beyond_its_quota_is_told_when_to_come_back() {
    let app = limited(|limits| {
        limits.reads_per_minute = 30;
        limits.reads_burst = 20;
    })
    .await;
    let first = app.get(STRANGE).send().await;
    assert_eq!(first.status, 404);
    assert_eq!(header(&first, "ratelimit-policy"), "\"reads\";q=30;w=60");
    assert_eq!(header(&first, "ratelimit"), "\"reads\";r=19;t=2");
    for _ in 1..20 {
        assert_eq!(app.get(STRANGE).send().await.status, 404);
    }
    let refused = app.get(STRANGE).send().await;
    assert_eq!(refused.status, 429);
    assert_eq!(
        (refused.code(), &refused.body["type"]),
        ("rate_limited", &json!("invalid_request"))
    );
    assert_eq!(header(&refused, "retry-after"), "2");
    assert_eq!(header(&refused, "ratelimit-policy"), "\"reads\";q=30;w=60");
    assert_eq!(header(&refused, "ratelimit"), "\"reads\";r=0;t=2");
    assert_eq!(header(&refused, "cache-control"), "no-store");
}

#[tokio::test]
async fn each_kind_of_call_has_a_quota_of_its_own_and_so_has_each_caller() {
    let app = limited(|limits| limits.creates_burst = 2).await;
    let open = |key: &str, token: &str| app.post(SESSIONS, &basket()).key(key).token(token);
    // From now on there are keys, and the demo is over.
    let (ada, bob) = (app.key_of("ada", Scope::Agent).await, app.key_of("bob", Scope::Agent).await);
    let merchant = app.key_of("shop", Scope::Merchant).await;
    let opened = open("1", &ada).send().await;
    assert_eq!(opened.status, 201);
    assert_eq!(open("2", &ada).send().await.status, 201);
    assert_eq!(open("3", &ada).send().await.status, 429);
    let cart = json!({"line_items": [{"id": "honey-wildflower-350g"}]});
    let cart = app.post("/carts", &cart).token(&ada).send().await;
    assert_eq!(cart.status, 429, "carts are opened, too");

    assert_eq!(open("3", &bob).send().await.status, 201, "of another caller");
    let again = app.key_of("ada", Scope::Agent).await;
    assert_eq!(open("3", &again).send().await.status, 429, "of the same with another key");
    let session = format!("{SESSIONS}/{}", opened.id());
    let read = app.get(&session).token(&ada).send().await;
    assert_eq!((read.status.as_u16(), bucket(&read)), (200, "reads"));
    let changed = app.post(&session, &standard_shipping()).token(&ada).send().await;
    assert_eq!((changed.status.as_u16(), bucket(&changed)), (200, "changes"));
    let paid = app.post(&format!("{session}/complete"), &payment("tok_visa")).token(&ada);
    let paid = paid.send().await;
    assert_eq!((paid.status.as_u16(), bucket(&paid)), (200, "completes"));
    app.settle().await;
    let orders = app.get("/orders").token(&merchant).send().await;
    assert_eq!((orders.status.as_u16(), bucket(&orders)), (200, "merchant"));
}

#[tokio::test]
async fn a_refused_call_leaves_nothing_behind_and_may_be_made_with_the_same_key() {
    let app = limited(|limits| {
        limits.creates_burst = 1;
        limits.creates_per_minute = 60;
    })
    .await;
    let ask = || app.post(SESSIONS, &basket());
    assert_eq!(ask().key("first").send().await.status, 201);
    assert_eq!(ask().key("second").send().await.status, 429);
    assert_eq!(ask().key("first").send().await.status, 429, "an answer given again counts");
    app.clock.advance(Duration::from_secs(1));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(1)).await;
    tokio::time::resume();
    let second = ask().key("second").send().await;
    assert_eq!(second.status, 201);
    assert!(!second.headers.contains_key("idempotent-replayed"), "nothing was recorded");
}

#[tokio::test]
async fn who_fails_too_often_to_say_who_it_is_is_told_to_wait_and_a_good_key_is_not() {
    let app = limited(|limits| {
        limits.failed_authentications_burst = 3;
        limits.failed_authentications_per_minute = 6;
    })
    .await;
    for token in ["acp_nobody", "acp_a_b", "nonsense"] {
        assert_eq!(app.get(STRANGE).token(token).send().await.status, 401);
    }
    let refused = app.get(STRANGE).token("acp_nobody").send().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (429, "rate_limited"));
    assert_eq!(header(&refused, "retry-after"), "10");
    assert_eq!(header(&refused, "ratelimit"), "\"failed_authentications\";r=0;t=10");
    assert_eq!(app.get(STRANGE).send().await.status, 404, "a good key");
    assert_eq!(app.get("/healthz").send().await.status, 200);
    app.clock.advance(Duration::from_secs(10));
    assert_eq!(app.get(STRANGE).token("acp_nobody").send().await.status, 401);
}

#[tokio::test]
async fn what_is_signed_has_a_larger_quota_of_its_own() {
    let app = limited(|limits| {
        limits.creates_per_minute = 60;
        limits.creates_burst = 4;
        limits.signed_factor = 3;
    })
    .await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let policy = SignaturePolicy::Optional;
    app.identity.set_signature_policy(&agent.id, policy).await.unwrap();
    let body = basket().to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    let mut plain = Vec::new();
    for _ in 0..5 {
        plain.push(agent.unsigned(&app, asked).send().await);
    }
    let taken = plain.iter().filter(|answer| answer.status == 201).count();
    assert_eq!((taken, plain[4].status.as_u16()), (4, 429));
    assert_eq!(header(&plain[0], "ratelimit-policy"), "\"creates\";q=60;w=60");
    for number in 0..12 {
        let signed = agent.signed(&app, asked).send().await;
        assert_eq!(signed.status, 201, "{number}");
        assert_eq!(header(&signed, "ratelimit-policy"), "\"creates\";q=180;w=60");
    }
    assert_eq!(agent.signed(&app, asked).send().await.status, 429);
    assert_eq!(agent.unsigned(&app, asked).send().await.status, 429, "nothing came back");
}

#[tokio::test]
async fn a_key_without_its_signature_uses_up_nothing_and_its_holder_is_no_stranger() {
    let app = limited(|limits| {
        limits.creates_burst = 2;
        limits.signed_factor = 1;
        limits.failed_authentications_burst = 1;
    })
    .await;
    let agent = Signer::of(&app, "a", SigningProfile::default(), SignedForm::default()).await;
    let body = basket().to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    for _ in 0..3 {
        let missing = agent.unsigned(&app, asked).send().await;
        assert_eq!((missing.status.as_u16(), missing.code()), (401, "missing_signature"));
        assert_eq!(header(&missing, "www-authenticate"), "Bearer");
        let old = agent.unsigned(&app, asked).header("signature", "00");
        let old = old.header("timestamp", "2020-01-01T00:00:00Z").send().await;
        assert_eq!((old.status.as_u16(), old.code()), (401, "timestamp_out_of_window"));
    }
    // To say that a signature is wrong costs as much as any other call with the key, and nothing
    // of what is signed: its owner can still do all of that.
    let wrong = || agent.unsigned(&app, asked).header("signature", "00");
    for _ in 0..2 {
        let wrong = wrong().header("timestamp", &now(&app)).send().await;
        assert_eq!((wrong.status.as_u16(), wrong.code()), (401, "invalid_signature"));
        assert_eq!(bucket(&wrong), "creates");
    }
    assert_eq!(wrong().header("timestamp", &now(&app)).send().await.status, 429);
    assert_eq!(agent.signed(&app, asked).send().await.status, 201);
    assert_eq!(agent.signed(&app, asked).send().await.status, 201);
    assert_eq!(agent.signed(&app, asked).send().await.status, 429);
    let stranger = app.get(STRANGE).token("acp_nobody").send().await;
    assert_eq!(stranger.status, 401, "the first one from this address");
}

/// Row 45: whoever has a list of cards, and a session for each of them, comes no further with it
/// than the quota of completions.
#[tokio::test]
async fn many_cards_are_tried_as_often_as_an_agent_may_complete() {
    let app = limited(|limits| limits.completes_burst = 4).await;
    let sessions = [app.ready("one").await, app.ready("two").await];
    let mut statuses = Vec::new();
    for number in 0..10 {
        let token = format!("tok_{number}");
        app.payments.on_token(&token, Outcome::Decline(Decline::Hard));
        let tried = app.complete(&sessions[number % 2], &token).key(&token).send().await;
        statuses.push(tried.status.as_u16());
        if number == 3 {
            assert_eq!(tried.body["messages"][0]["code"], "payment_declined", "{:#}", tried.body);
        } else if number == 4 {
            assert_eq!((tried.code(), bucket(&tried)), ("rate_limited", "completes"));
        }
    }
    assert_eq!(statuses[4..], [429; 6]);
    assert!(!statuses[..4].contains(&429), "{statuses:?}");
    assert!(app.payments.captures().is_empty() && app.payments.holds().is_empty());
}

/// Says something from an address of this machine, over a connection of its own.
async fn from(address: SocketAddr, token: &str, forwarded: &str) -> Response {
    let mut client = Client::connect(address).await.unwrap();
    let request = Request::get(STRANGE)
        .header("host", "gateway")
        .header("authorization", format!("Bearer {token}"))
        .header("api-version", "2026-04-17")
        .header("x-forwarded-for", forwarded);
    client.send(request.body(Full::<Bytes>::default()).unwrap()).await.unwrap()
}

fn guarded(home: &TempDir) -> Program {
    Program::on(home.path())
        .setting("STORE__KIND", "memory")
        .setting("LIMITS__FAILED_AUTHENTICATIONS_BURST", "3")
        .setting("LIMITS__FAILED_AUTHENTICATIONS_PER_MINUTE", "1")
}

/// Row 54: whoever claims to be somewhere else all the time is where the connection comes from.
#[tokio::test]
async fn a_forged_x_forwarded_for_helps_nobody_where_no_proxy_is() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), guarded(&home));
    for number in 0..3 {
        let forged = format!("198.51.100.{number}");
        assert_eq!(from(gateway.address(), "acp_nobody", &forged).await.status, 401);
    }
    let refused = from(gateway.address(), "acp_nobody", "198.51.100.99").await;
    assert_eq!(refused.status, 429, "{}", refused.text());
    let known = from(gateway.address(), "acp_demo_agent", "198.51.100.99").await;
    assert_eq!(known.status, 404, "who is known is let in: {}", known.text());
    let warned = gateway.log().matches("set server.proxy_hops").count();
    assert_eq!(warned, 1, "in case it was a proxy: {}", gateway.log());
    gateway.stop();
}

#[tokio::test]
async fn behind_a_proxy_those_it_names_are_told_apart_and_what_they_claim_is_not_believed() {
    let home = TempDir::new().unwrap();
    let program = guarded(&home).setting("SERVER__PROXY_HOPS", "1");
    let gateway = Running::start_as(home.path(), program);
    for number in 0..3 {
        let forged = format!("203.0.113.{number}, 198.51.100.1");
        assert_eq!(from(gateway.address(), "acp_nobody", &forged).await.status, 401);
    }
    let refused = from(gateway.address(), "acp_nobody", "203.0.113.9, 198.51.100.1").await;
    assert_eq!(refused.status, 429);
    let other = from(gateway.address(), "acp_nobody", "198.51.100.1, 198.51.100.2").await;
    assert_eq!(other.status, 401, "another client of the same proxy");
    assert!(!gateway.log().contains("set server.proxy_hops"), "{}", gateway.log());
    gateway.stop();
}

/// Row 54: keys nobody made are strangers, and strangers are counted by where they are.
#[tokio::test]
async fn ten_thousand_keys_are_one_address() {
    let app = limited(|limits| limits.failed_authentications_burst = 100).await;
    let mut statuses = BTreeMap::new();
    for number in 0..10_000 {
        let token = format!("acp_{number:012}_secret");
        let answer = app.get(STRANGE).token(&token).send().await;
        *statuses.entry(answer.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(statuses, [(401, 100), (429, 9_900)].into());
}

#[tokio::test]
async fn limits_can_be_switched_off() {
    let app = limited(|limits| {
        limits.enabled = false;
        limits.reads_burst = 1;
        limits.failed_authentications_burst = 1;
    })
    .await;
    for token in ["acp_demo_agent", "acp_nobody"].repeat(5) {
        let answer = app.get(STRANGE).token(token).send().await;
        assert_ne!(answer.status, 429);
        assert!(!answer.headers.contains_key("ratelimit"));
    }
}
