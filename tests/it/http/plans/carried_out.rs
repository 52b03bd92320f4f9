//! How plans end: whatever sells out, is declined, swapped, called off or dies on the way.

use std::time::Duration;

use acp_core::ids::{MandateId, PlanId, Random128, SessionId};
use acp_core::limits::COMPLETION_LEASE;
use acp_core::mandate::Spending;
use acp_core::payment::{Decline, PaymentFault};
use acp_core::plan::{At, MomentKind, Plan, PlanRun, PlanStatus, StopReason};
use acp_core::ports::{Clock as _, Committed, PlanChange, PlanWrite, Plans as _, Revision};
use acp_core::run::{Lease, RunFence, Standing as Stands};
use acp_mocks::{Operation, Outcome, Turn};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{PLANS, buying, digest, executed, made, mandate, shown, spendings, two_jars};
use crate::http::app::{HONEY, TestApp, Wishes, payment, standard_shipping};
use crate::http::held::Holdup;
use crate::http::runs::{ALL_FREE, SOLD, later};

/// A plan as it is kept.
pub(super) async fn kept(app: &TestApp, id: &PlanId) -> (Plan, Revision) {
    app.plans.look(id.partition(), Some(id), None).await.unwrap().plan.unwrap()
}

/// A plan as a worker has left it that died at this step.
pub(super) async fn stand_at(app: &TestApp, id: &PlanId, step: At, session: &SessionId) {
    let (mut plan, at) = kept(app, id).await;
    let now = app.clock.now();
    plan.status = PlanStatus::Running;
    plan.made.session = Some(session.clone());
    plan.run = Some(PlanRun {
        standing: Stands {
            fence: RunFence { number: 1, owner: Random128([1; 16]) },
            lease: Lease { until: now, epoch: 0 },
            tries: 0,
            trouble: None,
        },
        at: step,
        deadline: now.plus(Duration::from_hours(1)),
        sealed_request: Vec::new(),
        replans: 0,
        is_canceled: false,
    });
    let plan = Some(PlanWrite { before: Some(at), known: plan.last_seq(), after: Box::new(plan) });
    let begun = app.plans.commit(id.partition(), PlanChange { plan, answer: None }).await;
    assert!(matches!(begun.unwrap(), Committed::At(_)));
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
    let swap = json!({
        "line_items": [{"id": HONEY, "quantity": 1}],
        "selected_fulfillment_options": standard_shipping()["selected_fulfillment_options"],
    });
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

/// A worker stands still before it reserves, and the plan is taken over and called off meanwhile.
#[tokio::test]
async fn who_was_overtaken_takes_nothing_for_a_plan_that_is_over() {
    let holdup = Holdup::default();
    let app = TestApp::wishing(Wishes { holdup: holdup.clone(), ..Wishes::default() }).await;
    let id = mandate(&app, 5_000, None).await;
    let mut body = two_jars();
    body["mandate_id"] = json!(id.as_str());
    let plan = made(&app, &body).await.body;
    let plan_id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let looking = holdup.of("/l");
    let meanwhile = async {
        // Whether it covers the plan is looked at first, then it is taken from.
        looking.reached().await;
        let taking = holdup.of("/l");
        looking.open();
        taking.reached().await;
        let path = format!("{PLANS}/{}/cancel", plan_id.as_str());
        let off = app.ask("POST", &path).key("off").send();
        let tended = async {
            while kept(&app, &plan_id).await.0.run.is_some_and(|run| !run.is_canceled) {
                tokio::task::yield_now().await;
            }
            app.clock.advance(COMPLETION_LEASE);
            while kept(&app, &plan_id).await.0.run.is_some() {
                app.app.resume_plans().await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let (off, ()) = tokio::join!(off, tended);
        assert_eq!(off.status, 200, "{:#}", off.body);
        taking.open();
    };
    let (_overtaken, ()) = tokio::join!(executed(&app, &plan, "tok_visa"), meanwhile);
    app.settle().await;
    assert_eq!(shown(&app, plan_id.as_str()).await["status"], "canceled");
    assert_eq!(spendings(&app, &id).await, [Spending::Released]);
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
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
    let plan = made(&app, &two_jars()).await.body;
    let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let forgotten = SessionId::new(id.partition(), Random128([9; 16]));
    stand_at(&app, &id, At::TurningBack(StopReason::TimedOut), &forgotten).await;
    later(&app, COMPLETION_LEASE).await;
    let done = shown(&app, id.as_str()).await;
    assert_eq!(done["reason"], "timed_out", "{done:#}");
}

/// A mandate, a plan that pays with it for a checkout, and that checkout.
async fn planned(app: &TestApp) -> (MandateId, PlanId, String) {
    let session = app.ready("session").await;
    let id = mandate(app, 5_000, None).await;
    let body = json!({
        "actions": [{"op": "checkout"}], "session_id": session, "mandate_id": id.as_str(),
    });
    let plan = made(app, &body).await.id();
    (id, PlanId::parse(&plan).unwrap(), session)
}

fn has(plan: &Plan, kind: MomentKind) -> bool {
    plan.timeline.iter().any(|moment| moment.kind == kind)
}

/// Whoever asked for a plan changes its checkout after the last step before it pays.
#[tokio::test]
async fn what_was_swapped_at_the_till_is_planned_anew() {
    let app = TestApp::start().await;
    let (_, id, session) = planned(&app).await;
    let swap = json!({
        "line_items": [{"id": HONEY, "quantity": 1}],
        "selected_fulfillment_options": standard_shipping()["selected_fulfillment_options"],
    });
    let path = format!("/checkout_sessions/{session}");
    let swapped = app.post(&path, &swap).key("swap").send().await;
    assert_eq!(swapped.body["status"], "ready_for_payment", "{:#}", swapped.body);
    stand_at(&app, &id, At::Paying, &SessionId::parse(&session).unwrap()).await;
    later(&app, COMPLETION_LEASE).await;
    let (plan, _) = kept(&app, &id).await;
    assert!(has(&plan, MomentKind::Replanned), "{:#?}", plan.timeline);
    let lines: Vec<_> = plan.terms.lines.iter().map(|it| it.line.quantity).collect();
    assert_eq!(lines, [1], "it is a plan for what is there");
}

/// What pays was sealed with a key that is gone.
#[tokio::test]
async fn what_pays_and_cannot_be_opened_any_more_holds_no_money() {
    let app = TestApp::start().await;
    let (mandate, id, session) = planned(&app).await;
    stand_at(&app, &id, At::Paying, &SessionId::parse(&session).unwrap()).await;
    later(&app, COMPLETION_LEASE).await;
    let (plan, _) = kept(&app, &id).await;
    assert!(has(&plan, MomentKind::StepRetrying), "{:#?}", plan.timeline);
    assert_eq!(app.payments.calls(), [], "nobody is asked for money");
    assert_eq!(spendings(&app, &mandate).await, [], "and nothing is taken from the mandate");
}
