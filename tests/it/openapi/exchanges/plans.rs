//! What is said of plans.

use std::time::Duration;

use serde_json::Value;

use super::super::indented::indented;
use super::super::kept;
use super::super::reading::Document;
use super::{BEGINNING, CART, MANDATE, NUMBER, ORDER, SESSION, assert_said};
use crate::http::app::{Answer, TestApp};

/// What plans of the examples are called.
pub(super) const PLAN: &str = "plan_06e6_4k7w2r9t5y1n8d3f6c0b5x2z7v";

/// The text of an answer about a plan with steady ids, also of what the plan has made.
async fn steady_plan(app: &TestApp, answer: &Answer) -> String {
    steady_about(app, answer, answer.body["plans"].get(0).unwrap_or(&answer.body)).await
}

/// The same of an answer that is not the plan itself.
async fn steady_about(app: &TestApp, answer: &Answer, plan: &Value) -> String {
    let mut text = String::from_utf8(answer.raw.to_vec()).unwrap();
    if let Some(order) = plan["order_id"].as_str() {
        let order = app.get(&format!("/orders/{order}")).send().await;
        text = text.replace(order.body["order_number"].as_str().unwrap(), NUMBER);
    }
    for (member, known) in [
        ("id", PLAN),
        ("mandate_id", MANDATE),
        ("cart_id", CART),
        ("session_id", SESSION),
        ("order_id", ORDER),
    ] {
        if let Some(id) = plan[member].as_str() {
            assert_eq!(id.len(), known.len(), "{id} has the form of {known}");
            text = text.replace(id, known);
        }
    }
    text
}

/// Sends what is asked of a plan, and keeps the answer.
async fn plan_exchange(
    (app, document): (&TestApp, &Document),
    plan: &Value,
    (operation, name): (&str, &str),
) -> Answer {
    app.clock.advance(Duration::from_secs(5));
    let operation = document.operation(operation);
    let path = operation.path.replace("{plan_id}", plan["id"].as_str().unwrap_or_default());
    let ask = if operation.is_keyed() {
        app.post(&path, operation.example(name)).key(name)
    } else {
        app.get(&path)
    };
    let is_of_person = matches!(operation.id(), "approvePlan" | "rejectPlan");
    let ask = if is_of_person { ask.token("acp_demo_principal") } else { ask };
    let seen = plan["digest"].as_str().map(|digest| format!("\"{digest}\""));
    let ask = seen.iter().fold(ask, |ask, seen| ask.header("if-match", seen));
    let is_patient = name == "plan_awaited";
    let ask = if is_patient { ask.header("prefer", "wait=10") } else { ask };
    let answer = ask.send().await;
    app.settle().await;
    assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
    assert_said(&operation, &answer);
    let text = indented(&steady_plan(app, &answer).await);
    kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &text);
    answer
}

/// Keeps what is said of a plan that is approved and carried out.
pub(super) async fn plan_what_is_bought(document: &Document) {
    for last in ["plan_awaited", "plan_begun"] {
        let app = TestApp::start().await;
        app.clock.set(BEGINNING);
        let about = (&app, document);
        let plan = plan_exchange(about, &Value::Null, ("createPlan", "plan")).await.body;
        plan_exchange(about, &Value::Null, ("listPlans", "plans")).await;
        plan_exchange(about, &plan, ("getPlan", "plan_shown")).await;
        let explained = document.operation("explainPlan").path;
        let explained = explained.replace("{plan_id}", plan["id"].as_str().unwrap());
        let explained = app.get(&explained).send().await;
        assert_said(&document.operation("explainPlan"), &explained);
        let text = indented(std::str::from_utf8(&explained.raw).unwrap());
        kept::check("src/http/openapi/examples/told/plan_explained.json", &text);
        plan_exchange(about, &plan, ("approvePlan", "plan_approved")).await;
        let begun = plan_exchange(about, &plan, ("executePlan", last)).await;
        if last == "plan_awaited" {
            plan_is_followed(about, &begun.body).await;
        }
    }
}

/// Keeps what is told to somebody who follows a plan that has ended, in one piece.
async fn plan_is_followed((app, document): (&TestApp, &Document), plan: &Value) {
    let operation = document.operation("followPlan");
    let path = operation.path.replace("{plan_id}", plan["id"].as_str().unwrap());
    let told = app.get(&format!("{path}?after=0")).send().await;
    assert_eq!(told.headers["content-type"], "text/event-stream");
    assert_said(&operation, &told);
    let text = serde_json::to_string(&steady_about(app, &told, plan).await).unwrap();
    kept::check("src/http/openapi/examples/told/plan_followed.json", &format!("{text}\n"));
}

/// Keeps what is said of plans that ask for something, and that are not wanted.
pub(super) async fn say_no_to_plans(document: &Document) {
    for (operation, name) in [("rejectPlan", "plan_rejected"), ("cancelPlan", "plan_canceled")] {
        let app = TestApp::start().await;
        app.clock.set(BEGINNING);
        let about = (&app, document);
        let plan = plan_exchange(about, &Value::Null, ("createPlan", "plan_asking")).await.body;
        let plan = plan_exchange(about, &plan, ("answerPlan", "plan_answered")).await.body;
        plan_exchange(about, &plan, (operation, name)).await;
    }
}
