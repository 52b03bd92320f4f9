//! What a plan comes to, whose it is, and how long it is kept.

use std::time::Duration;

use acp_core::limits::PLAN_LIFE;
use acp_core::principal::Scope;
use serde_json::json;

use super::{
    PLANS, SOLD_OUT, TWO_JARS, buying, digest, executed, made, mandate, shown, statuses, two_jars,
};
use crate::http::app::{HONEY, TestApp, address};
use crate::http::runs::{ALL_FREE, later};

#[tokio::test]
async fn a_plan_says_what_would_be_done_and_does_nothing() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    assert_eq!(plan["status"], "needs_approval");
    assert_eq!(plan["total"], TWO_JARS);
    let kinds: Vec<_> = statuses(&plan).into_iter().map(|(kind, _)| kind).collect();
    let expected = [
        "cart.apply",
        "session.create",
        "delivery.select",
        "mandate.reserve",
        "inventory.reserve",
        "payment.authorize",
        "order.create",
        "payment.capture",
        "inventory.commit",
        "mandate.commit",
    ];
    assert_eq!(kinds, expected);
    assert_eq!(app.ledger(HONEY).await, ALL_FREE, "nothing is promised");
    assert_eq!(app.payments.calls(), [], "and nobody is asked for money");
    let read = shown(&app, plan["id"].as_str().unwrap()).await;
    assert_eq!(read, plan);
    let explained = app.get(&format!("{PLANS}/{}/explain", plan["id"].as_str().unwrap()));
    let text = explained.send().await.body["text"].as_str().unwrap().to_owned();
    assert!(text.contains("2 × ") && text.contains("21.97 USD"), "{text}");
}

#[tokio::test]
async fn above_its_mandate_a_plan_has_no_step_that_pays() {
    let app = TestApp::start().await;
    let id = mandate(&app, 2_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["issues"][0]["type"], "over_budget");
    assert_eq!(statuses(&plan), [("cart.apply", "pending")]);
    assert_eq!(plan["status"], "ready", "the basket can be filled all the same");
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!((&done["status"], app.payments.calls().len()), (&json!("completed"), 0));
    assert!(done["cart_id"].is_string() && done.get("order_id").is_none());
}

#[tokio::test]
async fn words_tighten_a_limit() {
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    body["constraints"] = json!({"currency": "usd", "max_total": 2_000});
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["issues"][0]["type"], "over_budget", "{plan:#}");
    assert!(statuses(&plan).iter().all(|(kind, _)| *kind != "payment.authorize"));
}

#[tokio::test]
async fn what_is_gone_is_replaced_by_what_the_shopper_named() {
    let app = TestApp::start().await;
    let actions = json!([
        {"op": "add", "item_id": SOLD_OUT, "fallbacks": [HONEY]}, {"op": "checkout"},
    ]);
    let plan = made(&app, &buying(&actions)).await.body;
    let line = &plan["lines"][0];
    assert_eq!((&line["item_id"], &line["instead_of"]), (&json!(HONEY), &json!(SOLD_OUT)));
    let gone = buying(&json!([{"op": "add", "item_id": SOLD_OUT}, {"op": "checkout"}]));
    let plan = made(&app, &gone).await.body;
    assert_eq!(
        (&plan["status"], &plan["issues"][0]["type"]),
        (&json!("needs_input"), &json!("unavailable"))
    );
    let refused = executed(&app, &plan, "tok_visa").await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "needs_input"));
}

#[tokio::test]
async fn what_is_missing_is_asked_for() {
    let app = TestApp::start().await;
    let mut body = two_jars();
    body.as_object_mut().unwrap().remove("fulfillment_details");
    let plan = made(&app, &body).await.body;
    assert_eq!(
        (&plan["status"], &plan["questions"][0]["slot"]),
        (&json!("needs_input"), &json!("address"))
    );
    let id = plan["id"].as_str().unwrap();
    let body = json!({"fulfillment_details": {"address": address("CA", "94105")}});
    let ask = app.post(&format!("{PLANS}/{id}/answers"), &body).header("if-match", &digest(&plan));
    let answered = ask.send().await;
    assert_eq!(answered.status, 200, "{:#}", answered.body);
    assert_eq!(
        (&answered.body["status"], &answered.body["total"]),
        (&json!("needs_approval"), &json!(TWO_JARS))
    );
    assert_eq!(
        (answered.body["version"].as_i64(), answered.body["digest"] == plan["digest"]),
        (Some(2), false)
    );
    let again = app.post(&format!("{PLANS}/{id}/answers"), &body).key("other").send().await;
    assert_eq!(again.code(), "needs_input", "it asks for nothing any more");
}

#[tokio::test]
async fn plans_are_listed_and_forgotten_in_time() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    let path = format!("{PLANS}/{}", plan["id"].as_str().unwrap());
    let listed = app.get(PLANS).send().await.body;
    assert_eq!(listed["plans"][0]["id"], plan["id"], "{listed:#}");
    let none = app.get(&format!("{PLANS}?status=completed")).send().await.body;
    assert_eq!(none["plans"], json!([]));
    later(&app, PLAN_LIFE).await;
    assert_eq!(app.get(&path).send().await.body["status"], "expired");
    later(&app, Duration::from_hours(25)).await;
    assert_eq!(app.get(&path).send().await.status, 404);
    assert_eq!(app.get(PLANS).send().await.body["plans"], json!([]));
}

#[tokio::test]
async fn plans_are_their_agents() {
    let app = TestApp::start().await;
    let (one, other) =
        (app.key_of("one", Scope::Agent).await, app.key_of("other", Scope::Agent).await);
    let plan = app.post(PLANS, &two_jars()).token(&one).send().await;
    assert_eq!(plan.status, 201, "{:#}", plan.body);
    let path = format!("{PLANS}/{}", plan.id());
    assert_eq!(app.get(&path).token(&one).send().await.status, 200);
    assert_eq!(app.get(&path).token(&other).send().await.code(), "plan_not_found");
    let none = app.get(PLANS).token(&other).send().await.body;
    assert_eq!(none["plans"], json!([]));
    let off = app.ask("POST", &format!("{path}/cancel")).key("a").token(&other).send().await;
    assert_eq!(off.code(), "plan_not_found");
}
