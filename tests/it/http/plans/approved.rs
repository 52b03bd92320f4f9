//! Who says yes to a plan, and who no.

use acp_core::ids::MandateId;
use acp_core::mandate::Spending;
use serde_json::json;

use super::{
    PERSON, PERSON_KEY, PLANS, approve, digest, executed, judged, made, mandate, spendings,
    statuses, two_jars,
};
use crate::http::app::{HONEY, TestApp, payment};
use crate::http::runs::SOLD;

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
async fn a_person_says_no() {
    let app = TestApp::start().await;
    let plan = made(&app, &two_jars()).await.body;
    let path = format!("{PLANS}/{}", plan["id"].as_str().unwrap());
    let seen = app.get(&path).token(PERSON_KEY).send().await;
    assert_eq!((seen.status.as_u16(), &seen.body), (200, &plan), "she looks at it first");
    let plan = judged(&app, &plan, "reject", PERSON_KEY).await.body;
    assert_eq!((&plan["status"], &plan["reason"]), (&json!("canceled"), &json!("rejected")));
}
