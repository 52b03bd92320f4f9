//! What the merchant does about orders: goods are sent and followed, lines are taken off, and money
//! goes back, once.

use std::time::Duration;

use acp_core::ids::OrderId;
use acp_core::limits::{HAND_OVER_REST_MAX, RUN_REST_MAX};
use acp_core::payment::PaymentFault;
use acp_core::ports::Checkouts as _;
use acp_core::principal::Scope;
use acp_gateway::app::{Capture, Word};
use acp_mocks::{Gate, Operation, Turn};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::http::app::{Answer, HONEY, TestApp};
use crate::http::runs::{ALL_FREE, SOLD, capturing, later, told};

/// A merchant in front of an order of two jars of honey.
pub(in crate::http) struct Desk<'a> {
    pub(in crate::http) app: &'a TestApp,
    pub(in crate::http) token: String,
    pub(in crate::http) order: String,
}

impl<'a> Desk<'a> {
    pub(in crate::http) async fn of(app: &'a TestApp) -> Self {
        let id = app.ready("k").await;
        let paid = app.complete(&id, "tok_visa").key("1").send().await;
        app.settle().await;
        let order = paid.body["order"]["id"].as_str().unwrap().to_owned();
        Self { app, token: app.key_of("shop", Scope::Merchant).await, order }
    }

    pub(in crate::http) async fn post(&self, what: &str, key: &str, body: &Value) -> Answer {
        let path = format!("/orders/{}/{what}", self.order);
        self.app.post(&path, body).token(&self.token).key(key).send().await
    }

    /// What is answered to something that is done.
    pub(in crate::http) async fn done(&self, what: &str, key: &str, body: &Value) -> Value {
        let answer = self.post(what, key, body).await;
        assert_eq!(answer.status, 200, "{what}: {:#}", answer.body);
        answer.body
    }

    pub(in crate::http) async fn read(&self) -> Value {
        let path = format!("/orders/{}", self.order);
        self.app.get(&path).token(&self.token).send().await.body
    }

    pub(in crate::http) fn captured(&self) -> i64 {
        self.app.payments.captures().iter().map(|it| it.amount.minor()).sum()
    }

    pub(in crate::http) fn refunded(&self) -> i64 {
        self.app.payments.refunds().iter().map(|it| it.amount.minor()).sum()
    }
}

fn jars(quantity: u32) -> Value {
    json!([{"id": format!("li_{HONEY}"), "quantity": quantity}])
}

pub(in crate::http) fn statuses(order: &Value, of: &str) -> Vec<String> {
    let listed = order[of].as_array().cloned().unwrap_or_default();
    listed.iter().map(|it| it["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn goods_are_sent_and_followed_until_they_arrive() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let one = json!({
        "type": "shipping", "line_items": jars(1), "status": "shipped",
        "carrier": "DHL", "tracking_number": "JJD1", "tracking_url": "https://dhl.example/JJD1",
    });
    let sent = desk.done("fulfillments", "a", &one).await;
    assert_eq!(sent["status"], "processing");
    assert_eq!(sent["fulfillments"][0]["tracking_number"], "JJD1");
    let rest = desk.done("fulfillments", "b", &json!({"type": "shipping"})).await;
    assert_eq!(rest["fulfillments"][1]["line_items"], jars(1), "what is open, unasked");
    assert_eq!(statuses(&rest, "fulfillments"), ["shipped", "pending"]);

    let path = |order: &Value, number: usize| {
        format!("fulfillments/{}", order["fulfillments"][number]["id"].as_str().unwrap())
    };
    let shipped = desk.done(&path(&rest, 1), "c", &json!({"status": "shipped"})).await;
    assert_eq!(shipped["status"], "shipped");
    let arrived = json!({"status": "delivered", "description": "Left with a neighbour."});
    desk.done(&path(&rest, 0), "d", &arrived).await;
    let done = desk.done(&path(&rest, 1), "d", &arrived).await;
    assert_eq!(done["status"], "completed", "a key is good for one fulfillment");
    assert_eq!(done, desk.read().await);

    let back = desk.post(&path(&rest, 0), "e", &json!({"status": "shipped"})).await;
    assert_eq!((back.status.as_u16(), back.code()), (409, "order_conflict"));
    let more = desk.post("fulfillments", "f", &one).await;
    assert_eq!((more.status.as_u16(), more.code()), (422, "quantity_exceeded"));
    let unknown = desk.post("fulfillments/ful_x_1", "g", &arrived).await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "not_found"));
}

#[tokio::test]
async fn a_word_about_an_order_is_kept_under_its_key() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let one = json!({"type": "shipping", "line_items": jars(1)});
    let first = desk.post("fulfillments", "a", &one).await;
    let again = desk.post("fulfillments", "a", &one).await;
    assert_eq!((again.is_replay(), again.raw), (true, first.raw));
    assert_eq!(desk.read().await["fulfillments"].as_array().unwrap().len(), 1);
    let other = desk.post("fulfillments", "a", &json!({"type": "shipping"})).await;
    assert_eq!((other.status.as_u16(), other.code()), (422, "idempotency_conflict"));
    // The same key for something else is another call.
    desk.done("cancellations", "a", &one).await;
    let refused = desk.post("cancellations", "b", &json!({"line_items": jars(2)})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "quantity_exceeded"));
    assert!(desk.post("cancellations", "b", &json!({"line_items": jars(2)})).await.is_replay());

    let path = format!("/orders/{}/fulfillments", desk.order);
    for version in ["2025-09-29", "2026-04-17"] {
        let keyless = app.post(&path, &one).token(&desk.token).header("api-version", version);
        let keyless = keyless.without("idempotency-key").send().await;
        assert_eq!((keyless.status.as_u16(), keyless.code()), (400, "idempotency_key_required"));
    }
    let agent = app.key_of("agent", Scope::Agent).await;
    let agent = app.post(&path, &one).token(&agent).key("z").send().await;
    assert_eq!((agent.status.as_u16(), agent.code()), (403, "forbidden"));
    let lost = "/orders/ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f/refunds";
    let lost = app.post(lost, &json!({})).token(&desk.token).send().await;
    assert_eq!((lost.status.as_u16(), lost.code()), (404, "order_not_found"));
}

#[tokio::test]
async fn faults_of_a_word_about_an_order_are_told_with_their_place() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let fulfillment = |more: Value| {
        let mut body = json!({"type": "shipping", "line_items": jars(1)});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    for (what, body, code, path) in [
        ("fulfillments", json!({}), "missing_required_field", "$.type"),
        ("fulfillments", json!({"type": "mule"}), "invalid", "$.type"),
        (
            "fulfillments",
            json!({"type": "digital", "line_items": jars(1)}),
            "invalid",
            "$.line_items",
        ),
        (
            "fulfillments",
            fulfillment(json!({"line_items": jars(0)})),
            "invalid",
            "$.line_items[0].quantity",
        ),
        ("fulfillments", fulfillment(json!({"status": "ready_for_pickup"})), "invalid", "$.status"),
        (
            "fulfillments",
            fulfillment(json!({"tracking_url": "javascript:alert(1)"})),
            "invalid",
            "$.tracking_url",
        ),
        ("returns", json!({}), "invalid", "$.line_items"),
        ("refunds", json!({"amount": 100}), "missing_required_field", "$.currency"),
        ("refunds", json!({"amount": -1, "currency": "usd"}), "invalid", "$.amount"),
        ("refunds", json!({"amount": 0, "currency": "usd"}), "invalid", "$.amount"),
        ("refunds", json!({"amount": 1, "currency": "dollars"}), "invalid", "$.currency"),
        ("refunds", json!({"amount": "all"}), "invalid_type", "$.amount"),
        ("refunds", json!({"amount": 1, "currency": "eur"}), "refund_exceeds_payment", "$.amount"),
    ] {
        let told = desk.post(what, &format!("{what} {body}"), &body).await;
        assert_eq!((told.code(), &told.body["param"]), (code, &json!(path)), "{body}");
    }
    app.settle().await;
    assert_eq!((desk.read().await["fulfillments"].clone(), desk.refunded()), (Value::Null, 0));
}

#[tokio::test]
async fn money_goes_back_in_parts_and_never_more_than_came() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let part =
        json!({"amount": 500, "currency": "usd", "reason": "damaged", "line_items": jars(1)});
    let answer = desk.done("refunds", "a", &part).await;
    assert_eq!(statuses(&answer, "adjustments"), ["pending"]);
    app.settle().await;
    assert_eq!(
        (statuses(&desk.read().await, "adjustments"), desk.refunded()),
        (vec!["completed".into()], 500)
    );
    assert!(desk.post("refunds", "a", &part).await.is_replay());

    let more = json!({"amount": desk.captured() - 499, "currency": "usd"});
    let more = desk.post("refunds", "b", &more).await;
    assert_eq!((more.status.as_u16(), more.code()), (422, "refund_exceeds_payment"));
    desk.done("refunds", "c", &json!({})).await;
    app.settle().await;
    assert_eq!(desk.refunded(), desk.captured(), "the rest, where no amount is said");
    let nothing = desk.post("refunds", "d", &json!({})).await;
    assert_eq!((nothing.status.as_u16(), nothing.code()), (422, "refund_exceeds_payment"));
    assert_eq!(app.app.tend().await.unwrap().resumed, 0, "nothing is left to do");
}

#[tokio::test]
async fn however_many_ask_at_once_no_more_goes_back_than_came() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let half = json!({"amount": desk.captured() / 2, "currency": "usd"});
    let keys: Vec<_> = (0..8).map(|number| format!("r{number}")).collect();
    let mut answers = join_all(keys.iter().map(|key| desk.post("refunds", key, &half))).await;
    for (key, answer) in keys.iter().zip(&mut answers) {
        // Who lost every race asks again, with the same key.
        while answer.status == 409 {
            *answer = desk.post("refunds", key, &half).await;
        }
    }
    app.settle().await;
    let made = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, desk.refunded()), (2, desk.captured() / 2 * 2));
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["completed", "completed"]);
}

#[tokio::test]
async fn a_refund_nobody_heard_of_is_made_once() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let lost = [Turn::FailAfter(PaymentFault::Ambiguous), Turn::FailBefore(PaymentFault::Config)];
    app.payments.script(Operation::Refund, lost);
    desk.done("refunds", "a", &json!({})).await;
    app.settle().await;
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["pending"]);
    later(&app, Duration::from_secs(2)).await;
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["pending"], "the account is locked");
    later(&app, Duration::from_secs(4)).await;
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["completed"]);
    assert_eq!((app.payments.refunds().len(), desk.refunded()), (1, desk.captured()));
}

#[tokio::test]
async fn a_refund_that_takes_its_time_is_pending_and_nobody_is_told_to_look() {
    const LOOKS: usize = 12;
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    app.payments.script(Operation::Refund, [Turn::FailAfter(PaymentFault::InFlight)]);
    let pending = vec![Turn::FailBefore(PaymentFault::InFlight); LOOKS];
    app.payments.script(Operation::Refund, pending);
    desk.done("refunds", "a", &json!({})).await;
    app.settle().await;
    for _ in 0..LOOKS {
        later(&app, HAND_OVER_REST_MAX).await;
        assert_eq!(statuses(&desk.read().await, "adjustments"), ["pending"]);
        let order = OrderId::parse(&desk.order).unwrap();
        let (head, _) = app.checkouts.order_head(&order).await.unwrap().unwrap();
        assert!(!head.errand.unwrap().is_alarming(), "banks take their time");
    }
    later(&app, RUN_REST_MAX).await;
    assert_eq!(app.payments.count(Operation::Refund), LOOKS + 1, "it is not asked about so often");
    later(&app, HAND_OVER_REST_MAX).await;
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["completed"]);
    assert_eq!((app.payments.refunds().len(), desk.refunded()), (1, desk.captured()));
}

#[tokio::test]
async fn a_refund_the_provider_will_not_make_fails_and_can_be_asked_for_again() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    app.payments.script(Operation::Refund, [Turn::FailBefore(PaymentFault::CallerBug)]);
    desk.done("refunds", "a", &json!({})).await;
    app.settle().await;
    assert_eq!(
        (statuses(&desk.read().await, "adjustments"), desk.refunded()),
        (vec!["failed".into()], 0)
    );
    desk.done("refunds", "b", &json!({})).await;
    app.settle().await;
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["failed", "completed"]);
    assert_eq!(desk.refunded(), desk.captured());
}

/// The word for a refund is there; whoever wrote it is not any more.
#[tokio::test]
async fn a_refund_goes_on_when_whoever_began_it_is_gone() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let gate = Gate::closed();
    app.payments.script(Operation::Refund, [Turn::WaitBefore(gate.clone())]);
    desk.done("refunds", "a", &json!({"amount": 100, "currency": "usd"})).await;
    gate.reached().await;
    assert_eq!(app.app.tend().await.unwrap().resumed, 0, "somebody is at work on it");
    // A second word finds the errand at work, and is left to it.
    desk.done("refunds", "b", &json!({"amount": 200, "currency": "usd"})).await;
    app.clock.advance(Duration::from_secs(31));
    assert_eq!(app.app.tend().await.unwrap().resumed, 1);
    while statuses(&desk.read().await, "adjustments") != ["completed", "completed"] {
        tokio::task::yield_now().await;
    }
    gate.open();
    app.settle().await;
    assert_eq!((app.payments.refunds().len(), desk.refunded()), (2, 300));
    assert_eq!(statuses(&desk.read().await, "adjustments"), ["completed", "completed"]);
}

#[tokio::test]
async fn nothing_is_decided_about_an_order_that_is_still_being_completed() {
    let app = TestApp::start().await;
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitBefore(gate.clone())]);
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    let token = app.key_of("shop", Scope::Merchant).await;
    let order = paid.body["order"]["id"].as_str().unwrap().to_owned();
    let desk = Desk { app: &app, token, order };
    gate.reached().await;
    let early = desk.post("refunds", "a", &json!({})).await;
    assert_eq!((early.status.as_u16(), early.code()), (409, "order_in_progress"));
    assert!(early.headers.contains_key("retry-after"));
    gate.open();
    app.settle().await;
    assert_eq!(desk.post("refunds", "a", &json!({})).await.status, 200, "it was not kept");
}

#[tokio::test]
async fn money_that_is_taken_later_is_taken_when_the_first_goods_leave() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    assert_eq!((app.payments.holds().len(), desk.captured()), (1, 0));
    let none_yet = desk.post("refunds", "r", &json!({})).await;
    assert_eq!(none_yet.code(), "refund_exceeds_payment");
    let packed = json!({"type": "shipping", "line_items": jars(1), "status": "processing"});
    let packed = desk.done("fulfillments", "a", &packed).await;
    app.settle().await;
    assert_eq!((app.payments.holds().len(), desk.captured()), (1, 0), "nothing has left");
    let id = packed["fulfillments"][0]["id"].as_str().unwrap();
    desk.done(&format!("fulfillments/{id}"), "b", &json!({"status": "shipped"})).await;
    app.settle().await;
    assert_eq!((app.payments.holds(), app.payments.captures().len()), (vec![], 1));
    assert_eq!(app.app.unfinished_runs().await.unwrap(), []);
    assert_eq!(app.ledger(HONEY).await, SOLD);
}

#[tokio::test]
async fn money_that_waits_for_the_word_is_not_taken_by_a_shipment() {
    let app = capturing(Capture::Later).await;
    let desk = Desk::of(&app).await;
    desk.done("fulfillments", "a", &json!({"type": "shipping", "status": "shipped"})).await;
    app.settle().await;
    assert_eq!((app.payments.holds().len(), desk.captured()), (1, 0));
    assert_eq!(app.app.unfinished_runs().await.unwrap().len(), 1, "it waits as before");
}

#[tokio::test]
async fn less_is_taken_for_an_order_that_was_called_off_in_part() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    let held = app.payments.holds()[0].amount.minor();
    desk.done("cancellations", "a", &json!({"line_items": jars(1), "reason": "broken"})).await;
    let order =
        desk.done("fulfillments", "b", &json!({"type": "shipping", "status": "shipped"})).await;
    assert_eq!(order["fulfillments"][0]["line_items"], jars(1));
    app.settle().await;
    let line = desk.read().await["line_items"][0].clone();
    let total = line["totals"].as_array().unwrap().last().unwrap()["amount"].as_i64().unwrap();
    assert_eq!(desk.captured(), held - total / 2, "delivery is paid for as before");
    assert_eq!(app.payments.holds(), [], "the rest is let go of");
}

#[tokio::test]
async fn an_order_that_is_called_off_before_it_is_paid_for_costs_nothing() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    let order = desk.done("cancellations", "a", &json!({"reason": "changed_mind"})).await;
    assert_eq!(order["status"], "canceled");
    app.settle().await;
    assert_eq!((app.payments.holds(), app.payments.captures()), (vec![], vec![]));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE, "the goods are back on the shelf");
    assert_eq!(told(&app, &desk.order).await, ["placed", "afterwards", "called off"]);
    let late = desk.post("fulfillments", "b", &json!({"type": "shipping"})).await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "order_conflict"));
}

#[tokio::test]
async fn what_arrived_can_come_back() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let early = desk.post("returns", "a", &json!({"line_items": jars(1)})).await;
    assert_eq!((early.status.as_u16(), early.code()), (422, "quantity_exceeded"));
    desk.done("fulfillments", "b", &json!({"type": "shipping", "status": "delivered"})).await;
    let back =
        desk.done("returns", "c", &json!({"line_items": jars(1), "reason": "wrong_size"})).await;
    assert_eq!(back["line_items"][0]["quantity"]["current"], 1);
    assert_eq!(back["adjustments"][0]["reason"], "wrong_size");
}

#[tokio::test]
async fn goods_that_have_left_are_not_put_back_when_the_money_is_gone() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    app.payments.script(Operation::Capture, [Turn::FailBefore(PaymentFault::AuthorizationExpired)]);
    desk.done("fulfillments", "a", &json!({"type": "shipping", "status": "shipped"})).await;
    app.settle().await;
    assert_eq!(told(&app, &desk.order).await, ["placed", "afterwards", "payment failed"]);
    assert_eq!(app.ledger(HONEY).await, SOLD, "they are on the road, and not on the shelf");
}

#[tokio::test]
async fn goods_that_came_back_are_not_goods_that_were_called_off() {
    let app = capturing(Capture::Later).await;
    let desk = Desk::of(&app).await;
    desk.done("fulfillments", "a", &json!({"type": "shipping", "status": "delivered"})).await;
    desk.done("returns", "b", &json!({"line_items": jars(2)})).await;
    app.settle().await;
    assert_eq!((app.payments.holds().len(), app.ledger(HONEY).await), (1, SOLD));
    assert_eq!(told(&app, &desk.order).await, ["placed", "afterwards", "afterwards"]);
}

#[tokio::test]
async fn whoever_says_it_takes_no_more_than_is_due() {
    let app = capturing(Capture::Later).await;
    let desk = Desk::of(&app).await;
    let held = app.payments.holds()[0].amount.minor();
    let called_off = desk.done("cancellations", "a", &json!({"line_items": jars(1)})).await;
    let run = app.app.unfinished_runs().await.unwrap().remove(0);
    app.app.judge_run(&run.session, Word::Capture).await.unwrap();
    app.settle().await;
    let totals = called_off["line_items"][0]["totals"].as_array().unwrap();
    let line = totals.last().unwrap()["amount"].as_i64().unwrap();
    assert_eq!(desk.captured(), held - line / 2);
}

#[tokio::test]
async fn a_word_is_repeated_while_what_it_began_is_under_way() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitBefore(gate.clone())]);
    let sent = json!({"type": "shipping", "status": "shipped"});
    let first = desk.post("fulfillments", "a", &sent).await;
    gate.reached().await;
    let again = desk.post("fulfillments", "a", &sent).await;
    assert_eq!((again.is_replay(), again.raw), (true, first.raw));
    assert_eq!(desk.post("returns", "b", &json!({"line_items": jars(1)})).await.status, 409);
    gate.open();
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}
