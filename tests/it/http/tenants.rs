//! Several merchants on one gateway: nothing of one is ever there for another, and each says what
//! it asks of its callers.

use std::time::Duration;

use acp_core::limits::ORDERS_LOOKED_AT_MAX;
use acp_core::principal::Scope;
use acp_core::signing::{SignedForm, SigningProfile};
use acp_core::tenant::ProofNeeded;
use acp_gateway::config::Limits;
use acp_mocks::{Gate, Operation, Turn};
use serde_json::{Value, json};

use super::app::{HONEY, TestApp, Wishes, basket, payment, standard_shipping};
use crate::attacks::signer::{Asked, Signer};
use crate::support::are_backends_remote;

const PATH: &str = "/checkout_sessions";

/// Sends something with a key and a body.
async fn post(app: &TestApp, token: &str, path: &str, body: &Value) -> super::app::Answer {
    app.post(path, body).token(token).key(&format!("{token} {path}")).send().await
}

/// A session that is ready to be paid for.
async fn ready(app: &TestApp, token: &str) -> String {
    let opened = post(app, token, PATH, &basket()).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let path = format!("{PATH}/{}", opened.id());
    assert_eq!(post(app, token, &path, &standard_shipping()).await.status, 200);
    path
}

#[tokio::test]
async fn nothing_of_a_tenant_is_there_for_another() {
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let other = app.tenant("other", 50).await;
    let mine = app.key_of("agent", Scope::Agent).await;
    let session = ready(&app, &mine).await;
    let complete = format!("{session}/complete");
    let paid = post(&app, &mine, &complete, &payment("tok_visa")).await;
    assert_eq!(paid.body["status"], "completed", "{}", paid.body);
    app.settle().await;
    let order = format!("/orders/{}", paid.body["order"]["id"].as_str().unwrap());
    let wish = json!({"line_items": [{"id": HONEY, "quantity": 1}]});
    let cart = post(&app, &mine, "/carts", &wish).await;
    assert_eq!(cart.status, 201, "{}", cart.body);
    let cart = format!("/carts/{}", cart.id());
    let open = ready(&app, &app.key_of("agent", Scope::Agent).await).await;

    // Whoever calls another merchant is somebody else, whatever it is called there.
    let theirs = app.key_at(Some(&other), "agent", Scope::Agent).await;
    let merchant = app.key_at(Some(&other), "back-office", Scope::Merchant).await;
    for path in [&session, &open, &cart, &order, &format!("{order}/events")] {
        assert_eq!(app.get(path).token(&mine).send().await.status, 200, "{path}");
        assert_eq!(app.get(path).token(&theirs).send().await.status, 404, "{path}");
    }
    assert_eq!(app.get(&order).token(&merchant).send().await.status, 404);
    for (path, body) in [
        (open.clone(), standard_shipping()),
        (format!("{open}/complete"), payment("tok_visa")),
        (format!("{open}/cancel"), json!({})),
        (format!("{cart}/cancel"), json!({})),
    ] {
        let refused = post(&app, &theirs, &path, &body).await;
        assert_eq!(refused.status, 404, "{path}: {}", refused.body);
    }
    let refund = json!({"amount": 1, "reason": "changed_mind"});
    let refused = post(&app, &merchant, &format!("{order}/refunds"), &refund).await;
    assert_ne!(refused.status, 200, "{}", refused.body);
    for (path, list) in [("/orders", "orders"), (PATH, "checkout_sessions")] {
        let listed = app.get(path).token(&merchant).send().await;
        assert_eq!(listed.status, 200, "{}", listed.body);
        let first = listed.body.as_object().unwrap().values().find(|value| value.is_array());
        assert_eq!(first.unwrap().as_array().unwrap().len(), 0, "{list}: {}", listed.body);
    }
    assert_eq!(app.payments.captures().len(), 1, "nothing else was charged");
}

/// However much the others do meanwhile, a page is full and goes on at a session of its own.
#[tokio::test]
async fn the_sessions_of_a_tenant_are_listed_beside_nobody_elses() {
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let other = app.tenant("other", 50).await;
    let theirs = app.key_at(Some(&other), "agent", Scope::Agent).await;
    let merchant = app.key_at(Some(&other), "back-office", Scope::Merchant).await;
    let open = async |token: &str, key: &str| {
        app.clock.advance(Duration::from_secs(1));
        app.post(PATH, &basket()).token(token).key(key).send().await.id()
    };
    let first = open(&theirs, "first").await;
    let mine = app.key_of("agent", Scope::Agent).await;
    for number in 0..=ORDERS_LOOKED_AT_MAX {
        open(&mine, &number.to_string()).await;
    }
    let last = open(&theirs, "last").await;
    let read = async |query: &str| {
        let page = app.get(&format!("{PATH}?limit=1{query}")).token(&merchant).send().await.body;
        let ids = page["checkout_sessions"].as_array().unwrap().iter();
        let ids: Vec<_> = ids.map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        (ids, page["next_cursor"].as_str().map(ToOwned::to_owned))
    };
    let (ids, next) = read("").await;
    assert_eq!(ids, [last]);
    let next = next.unwrap();
    assert_eq!(read(&format!("&cursor={next}")).await, (vec![first], None));
}

#[tokio::test]
async fn each_tenant_sells_its_own_goods_out_of_its_own_stock() {
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let other = app.tenant("other", 50).await;
    let theirs = app.key_at(Some(&other), "agent", Scope::Agent).await;
    let merchant = app.key_at(Some(&other), "back-office", Scope::Merchant).await;
    let before = app.ledger(HONEY).await;
    let path = ready(&app, &theirs).await;
    let paid = post(&app, &theirs, &format!("{path}/complete"), &payment("tok_visa")).await;
    assert_eq!(paid.body["status"], "completed", "{}", paid.body);
    app.settle().await;
    assert_eq!(app.ledger_of(&other, HONEY).await, (48, 0, 2), "two of theirs were sold");
    assert_eq!(app.ledger(HONEY).await, before, "and none of ours");

    let wish = json!({
        "currency": "usd", "capabilities": {}, "line_items": [{"id": "milk-whole-1l"}],
    });
    let mine = app.key_of("agent", Scope::Agent).await;
    assert_eq!(post(&app, &mine, PATH, &wish).await.status, 201);
    let refused = app.post(PATH, &wish).token(&theirs).key("not theirs").send().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid_item_id"));

    let items = app.get("/catalog/items").token(&merchant).send().await;
    assert_eq!(items.body["items"].as_array().unwrap().len(), 1, "{}", items.body);
    let item = format!("/catalog/items/{HONEY}");
    let dearer = post(&app, &merchant, &item, &json!({"price": 5_000, "currency": "usd"})).await;
    assert_eq!(dearer.status, 200, "{}", dearer.body);
    let counted = post(&app, &merchant, &format!("{item}/stock"), &json!({"free": 7})).await;
    assert_eq!(counted.status, 200, "{}", counted.body);
    assert_eq!(app.ledger_of(&other, HONEY).await, (7, 0, 2));
    assert_eq!(app.ledger(HONEY).await, before);
    let ours = app.key_of("ours", Scope::Merchant).await;
    let told = app.get(&item).token(&ours).send().await;
    assert_ne!(told.body["price"], 5_000, "{}", told.body);
    let gone = app.get("/catalog/items/milk-whole-1l").token(&merchant).send().await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn the_same_key_of_one_agent_at_two_tenants_is_two_keys() {
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let other = app.tenant("other", 50).await;
    let here = app.key_of("agent", Scope::Agent).await;
    let there = app.key_at(Some(&other), "agent", Scope::Agent).await;
    let first = app.post(PATH, &basket()).token(&here).key("k").send().await;
    let second = app.post(PATH, &basket()).token(&there).key("k").send().await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (201, 201));
    assert!(!second.is_replay());
    assert_ne!(first.id(), second.id());
    let again = app.post(PATH, &basket()).token(&there).key("k").send().await;
    assert!(again.is_replay());
    assert_eq!(again.raw, second.raw);
}

#[tokio::test]
async fn quotas_of_two_tenants_do_not_meet() {
    if are_backends_remote() {
        return;
    }
    let limits = Limits { reads_burst: 2, reads_per_minute: 1, ..Limits::default() };
    let app = TestApp::wishing(Wishes { limits, ..Wishes::default() }).await;
    let other = app.tenant("other", 50).await;
    let here = app.key_of("agent", Scope::Agent).await;
    let there = app.key_at(Some(&other), "agent", Scope::Agent).await;
    let mut answered = Vec::new();
    for token in [&here, &here, &here, &there] {
        answered.push(app.get("/orders").token(token).send().await.status.as_u16());
    }
    assert_eq!(answered, [200, 200, 429, 200]);
}

#[tokio::test]
async fn callers_of_a_suspended_tenant_are_turned_away_and_what_has_begun_is_finished() {
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let other = app.tenant("other", 50).await;
    let (mine, theirs) = (
        app.key_of("agent", Scope::Agent).await,
        app.key_at(Some(&other), "agent", Scope::Agent).await,
    );
    let merchant = app.key_at(Some(&other), "back-office", Scope::Merchant).await;
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitAfter(gate.clone())]);
    let path = ready(&app, &theirs).await;
    let paid = post(&app, &theirs, &format!("{path}/complete"), &payment("tok_visa")).await;
    assert_eq!(paid.body["status"], "completed", "{}", paid.body);

    assert!(app.identity.suspend_tenant(&other).await.unwrap().unwrap().is_suspended());
    for refused in [
        app.get(&path).token(&theirs).send().await,
        app.post(PATH, &basket()).token(&theirs).key("new").send().await,
        post(&app, &theirs, &format!("{path}/complete"), &payment("tok_visa")).await,
        post(&app, &merchant, &format!("/catalog/items/{HONEY}"), &json!({"price": 1})).await,
    ] {
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "forbidden"));
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.starts_with("The shop this key is for is suspended."), "{message}");
    }
    assert_eq!(app.get("/orders").token(&merchant).send().await.status, 200, "it may look");
    assert_eq!(post(&app, &mine, PATH, &basket()).await.status, 201, "all others are served");
    gate.open();
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1, "the money is taken");
    assert_eq!(app.ledger_of(&other, HONEY).await, (48, 0, 2), "and the goods are sold");

    app.identity.resume_tenant(&other).await.unwrap();
    assert_eq!(app.get(&path).token(&theirs).send().await.status, 200);
}

#[tokio::test]
async fn what_a_tenant_asks_for_is_a_signature_that_was_verified() {
    let app = TestApp::start().await;
    let shop = app.shop.tenant.clone();
    let plain = app.key_of("plain", Scope::Agent).await;
    let full = SigningProfile::Full;
    let signer = Signer::of(&app, "signer", full, SignedForm::Raw).await;
    let merchant = app.key_of("merchant", Scope::Merchant).await;
    let path = ready(&app, &plain).await;
    let set = app.identity.set_proof_policy(&shop, |policy| {
        policy.complete = ProofNeeded::Signed;
        policy.merchant = ProofNeeded::Signed;
    });
    set.await.unwrap().unwrap();

    assert_eq!(app.get(&path).token(&plain).send().await.status, 200, "a look needs a key");
    let complete = format!("{path}/complete");
    let complete_plainly = || app.post(&complete, &payment("tok_visa")).token(&plain).key("c");
    for unproven in [
        complete_plainly().send().await,
        // Nobody looks at the signatures of this key, so this one proves nothing.
        complete_plainly().header("signature", "c2lnbmF0dXJl").send().await,
        app.get("/catalog/items").token(&merchant).send().await,
    ] {
        assert_eq!((unproven.status.as_u16(), unproven.code()), (401, "missing_signature"));
        let message = unproven.body["message"].as_str().unwrap();
        assert!(message.contains("asks for a signed request"), "{message}");
    }
    let talking = json!({
        "text": "two jars of wildflower honey 350 g, then check out",
        "execute": "if_allowed",
        "payment": payment("tok_visa"),
    });
    let words = app.post("/intents", &talking).token(&plain).key("w").send().await;
    assert_eq!((words.status.as_u16(), words.code()), (401, "missing_signature"));
    let begin = app.post("/plans/plan_1/execute", &payment("tok_visa")).token(&plain).key("p");
    let unsigned = begin.send().await;
    assert_eq!((unsigned.status.as_u16(), unsigned.code()), (401, "missing_signature"));
    assert_eq!(app.payments.calls(), []);

    let opening = basket().to_string();
    let sign = |path: &str, key: &str, body: &str| {
        signer.signed(&app, Asked { method: "POST", path, key, body })
    };
    let opened = sign(PATH, "1", &opening).send().await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let path = format!("{PATH}/{}", opened.id());
    let chosen = sign(&path, "2", &standard_shipping().to_string()).send().await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    let paid = sign(&format!("{path}/complete"), "3", &payment("tok_visa").to_string());
    let paid = paid.send().await;
    assert_eq!(paid.body["status"], "completed", "{}", paid.body);
    app.settle().await;
}

#[tokio::test]
async fn a_call_without_the_signature_it_needs_uses_up_no_quota() {
    let limits = Limits { completes_burst: 1, completes_per_minute: 1, ..Limits::default() };
    let app = TestApp::wishing(Wishes { limits, ..Wishes::default() }).await;
    let shop = app.shop.tenant.clone();
    let token = app.key_of("agent", Scope::Agent).await;
    let path = format!("{}/complete", ready(&app, &token).await);
    let demand =
        |needed| app.identity.set_proof_policy(&shop, move |policy| policy.complete = needed);
    demand(ProofNeeded::Signed).await.unwrap();
    let try_it = || app.post(&path, &payment("tok_visa")).token(&token).key("k");
    for _ in 0..3 {
        assert_eq!(try_it().send().await.status, 401);
    }
    demand(ProofNeeded::Token).await.unwrap();
    let paid = try_it().send().await;
    assert_eq!(paid.body["status"], "completed", "{}", paid.body);
    app.settle().await;
}
