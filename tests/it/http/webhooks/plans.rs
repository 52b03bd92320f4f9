//! What agents are told of their plans, where they ask for that.

use std::time::Duration;

use acp_core::limits::{PLAN_DELIVERY_LOOK, PLAN_KEPT, PLAN_LIFE, WEBHOOK_REST_MAX};
use acp_core::principal::Scope;
use acp_mocks::faults::Faults;
use acp_mocks::receiver::Taken;
use serde_json::{Value, json};

use super::house::{House, answering, away, fail, taken, told};
use crate::http::app::payment;
use crate::http::plans::{PLANS, digest, two_jars};

const SOON: Duration = Duration::from_secs(1);

/// Everything that is told of a plan.
fn of_plans() -> Value {
    json!({"events": [
        "question.asked", "approval.requested", "approval.granted", "plan.completed",
        "plan.blocked", "plan.failed", "plan.canceled", "plan.expired",
    ]})
}

/// A plan that somebody has to say yes to.
async fn planned(house: &House, key: &str) -> Value {
    let made = house.app.post(PLANS, &two_jars()).token(house.agent().await).key(key).send().await;
    assert_eq!(made.body["status"], "needs_approval", "{:#}", made.body);
    made.body
}

/// Does something about a plan.
async fn done(house: &House, plan: &Value, word: &str, token: &str) {
    let path = format!("{PLANS}/{}/{word}", plan["id"].as_str().unwrap());
    let ask = house.app.post(&path, &json!({})).token(token).header("if-match", &digest(plan));
    let ask = if word == "execute" { ask.body(payment("tok_visa").to_string()) } else { ask };
    let answer = ask.header("prefer", "wait=10").key(word).send().await;
    assert!(answer.status.is_success(), "{word}: {:#}", answer.body);
    house.app.settle().await;
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[tokio::test]
async fn who_asks_for_it_hears_of_plans_and_nobody_else_does() {
    let house = House::open().await;
    let (listener, of_orders) = (house.listener().await, house.listener().await);
    house.tell(&listener, of_plans()).await;
    house.tell(&of_orders, json!({})).await;
    let person = house.app.key_of("ada", Scope::Principal).await;
    let plan = planned(&house, "k").await;
    house.relay().await;
    assert_eq!(told(&listener), ["approval.requested needs_approval"]);
    done(&house, &plan, "approve", &person).await;
    house.relay().await;
    done(&house, &plan, "execute", house.agent().await).await;
    house.relay().await;
    house.relay().await;
    let expected =
        ["approval.requested needs_approval", "approval.granted ready", "plan.completed completed"];
    assert_eq!(told(&listener), expected, "each once, and nothing of orders");
    assert!(told(&of_orders).iter().all(|it| it.starts_with("order_")), "{:?}", told(&of_orders));

    let events = taken(&listener);
    let last = body(&events[2].body);
    let path = format!("{PLANS}/{}", plan["id"].as_str().unwrap());
    let shown = house.app.get(&path).token(house.agent().await).send().await.body;
    let data = &last["data"];
    assert_eq!((&data["type"], &data["form"]), (&json!("plan"), &json!(1)));
    assert_eq!((&data["plan_id"], &data["order_id"]), (&shown["id"], &shown["order_id"]));
    assert_eq!(data["say"], shown["say"]);
    for event in &events {
        let text = String::from_utf8(event.body.to_vec()).unwrap();
        assert!(!text.contains("ada@") && !text.contains("Pier"), "nobody is named: {text}");
    }
    // They are the events that followers hear, by their numbers.
    let followed = house.app.get(&format!("{path}/events?after=0")).token(house.agent().await);
    let followed = String::from_utf8(followed.send().await.raw.to_vec()).unwrap();
    for event in &events {
        let told = body(&event.body);
        let line =
            format!("id: {}\nevent: {}\n", told["data"]["seq"], told["type"].as_str().unwrap());
        assert!(followed.contains(&line), "{line} is not in {followed}");
    }
}

#[tokio::test]
async fn a_plan_is_told_in_order_and_alike_whatever_fails() {
    let house = House::open().await;
    let listener = house.listener().await;
    house.tell(&listener, of_plans()).await;
    fail(&listener, away());
    let plan = planned(&house, "k").await;
    house.relay().await;
    done(&house, &plan, "cancel", house.agent().await).await;
    house.later(WEBHOOK_REST_MAX).await;
    assert_eq!(told(&listener), [""; 0]);
    let spoiled = Faults { timeout_after_effect_ratio: 0.5, at_most: Some(2), ..Faults::default() };
    fail(&listener, spoiled);
    for _ in 0..6 {
        house.later(Duration::from_hours(1)).await;
    }
    let events = taken(&listener);
    assert!(events.iter().all(|it| it.taken != Some(Taken::Changed)), "the same is told again");
    let first = events.iter().filter(|it| it.taken == Some(Taken::First));
    let words: Vec<_> = first.map(|it| body(&it.body)["type"].clone()).collect();
    assert_eq!(words, ["approval.requested", "plan.canceled"]);
}

#[tokio::test]
async fn what_was_kept_back_is_told_once_somebody_listens_again() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, of_plans()).await;
    house.change(&endpoint, json!({"status": "paused"})).await;
    let plan = planned(&house, "k").await;
    house.relay().await;
    house.app.clock.advance(PLAN_LIFE + SOON);
    house.app.app.tend_plans().await.unwrap();
    house.relay().await;
    assert_eq!(told(&listener), [""; 0]);
    let held = house.show(&endpoint, "/deliveries").await;
    assert_eq!(held["deliveries"], json!([]), "it was never tried");
    house.change(&endpoint, json!({"status": "active"})).await;
    house.relay().await;
    assert_eq!(told(&listener), ["approval.requested needs_approval", "plan.expired expired"]);
    let told = &house.show(&endpoint, "/deliveries").await["deliveries"][0];
    assert_eq!((&told["plan_id"], &told["status"]), (&plan["id"], &json!("told")));
    assert_eq!(told.get("order_id"), None);
}

#[tokio::test]
async fn what_was_told_of_a_plan_is_forgotten_with_it() {
    for is_away in [false, true] {
        let house = House::open().await;
        let listener = house.listener().await;
        let endpoint = house.tell(&listener, of_plans()).await;
        if is_away {
            fail(&listener, away());
        }
        planned(&house, "k").await;
        house.relay().await;
        house.later(PLAN_LIFE + SOON).await;
        house.app.app.tend_plans().await.unwrap();
        house.later(WEBHOOK_REST_MAX).await;
        assert_eq!(told(&listener).len(), if is_away { 0 } else { 2 });
        house.app.clock.advance(PLAN_KEPT);
        assert_eq!(house.app.app.tend_plans().await.unwrap(), 1, "the plan is forgotten");
        let left = house.show(&endpoint, "/deliveries").await;
        assert!(left["deliveries"][0]["told"].is_u64(), "what was told is known for a while");
        house.later(PLAN_DELIVERY_LOOK + WEBHOOK_REST_MAX).await;
        assert_eq!(house.show(&endpoint, "/deliveries").await["deliveries"], json!([]));
        assert_eq!(house.app.relay.counts().given_up, u64::from(is_away), "and that is counted");
    }
}

/// The plan is over before anything is told of it, so that there are no other news.
#[tokio::test]
async fn what_is_given_up_is_counted_once_also_when_the_plan_is_forgotten() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, of_plans()).await;
    fail(&listener, answering(400));
    let plan = planned(&house, "k").await;
    done(&house, &plan, "cancel", house.agent().await).await;
    for _ in 0..10 {
        house.later(WEBHOOK_REST_MAX).await;
    }
    let held = house.show(&endpoint, "/deliveries").await;
    assert_eq!(held["deliveries"][0]["status"], "refused", "{held:#}");
    assert_eq!(house.app.relay.counts().given_up, 1);
    house.app.clock.advance(PLAN_KEPT);
    assert_eq!(house.app.app.tend_plans().await.unwrap(), 1, "the plan is forgotten");
    house.later(PLAN_DELIVERY_LOOK + WEBHOOK_REST_MAX).await;
    assert_eq!(house.show(&endpoint, "/deliveries").await["deliveries"], json!([]));
    assert_eq!(house.app.relay.counts().given_up, 1, "and counted before");
}

#[tokio::test]
async fn who_wants_to_hear_of_plans_later_hears_what_happens_from_then_on() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, json!({})).await;
    let plan = planned(&house, "k").await;
    house.relay().await;
    house.app.clock.advance(SOON);
    house.change(&endpoint, json!({"events": ["approval.requested", "plan.canceled"]})).await;
    done(&house, &plan, "cancel", house.agent().await).await;
    house.relay().await;
    assert_eq!(told(&listener), ["plan.canceled canceled"]);
}

#[tokio::test]
async fn a_made_up_plan_shows_whether_somebody_listens() {
    let house = House::open().await;
    let listener = house.listener().await;
    let endpoint = house.tell(&listener, of_plans()).await;
    let path = format!("/webhook_endpoints/{endpoint}/test");
    let ask = house.app.post(&path, &json!({"type": "plan.completed"}));
    let tried = ask.token(house.agent().await).send().await;
    assert_eq!((&tried.body["delivered"], &tried.body["status"]), (&json!(true), &json!(200)));
    assert_eq!(told(&listener), ["plan.completed completed"]);
}
