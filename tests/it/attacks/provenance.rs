//! Who asked for an order, and by what that was proven, stands with the order for the merchant.

use acp_core::principal::Scope;
use acp_core::signing::{SignedForm, SigningProfile};
use serde_json::{Value, json};

use super::signer::{Asked, Signer};
use crate::http::app::{Answer, TestApp, Wishes, basket, payment, standard_shipping};

/// Who asked for an order, as the merchant is told.
pub(crate) async fn asked_by(app: &TestApp, order: &str) -> Value {
    let merchant = app.key_of("shop", Scope::Merchant).await;
    let events = app.get(&format!("/orders/{order}/events")).token(&merchant).send().await;
    let placed = &events.body["events"][0];
    assert_eq!(placed["type"], "placed", "{:#}", events.body);
    placed["asked_by"].clone()
}

fn order_of(completed: &Answer) -> String {
    completed.body["order"]["id"].as_str().unwrap_or_else(|| panic!("{:#}", completed.body)).into()
}

#[tokio::test]
async fn a_key_alone_is_told_by_its_public_part() {
    let app = TestApp::start().await;
    let token = app.key_of("robo", Scope::Agent).await;
    let post = |path: &str, body: &Value| app.post(path, body).token(&token).key("k");
    let opened = post("/checkout_sessions", &basket()).send().await;
    let path = format!("/checkout_sessions/{}", opened.id());
    post(&path, &standard_shipping()).send().await;
    let completed = post(&format!("{path}/complete"), &payment("tok_visa")).send().await;
    app.settle().await;
    let order = order_of(&completed);
    let id = token.split('_').nth(1).unwrap();
    let expected = json!({"agent": "robo", "proofs": [{"type": "bearer", "key_id": id}]});
    assert_eq!(asked_by(&app, &order).await, expected);

    let own = app.get(&format!("/orders/{order}/events")).token(&token).send().await;
    assert_eq!(own.body["events"][0]["type"], "placed");
    assert!(own.body["events"][0].get("asked_by").is_none(), "{:#}", own.body);
}

#[tokio::test]
async fn a_signature_is_told_with_its_key_and_how_it_was_made() {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "robo", SigningProfile::Full, SignedForm::Canonical).await;
    let post = async |path: &str, key: &str, body: Value| {
        let body = body.to_string();
        agent.signed(&app, Asked { method: "POST", path, key, body: &body }).send().await
    };
    let opened = post("/checkout_sessions", "k1", basket()).await;
    let path = format!("/checkout_sessions/{}", opened.id());
    post(&path, "k2", standard_shipping()).await;
    let completed = post(&format!("{path}/complete"), "k3", payment("tok_visa")).await;
    app.settle().await;
    let expected = json!({"agent": "robo", "proofs": [
        {"type": "bearer", "key_id": agent.id},
        {"type": "signature", "key_id": agent.signing_key, "algorithm": "hmac-sha256"},
    ]});
    assert_eq!(asked_by(&app, &order_of(&completed)).await, expected);
}

#[tokio::test]
async fn what_is_approved_was_asked_for_by_the_agent() {
    let app = TestApp::wishing(Wishes { has_account: true, ..Wishes::default() }).await;
    let session = app.pending("k").await;
    let path = format!("/checkout_sessions/{session}");
    let verdict = json!({"verdict": "approved"});
    let merchant = "acp_demo_merchant";
    let approval = app.post(&format!("{path}/approval"), &verdict).token(merchant).send().await;
    assert_eq!(approval.status, 200, "{:#}", approval.body);
    app.settle().await;
    let order = order_of(&app.get(&path).send().await);
    let events = app.get(&format!("/orders/{order}/events")).token(merchant).send().await;
    let expected = json!({"agent": "demo_agent", "proofs": [{"type": "bearer"}]});
    assert_eq!(events.body["events"][0]["asked_by"], expected);
}
