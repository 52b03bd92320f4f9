//! What the merchant does about orders while others are at work on them, or have been in ways
//! nobody foresaw.

use std::time::Duration;

use acp_core::ids::{OrderId, SessionId};
use acp_core::money::Money;
use acp_core::order::OrderEvent;
use acp_core::ports::{
    Change, Checkouts as _, Committed, OrderTurn, OrderWrite, PaymentProvider as _,
};
use acp_core::principal::Scope;
use acp_gateway::app::Capture;
use acp_mocks::{Gate, Operation, Turn};
use serde_json::json;

use super::commands::{Desk, statuses};
use crate::http::app::{TestApp, Wishes};
use crate::http::held::Holdup;
use crate::http::runs::{capturing, later, told};

/// The run takes the money, and is over, after the order was looked at and before the run is.
#[tokio::test]
async fn an_order_is_decided_about_as_its_run_has_left_it() {
    let holdup = Holdup::default();
    let app = TestApp::wishing(Wishes { holdup: holdup.clone(), ..Wishes::default() }).await;
    let taking = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitBefore(taking.clone())]);
    let id = app.ready("k").await;
    let paid = app.complete(&id, "tok_visa").key("1").send().await;
    let token = app.key_of("shop", Scope::Merchant).await;
    let order = paid.body["order"]["id"].as_str().unwrap().to_owned();
    let desk = Desk { app: &app, token, order };
    taking.reached().await;

    let looking = holdup.of("/r");
    let (everything, session) = (json!({}), SessionId::parse(&id).unwrap());
    let meanwhile = async {
        looking.reached().await;
        taking.open();
        while app.checkouts.run(&session).await.unwrap().is_some() {
            tokio::task::yield_now().await;
        }
        looking.open();
    };
    let (answer, ()) = tokio::join!(desk.post("refunds", "a", &everything), meanwhile);
    assert_eq!(answer.status, 200, "there is money to give back: {:#}", answer.body);
    app.settle().await;
    assert_eq!((desk.refunded(), desk.captured() > 0), (desk.captured(), true));
}

#[tokio::test]
async fn a_sum_that_somebody_took_by_hand_is_what_was_taken() {
    let app = capturing(Capture::OnShipment).await;
    let desk = Desk::of(&app).await;
    let held = app.payments.holds().remove(0);
    let by_hand = Money::new(500, held.amount.currency()).unwrap();
    app.payments.capture(&held.payment, by_hand).await.unwrap();
    desk.done("fulfillments", "a", &json!({"type": "shipping", "status": "shipped"})).await;
    app.settle().await;
    assert_eq!(told(&app, &desk.order).await, ["placed", "afterwards", "captured"]);
    assert_eq!(app.app.unfinished_runs().await.unwrap(), []);
    let more = json!({"amount": 501, "currency": "usd"});
    assert_eq!(desk.post("refunds", "b", &more).await.code(), "refund_exceeds_payment");
    desk.done("refunds", "c", &json!({})).await;
    app.settle().await;
    assert_eq!((desk.captured(), desk.refunded()), (500, 500));
}

/// Two refunds of one number, as no gateway of ours writes them: what is settled is the first.
#[tokio::test]
async fn an_errand_that_cannot_settle_rests() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let few = json!({"amount": 100, "currency": "usd"});
    desk.done("refunds", "a", &few).await;
    app.settle().await;

    let order = OrderId::parse(&desk.order).unwrap();
    let events = app.checkouts.order(&order).await.unwrap();
    let is_refund = |event: &OrderEvent| matches!(event, OrderEvent::Adjusted(_));
    let event = events.into_iter().find(|recorded| is_refund(&recorded.event)).unwrap();
    let (head, before) = app.checkouts.order_head(&order).await.unwrap().unwrap();
    let turn = OrderTurn { order: order.clone(), before: Some(before), head, completed: None };
    let again = OrderWrite { order: order.clone(), event };
    let change = Change { orders: vec![again], turn: Some(turn), ..Change::default() };
    let written = app.checkouts.commit(order.partition(), change).await.unwrap();
    assert!(matches!(written, Committed::At(_)), "{written:?}");

    desk.done("refunds", "b", &few).await;
    app.settle().await;
    later(&app, Duration::from_secs(2)).await;
    let unsettled = ["completed", "pending", "pending"];
    assert_eq!(statuses(&desk.read().await, "adjustments"), unsettled);
    assert_eq!((desk.refunded(), app.payments.count(Operation::Refund)), (100, 3));
}

#[tokio::test]
async fn what_is_noted_while_goods_wait_is_shown() {
    let app = TestApp::start().await;
    let desk = Desk::of(&app).await;
    let made = desk.done("fulfillments", "a", &json!({"type": "shipping"})).await;
    assert_eq!(made["fulfillments"][0]["events"], json!([]), "that they wait is no news");
    let id = made["fulfillments"][0]["id"].as_str().unwrap();
    let note = json!({"description": "The jars come on Monday.", "location": "Leipzig"});
    let noted = desk.done(&format!("fulfillments/{id}"), "b", &note).await;
    let event = &noted["fulfillments"][0]["events"][0];
    assert_eq!((&event["type"], &event["description"]), (&json!("pending"), &note["description"]));
    assert_eq!((&event["location"], &noted["status"]), (&note["location"], &json!("confirmed")));
}
