//! Plans: what they come to, who says yes, and how they end.

use std::time::Duration;

use acp_core::ids::{AgentId, MandateId, PlanId, Random128, SessionId};
use acp_core::limits::{COMPLETION_LEASE, PLAN_LIFE};
use acp_core::mandate::{Budget, Mandate, Restriction, Spending, Standing, Window};
use acp_core::money::{Currency, Money};
use acp_core::payment::{Decline, PaymentFault};
use acp_core::plan::{At, PlanRun, PlanStatus, StopReason};
use acp_core::ports::{
    Clock as _, Committed, MandateWrite, Mandates as _, PlanChange, PlanWrite, Plans as _,
};
use acp_core::principal::Scope;
use acp_core::run::{Lease, RunFence, Standing as Stands};

use acp_mocks::{Operation, Outcome, Turn};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::app::{Answer, HONEY, TestApp, address, payment};
use super::runs::{ALL_FREE, SOLD, later};
use crate::support::are_backends_remote;

const PLANS: &str = "/plans";
/// What two jars cost, with delivery and tax, in the demo shop.
const TWO_JARS: i64 = 2_197;
/// Something of which nothing is left.
const SOLD_OUT: &str = "butter-cultured-250g";
/// Who gives leave to spend, and her key.
const PERSON: &str = "demo_principal";
const PERSON_KEY: &str = "acp_demo_principal";

fn buying(actions: &Value) -> Value {
    json!({
        "actions": actions,
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    })
}

fn two_jars() -> Value {
    buying(&json!([{"op": "add", "item_id": HONEY, "quantity": 2}, {"op": "checkout"}]))
}

async fn made(app: &TestApp, body: &Value) -> Answer {
    // Another plan has another key.
    let answer = app.post(PLANS, body).key(&body.to_string().len().to_string()).send().await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    assert_eq!(answer.headers["location"], format!("{PLANS}/{}", answer.id()).as_str());
    answer
}

fn digest(plan: &Value) -> String {
    format!("\"{}\"", plan["digest"].as_str().unwrap())
}

async fn shown(app: &TestApp, id: &str) -> Value {
    let answer = app.get(&format!("{PLANS}/{id}")).send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.body
}

/// Begins a plan and waits until it is over.
async fn executed(app: &TestApp, plan: &Value, token: &str) -> Answer {
    let id = plan["id"].as_str().unwrap();
    let ask = app.post(&format!("{PLANS}/{id}/execute"), &payment(token));
    let ask = ask.header("if-match", &digest(plan)).header("prefer", "wait=10");
    let answer = ask.key("execute").send().await;
    app.settle().await;
    answer
}

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

/// A mandate for the agent of these tests.
async fn mandate(app: &TestApp, per_order: i64, approval_above: Option<i64>) -> MandateId {
    let tenant = app.shop.tenant.clone();
    let id = app.mandates.new_id(&tenant, PERSON, Random128([7; 16]));
    let now = app.clock.now();
    let mandate = Mandate {
        id: id.clone(),
        version: 1,
        tenant,
        principal: PERSON.into(),
        agents: vec![AgentId::new("demo_agent")],
        currency: Currency::parse("usd").unwrap(),
        per_order: money(per_order),
        per_unit: None,
        budget: Budget {
            limit: money(10_000),
            orders: None,
            window: Window::Day,
            time_zone: "UTC".into(),
        },
        approval_above: approval_above.map(money),
        restriction: Restriction::default(),
        valid_from: now,
        valid_until: now.plus(Duration::from_hours(48)),
        standing: Standing::Active,
        is_for_one_plan: false,
    };
    let write = MandateWrite { before: None, after: &mandate, answer: None };
    assert!(matches!(app.mandates.write(write).await.unwrap(), Committed::At(_)));
    id
}

/// What the mandate remembers of what was taken from it.
async fn spendings(app: &TestApp, id: &MandateId) -> Vec<Spending> {
    let seen = app.mandates.find(&app.shop.tenant, id).await.unwrap().unwrap();
    seen.ledger.entries().iter().map(|entry| entry.spending).collect()
}

async fn judged(app: &TestApp, plan: &Value, word: &str, token: &str) -> Answer {
    let path = format!("{PLANS}/{}/{word}", plan["id"].as_str().unwrap());
    app.ask("POST", &path).header("if-match", &digest(plan)).token(token).key(word).send().await
}

async fn approve(app: &TestApp, plan: &Value) -> Value {
    let answer = judged(app, plan, "approve", PERSON_KEY).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.body
}

fn statuses(plan: &Value) -> Vec<(&str, &str)> {
    let steps = plan["steps"].as_array().unwrap();
    steps.iter().map(|it| (it["kind"].as_str().unwrap(), it["status"].as_str().unwrap())).collect()
}

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
async fn who_approves_pays_for_one_plan_at_one_price() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    let early = executed(&app, &plan, "tok_visa").await;
    assert_eq!((early.status.as_u16(), early.code()), (403, "approval_required"));
    let ready = approve(&app, &plan).await;
    assert_eq!(
        (&ready["status"], &ready["approval"]["approved_by"]),
        (&json!("ready"), &json!(PERSON))
    );
    let id = plan["id"].as_str().unwrap();
    let ask = app.post(&format!("{PLANS}/{id}/execute"), &payment("tok_visa"));
    let ask = ask.header("if-match", &digest(&plan)).header("prefer", "wait=10").key("second");
    let done = ask.clone().send().await;
    app.settle().await;
    assert_eq!(done.body["status"], "completed", "{:#}", done.body);
    assert!(statuses(&done.body).iter().all(|(_, status)| *status == "succeeded"));
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
    let mandate = MandateId::parse(done.body["mandate_id"].as_str().unwrap()).unwrap();
    assert_eq!(spendings(&app, &mandate).await, [Spending::Committed { refunded: 0 }]);
    let again = ask.clone().without("prefer").send().await;
    assert!(again.is_replay() && again.status == 202, "{:#}", again.body);
    assert_eq!(ask.send().await.body, done.body, "who waits hears how it ended");
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn a_mandate_pays_for_what_it_covers_without_a_word() {
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    assert_eq!((&plan["status"], &plan["mode"]), (&json!("ready"), &json!("autopilot")));
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(done["status"], "completed", "{done:#}");
    assert_eq!(spendings(&app, &id).await, [Spending::Committed { refunded: 0 }]);
    let order = done["order_id"].as_str().unwrap();
    let order = app.get(&format!("/orders/{order}")).send().await;
    assert_eq!(order.status, 200);
    assert!(done["say"].as_str().unwrap().contains("21.97 USD"));
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
async fn a_mandate_may_want_a_yes_above_some_price() {
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, Some(2_000)).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["status"], "needs_approval");
    let agent = judged(&app, &plan, "approve", "acp_demo_agent").await;
    assert_eq!((agent.status.as_u16(), agent.code()), (403, "forbidden"));
    approve(&app, &plan).await;
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(done["status"], "completed", "{done:#}");
    assert_eq!(spendings(&app, &id).await, [Spending::Committed { refunded: 0 }]);
}

#[tokio::test]
async fn a_declined_card_blocks_a_plan_and_leaves_nothing_behind() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_no", Outcome::Decline(Decline::Soft));
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    let done = executed(&app, &plan, "tok_no").await.body;
    assert_eq!((&done["status"], &done["reason"]), (&json!("blocked"), &json!("payment_declined")));
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
    assert_eq!(spendings(&app, &id).await, [Spending::Released]);
    let session = done["session_id"].as_str().unwrap();
    let session = app.get(&format!("/checkout_sessions/{session}")).send().await.body;
    assert_eq!(session["status"], "canceled");
    let cart = done["cart_id"].as_str().unwrap();
    let cart = app.get(&format!("/carts/{cart}")).send().await;
    assert_eq!(cart.status, 200, "what was wanted stays in the basket");
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
async fn goods_that_sell_out_meanwhile_are_planned_anew() {
    const ACACIA: &str = "honey-acacia-350g";
    for left in [1, 0] {
        let app = TestApp::start().await;
        let id = mandate(&app, 9_000, None).await;
        let wanted = json!({"op": "add", "item_id": HONEY, "quantity": 2, "fallbacks": [ACACIA]});
        let mut body = buying(&json!([wanted, {"op": "checkout"}]));
        body["mandate_id"] = json!(id.as_str());
        let plan = made(&app, &body).await.body;
        app.count(HONEY, left).await;
        let done = executed(&app, &plan, "tok_visa").await.body;
        assert_eq!(done["status"], "needs_approval", "nobody has seen this price: {done:#}");
        assert_ne!(done["digest"], plan["digest"], "it is another plan now");
        assert_eq!(done["lines"][0]["item_id"], ACACIA);
        assert_eq!(app.payments.captures(), []);
        assert_eq!(spendings(&app, &id).await, [], "nothing is taken from the mandate");
        assert_eq!(app.ledger(HONEY).await, (left, 0, 0));
    }
}

#[tokio::test]
async fn a_plan_is_begun_with_what_pays_and_nothing_else() {
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["recipient"]["city"], "San Francisco");
    let path = format!("{PLANS}/{}/execute", plan["id"].as_str().unwrap());
    let mut elsewhere = payment("tok_visa");
    elsewhere["buyer"] = json!({"email": "mallory@example.com"});
    let ask = app.post(&path, &elsewhere).header("if-match", &digest(&plan)).key("elsewhere");
    let refused = ask.send().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid"), "{:#}", refused.body);
    assert_eq!(app.payments.calls(), []);
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(done["status"], "completed");
    assert!(done.get("recipient").is_none(), "of a plan that is over nobody is remembered");
}

#[tokio::test]
async fn a_checkout_that_somebody_swapped_is_paid_for_as_planned() {
    let app = TestApp::start().await;
    let session = app.ready("session").await;
    let id = mandate(&app, 5_000, None).await;
    let body = json!({
        "actions": [{"op": "checkout"}], "session_id": session, "mandate_id": id.as_str(),
    });
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["status"], "ready", "{plan:#}");
    let swap = json!({"line_items": [{"id": "honey-clover-350g", "quantity": 2}]});
    let answer = app.post(&format!("/checkout_sessions/{session}"), &swap).key("swap").send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert!(!spendings(&app, &id).await.contains(&Spending::Held));
    // The plan puts its own goods back, and pays for those.
    assert_eq!(done["status"], "completed", "{done:#}");
    let order = app.get(&format!("/orders/{}", done["order_id"].as_str().unwrap())).send().await;
    assert_eq!(order.body["line_items"].as_array().map(Vec::len), Some(1), "{:#}", order.body);
    assert_eq!(app.ledger(HONEY).await, SOLD);
}

#[tokio::test]
async fn a_plan_about_a_cart_that_is_gone_ends() {
    let app = TestApp::start().await;
    let cart = app.post("/carts", &json!({"line_items": [{"id": HONEY, "quantity": 3}]}));
    let cart = cart.key("cart").send().await.id();
    let actions = json!([{"op": "remove", "item_id": HONEY, "quantity": 1}]);
    let plan = made(&app, &json!({"actions": actions, "cart_id": cart})).await.body;
    let off = app.ask("POST", &format!("/carts/{cart}/cancel")).key("off").send().await;
    assert_eq!(off.status, 200);
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(
        (&done["status"], &done["reason"]),
        (&json!("blocked"), &json!("changed_meanwhile"))
    );
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
async fn nobody_begins_what_was_not_looked_at() {
    let app = TestApp::start().await;
    let plan = made(&app, &buying(&json!([{"op": "add", "item_id": HONEY}]))).await.body;
    let path = format!("{PLANS}/{}/execute", plan["id"].as_str().unwrap());
    let unseen = app.ask("POST", &path).key("a").send().await;
    assert_eq!((unseen.status.as_u16(), unseen.code()), (428, "if_match_required"));
    let other = format!("\"{}\"", "0".repeat(64));
    let changed = app.ask("POST", &path).header("if-match", &other).key("b").send().await;
    assert_eq!((changed.status.as_u16(), changed.code()), (409, "plan_changed"));
    let begun = app.ask("POST", &path).header("if-match", &digest(&plan)).key("c").send().await;
    assert_eq!((begun.status.as_u16(), &begun.body["status"]), (202, &json!("running")));
    app.settle().await;
    let over = app.ask("POST", &path).header("if-match", &digest(&plan)).key("d").send().await;
    assert_eq!((over.status.as_u16(), over.code()), (409, "plan_over"));
    let done = shown(&app, plan["id"].as_str().unwrap()).await;
    let cart = app.get(&format!("/carts/{}", done["cart_id"].as_str().unwrap())).send().await;
    assert_eq!(cart.body["line_items"][0]["quantity"], 1);
}

#[tokio::test]
async fn a_plan_changes_the_cart_it_is_about_or_says_that_somebody_else_did() {
    let app = TestApp::start().await;
    let cart = app.post("/carts", &json!({"line_items": [{"id": HONEY, "quantity": 3}]}));
    let cart = cart.key("cart").send().await.id();
    let actions = json!([{"op": "remove", "item_id": HONEY, "quantity": 1}]);
    let plan = made(&app, &json!({"actions": actions, "cart_id": cart})).await.body;
    assert_eq!(plan["lines"][0]["quantity"], 2);
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(done["status"], "completed");
    let read = app.get(&format!("/carts/{cart}")).send().await.body;
    assert_eq!(read["line_items"][0]["quantity"], 2);

    let plan = made(&app, &json!({"actions": [{"op": "clear_cart"}], "cart_id": cart})).await.body;
    let done = executed(&app, &plan, "tok_visa").await;
    assert_eq!(done.body["status"], "completed", "{:#}", done.body);
    assert_eq!(app.get(&format!("/carts/{cart}")).send().await.status, 404);
}

#[tokio::test]
async fn a_plan_is_called_off_until_it_is_ordered() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    let path = format!("{PLANS}/{}/cancel", plan["id"].as_str().unwrap());
    let off = app.ask("POST", &path).key("a").send().await;
    assert_eq!((off.status.as_u16(), &off.body["status"]), (200, &json!("canceled")));
    let again = app.ask("POST", &path).key("b").send().await;
    assert_eq!((again.status.as_u16(), again.code()), (409, "plan_over"));

    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    executed(&app, &plan, "tok_visa").await;
    let path = format!("{PLANS}/{}/cancel", plan["id"].as_str().unwrap());
    let late = app.ask("POST", &path).key("c").send().await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "too_late"));
}

#[tokio::test]
async fn a_person_says_no() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    let path = format!("{PLANS}/{}", plan["id"].as_str().unwrap());
    let seen = app.get(&path).token(PERSON_KEY).send().await;
    assert_eq!((seen.status.as_u16(), &seen.body), (200, &plan), "she looks at it first");
    let plan = judged(&app, &plan, "reject", PERSON_KEY).await.body;
    assert_eq!((&plan["status"], &plan["reason"]), (&json!("canceled"), &json!("rejected")));
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

#[tokio::test]
async fn a_plan_whose_worker_died_is_finished_by_another() {
    let app = TestApp::start_paused().await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    let lost = || Turn::FailAfter(PaymentFault::Ambiguous);
    app.payments.script(Operation::Confirm, [lost()]);
    app.payments.script(Operation::Lookup, [lost(), lost(), lost()]);
    let done = executed(&app, &plan, "tok_visa").await.body;
    assert_eq!(done["status"], "running", "{done:#}");
    assert_eq!(done["reconciliation_required"], true);
    for _ in 0..6 {
        later(&app, COMPLETION_LEASE).await;
    }
    let done = shown(&app, plan["id"].as_str().unwrap()).await;
    assert_eq!(done["status"], "completed", "{done:#}");
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
    assert_eq!(spendings(&app, &id).await, [Spending::Committed { refunded: 0 }]);
}

#[tokio::test]
async fn a_sentence_becomes_an_order_in_one_call() {
    // Where the catalogue is kept elsewhere, nothing is read for goods.
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, None).await;
    let body = json!({
        "text": "two jars of wildflower honey 350 g, then check out",
        "mandate_id": id.as_str(),
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
        "execute": "if_allowed",
        "payment": payment("tok_visa"),
    });
    let ask = app.post("/intents", &body).header("prefer", "wait=10").key("one call");
    let done = ask.clone().send().await;
    app.settle().await;
    assert_eq!(done.status, 201, "{:#}", done.body);
    assert_eq!(done.body["plan"]["status"], "completed", "{:#}", done.body);
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
    let again = ask.send().await;
    assert_eq!(again.body["plan"]["order_id"], done.body["plan"]["order_id"]);
    assert_eq!(app.payments.captures().len(), 1, "a call that is made again pays nothing");
}

#[tokio::test]
async fn a_conversation_comes_to_one_plan() {
    // Where the catalogue is kept elsewhere, nothing is read for goods.
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let say = async |text: &str, conversation: Option<&str>| {
        let mut body = json!({
            "text": text,
            "buyer": {"email": "ada@example.com"},
            "fulfillment_details": {"address": address("CA", "94105")},
        });
        if let Some(id) = conversation {
            body["conversation_id"] = json!(id);
        }
        let answer = app.post("/intents", &body).key(text).send().await;
        assert_eq!(answer.status, 201, "{:#}", answer.body);
        answer.body
    };
    let first = say("add a jar of wildflower honey 350 g", None).await;
    assert_eq!(first["plan"]["status"], "ready", "{first:#}");
    let id = first["conversation_id"].as_str();
    say("send it by express please", id).await;
    let last = say("another jar of wildflower honey 350 g and check out", id).await;
    assert_eq!(last["plan"]["lines"][0]["quantity"], 2, "{last:#}");
    assert_eq!(last["plan"]["delivery"], json!(["express"]), "what was said before counts");
    assert_eq!(last["plan"]["status"], "needs_approval");
    let off = say("forget it", id).await;
    assert_eq!(off["plan"]["status"], "canceled", "{off:#}");
}

#[tokio::test]
async fn however_many_plans_pay_at_once_they_spend_no_more_than_the_budget() {
    const CROWD: usize = 64;
    let app = TestApp::start_paused().await;
    app.count(HONEY, 1_000).await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let made = join_all((0..CROWD).map(|number| {
        let key = format!("plan {number}");
        app.post(PLANS, &body).key(&key).send()
    }));
    let plans: Vec<Value> = made.await.into_iter().map(|answer| answer.body).collect();
    assert!(plans.iter().all(|plan| plan["status"] == "ready"), "there is enough for each of them");
    let begun = join_all(plans.iter().map(|plan| {
        let path = format!("{PLANS}/{}/execute", plan["id"].as_str().unwrap());
        let ask = app.post(&path, &payment("tok_visa")).header("if-match", &digest(plan));
        ask.key("execute").send()
    }));
    assert!(begun.await.iter().all(|answer| answer.status == 202));
    app.settle().await;
    // Those who came into each other's way have rested by then.
    for _ in 0..40 {
        later(&app, Duration::from_secs(1)).await;
    }
    let mut completed = 0;
    for plan in &plans {
        let done = shown(&app, plan["id"].as_str().unwrap()).await;
        match done["status"].as_str().unwrap() {
            "completed" => completed += 1,
            "blocked" => assert_eq!(done["reason"], "over_budget", "{done:#}"),
            other => panic!("{other}: {done:#}"),
        }
    }
    assert_eq!(completed, 4, "no more fit into a budget of 100.00, and no fewer");
    let spent = spendings(&app, &id).await;
    assert_eq!(spent, [Spending::Committed { refunded: 0 }; 4]);
    let held: i64 = app.payments.holds().len().try_into().unwrap();
    assert_eq!((app.payments.captures().len(), held), (4, 0));
    assert_eq!(app.ledger(HONEY).await, (1_000 - 2 * 4, 0, 2 * 4));
}

/// A gateway that was away for longer than checkouts are kept.
#[tokio::test]
async fn a_plan_whose_checkout_was_forgotten_ends_all_the_same() {
    let app = TestApp::start().await;
    let made = made(&app, &two_jars()).await.body;
    let id = PlanId::parse(made["id"].as_str().unwrap()).unwrap();
    let (mut plan, at) =
        app.plans.look(id.partition(), Some(&id), None).await.unwrap().plan.unwrap();
    let now = app.clock.now();
    plan.status = PlanStatus::Running;
    plan.made.session = Some(SessionId::new(id.partition(), Random128([9; 16])));
    plan.run = Some(PlanRun {
        standing: Stands {
            fence: RunFence { number: 1, owner: Random128([1; 16]) },
            lease: Lease { until: now, epoch: 0 },
            tries: 0,
            trouble: None,
        },
        at: At::TurningBack(StopReason::TimedOut),
        deadline: now,
        sealed_request: Vec::new(),
        replans: 0,
        is_canceled: false,
    });
    let plan = Some(PlanWrite { before: Some(at), after: Box::new(plan) });
    let begun = app.plans.commit(id.partition(), PlanChange { plan, answer: None }).await;
    assert!(matches!(begun.unwrap(), Committed::At(_)));
    later(&app, COMPLETION_LEASE).await;
    let done = shown(&app, id.as_str()).await;
    assert_eq!(done["reason"], "timed_out", "{done:#}");
}
