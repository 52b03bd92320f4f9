//! Plans: what they come to, who says yes, and how they end.

mod approved;
mod called_off;
mod carried_out;
mod made;
mod said;

use std::time::Duration;

use acp_core::ids::{AgentId, MandateId, Random128};
use acp_core::mandate::{Budget, Mandate, Restriction, Spending, Standing, Window};
use acp_core::money::{Currency, Money};
use acp_core::ports::{Clock as _, Committed, MandateWrite, Mandates as _};
use serde_json::{Value, json};

use crate::http::app::{Answer, HONEY, TestApp, address, payment};

pub(super) const PLANS: &str = "/plans";
/// What two jars cost, with delivery and tax, in the demo shop.
pub(super) const TWO_JARS: i64 = 2_197;
/// Something of which nothing is left.
pub(super) const SOLD_OUT: &str = "butter-cultured-250g";
/// Who gives leave to spend, and her key.
pub(super) const PERSON: &str = "demo_principal";
pub(super) const PERSON_KEY: &str = "acp_demo_principal";

pub(super) fn buying(actions: &Value) -> Value {
    json!({
        "actions": actions,
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    })
}

pub(super) fn two_jars() -> Value {
    buying(&json!([{"op": "add", "item_id": HONEY, "quantity": 2}, {"op": "checkout"}]))
}

pub(super) async fn made(app: &TestApp, body: &Value) -> Answer {
    // Another plan has another key.
    let answer = app.post(PLANS, body).key(&body.to_string().len().to_string()).send().await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    assert_eq!(answer.headers["location"], format!("{PLANS}/{}", answer.id()).as_str());
    answer
}

pub(super) fn digest(plan: &Value) -> String {
    format!("\"{}\"", plan["digest"].as_str().unwrap())
}

pub(super) async fn shown(app: &TestApp, id: &str) -> Value {
    let answer = app.get(&format!("{PLANS}/{id}")).send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.body
}

/// Begins a plan and waits until it is over.
pub(super) async fn executed(app: &TestApp, plan: &Value, token: &str) -> Answer {
    let id = plan["id"].as_str().unwrap();
    let ask = app.post(&format!("{PLANS}/{id}/execute"), &payment(token));
    let ask = ask.header("if-match", &digest(plan)).header("prefer", "wait=10");
    let answer = ask.key("execute").send().await;
    app.settle().await;
    answer
}

pub(super) fn money(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

/// A mandate for the agent of these tests.
pub(super) async fn mandate(
    app: &TestApp,
    per_order: i64,
    approval_above: Option<i64>,
) -> MandateId {
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
pub(super) async fn spendings(app: &TestApp, id: &MandateId) -> Vec<Spending> {
    let seen = app.mandates.find(&app.shop.tenant, id).await.unwrap().unwrap();
    seen.ledger.entries().iter().map(|entry| entry.spending).collect()
}

pub(super) async fn judged(app: &TestApp, plan: &Value, word: &str, token: &str) -> Answer {
    let path = format!("{PLANS}/{}/{word}", plan["id"].as_str().unwrap());
    app.ask("POST", &path).header("if-match", &digest(plan)).token(token).key(word).send().await
}

pub(super) async fn approve(app: &TestApp, plan: &Value) -> Value {
    let answer = judged(app, plan, "approve", PERSON_KEY).await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    answer.body
}

pub(super) fn statuses(plan: &Value) -> Vec<(&str, &str)> {
    let steps = plan["steps"].as_array().unwrap();
    steps.iter().map(|it| (it["kind"].as_str().unwrap(), it["status"].as_str().unwrap())).collect()
}
