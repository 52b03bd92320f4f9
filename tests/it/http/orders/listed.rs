//! Orders, as they are read: whose they are, where they stand, and page by page.

use std::time::Duration;

use acp_core::ids::{LineId, OrderId};
use acp_core::money::{Currency, Money};
use acp_core::order::{
    AdjustmentStatus, FulfillmentKind, Order, OrderCommand, Progress, Recorded, Tracking, Units,
    decide,
};
use acp_core::ports::{Change, Checkouts, Clock, OrderWrite};
use acp_core::principal::Scope;
use acp_core::session::Quantity;
use serde_json::{Value, json};

use crate::http::app::{Answer, HONEY, TestApp, basket, payment, standard_shipping};
use crate::http::official;

const UNKNOWN: &str = "/orders/ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f";

/// Buys with somebody's key, and says what order came of it.
async fn bought(app: &TestApp, token: &str, key: &str) -> String {
    let post = |path: &str, body: &Value| app.post(path, body).token(token).key(key);
    let opened = post("/checkout_sessions", &basket()).send().await;
    let path = format!("/checkout_sessions/{}", opened.id());
    post(&path, &standard_shipping()).send().await;
    let completed = post(&format!("{path}/complete"), &payment("tok_visa")).send().await;
    app.settle().await;
    completed.body["order"]["id"].as_str().unwrap().to_owned()
}

/// Lets a merchant want something of an order.
async fn asked(app: &TestApp, order: &str, command: OrderCommand) {
    let id = OrderId::parse(order).unwrap();
    let events = app.checkouts.order(&id).await.unwrap();
    let known = Order::replay(id.clone(), events).unwrap();
    let at = app.clock.now();
    let events = decide(&known, command).unwrap().into_iter();
    let orders =
        events.map(|event| OrderWrite { order: id.clone(), event: Recorded { at, event } });
    let change = Change { orders: orders.collect(), ..Change::default() };
    let committed = app.checkouts.commit(id.partition(), change).await.unwrap();
    assert!(matches!(committed, acp_core::ports::Committed::At(_)));
}

fn honey(quantity: u32) -> Vec<Units> {
    let quantity = Quantity::new(quantity).unwrap();
    vec![Units { line: LineId::new(format!("li_{HONEY}")), quantity }]
}

fn sent(quantity: u32) -> OrderCommand {
    OrderCommand::Fulfill {
        kind: FulfillmentKind::Shipping,
        lines: honey(quantity),
        progress: Progress::Shipped,
        tracking: Tracking { number: Some("1Z".into()), ..Tracking::default() },
        description: None,
    }
}

fn ids(answer: &Answer) -> Vec<String> {
    let orders = answer.body["orders"].as_array().unwrap().iter();
    orders.map(|order| order["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_order_is_read_by_its_agent_and_its_merchant_alone() {
    let app = TestApp::start().await;
    let mine = app.key_of("mine", Scope::Agent).await;
    let order = bought(&app, &mine, "k").await;
    let (path, events) = (format!("/orders/{order}"), format!("/orders/{order}/events"));
    let read = app.get(&path).token(&mine).send().await;
    assert_eq!((read.status.as_u16(), &read.body["status"]), (200, &json!("confirmed")));
    assert_eq!(read.body["line_items"][0]["quantity"]["ordered"], 2);
    assert_eq!(app.get(&events).token(&mine).send().await.status, 200);

    let theirs = app.key_of("theirs", Scope::Agent).await;
    let unknown = app.get(UNKNOWN).token(&theirs).send().await;
    assert_eq!((unknown.status.as_u16(), unknown.code()), (404, "order_not_found"));
    for path in [&path, &events, &"/orders/nonsense".to_owned()] {
        let answer = app.get(path).token(&theirs).send().await;
        assert_eq!((answer.status.as_u16(), &answer.raw), (404, &unknown.raw), "{path}");
    }
    assert_eq!(ids(&app.get("/orders").token(&theirs).send().await), Vec::<String>::new());

    let merchant = app.key_of("m", Scope::Merchant).await;
    assert_eq!(app.get(&path).token(&merchant).send().await.raw, read.raw);
    let other = bought(&app, &theirs, "k").await;
    let listed = ids(&app.get("/orders").token(&merchant).send().await);
    assert_eq!(listed.len(), 2);
    assert!(listed.contains(&other) && listed.contains(&order));

    let admin = app.key_of("a", Scope::Admin).await;
    for path in ["/orders", &path, &events] {
        assert_eq!(app.get(path).token(&admin).send().await.code(), "forbidden");
        assert_eq!(app.get(path).token("acp_nobody").send().await.code(), "unauthorized");
        let silent = app.get(path).token(&mine).without("api-version").send().await;
        assert_eq!(silent.code(), "missing_api_version");
    }
}

#[tokio::test]
async fn orders_are_listed_page_by_page_from_the_last_one_back() {
    let app = TestApp::start().await;
    let token = app.key_of("mine", Scope::Agent).await;
    let begin = app.clock.now();
    let mut placed = Vec::new();
    for number in 0..7 {
        placed.push(bought(&app, &token, &format!("k{number}")).await);
        app.clock.advance(Duration::from_mins(1));
    }
    placed.reverse();
    let get = async |query: &str| app.get(&format!("/orders{query}")).token(&token).send().await;
    assert_eq!(ids(&get("").await), placed);
    assert_eq!(get("").await.body.get("next_cursor"), None);

    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(&format!("?limit=3{cursor}")).await;
        found.extend(ids(&page));
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(found, placed);

    let time = |minutes: u64| {
        let time = begin.plus(Duration::from_mins(minutes));
        acp_wire::scalar::DateTime(time).to_string()
    };
    let between = format!("?created_after={}&created_before={}", time(1), time(5));
    assert_eq!(ids(&get(&between).await), placed[2..5]);
    let rest = get(&format!("{between}&limit=2")).await;
    let cursor = rest.body["next_cursor"].as_str().unwrap();
    assert_eq!(ids(&get(&format!("{between}&limit=2&cursor={cursor}")).await), placed[4..5]);

    asked(&app, &placed[3], sent(1)).await;
    assert_eq!(ids(&get("?status=processing").await), placed[3..4]);
    assert_eq!(ids(&get("?status=confirmed").await).len(), 6);
    assert_eq!(ids(&get("?status=canceled").await).len(), 0);

    for bad in ["limit=0", "limit=101", "limit=x", "status=lost", "cursor=x", "created_after=now"] {
        let answer = get(&format!("?{bad}")).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid"), "{bad}");
        assert_eq!(answer.body["param"], bad.split('=').next().unwrap());
    }
}

#[tokio::test]
async fn an_order_tells_what_becomes_of_it() {
    let app = TestApp::start().await;
    let token = app.key_of("mine", Scope::Agent).await;
    let order = bought(&app, &token, "k").await;
    let path = format!("/orders/{order}");
    let get = async |path: &str| app.get(path).token(&token).send().await;
    let before = get(&path).await;

    app.clock.advance(Duration::from_hours(1));
    asked(&app, &order, sent(1)).await;
    let refund = |minor| OrderCommand::Refund {
        amount: Some(Money::new(minor, Currency::parse("usd").unwrap()).unwrap()),
        lines: honey(1),
        reason: Some("damaged".into()),
    };
    asked(&app, &order, refund(300)).await;
    let settle = |adjustment, status| OrderCommand::Settle { adjustment, status };
    asked(&app, &order, settle(1, AdjustmentStatus::Completed)).await;
    asked(&app, &order, refund(200)).await;
    asked(&app, &order, settle(2, AdjustmentStatus::Failed)).await;
    asked(&app, &order, OrderCommand::Cancel { lines: honey(1), reason: None }).await;

    let after = get(&path).await;
    let line = &after.body["line_items"][0];
    assert_eq!(line["quantity"], json!({"ordered": 2, "current": 1, "fulfilled": 1}));
    assert_eq!((&line["status"], &after.body["status"]), (&json!("fulfilled"), &json!("shipped")));
    assert_eq!(after.total("total"), before.total("total"), "OR-07: what was charged stays");
    assert_eq!(after.total("amount_refunded"), 300);
    let fulfillment = &after.body["fulfillments"][0];
    assert_eq!(fulfillment["destination"]["city"], "San Francisco");
    assert_eq!(
        (&fulfillment["status"], &fulfillment["tracking_number"]),
        (&json!("shipped"), &json!("1Z"))
    );
    assert_eq!(fulfillment["events"][0]["type"], "shipped");
    let adjustments = after.body["adjustments"].as_array().unwrap();
    let told: Vec<_> = adjustments.iter().map(|it| (&it["type"], &it["status"])).collect();
    let (refund, completed) = (json!("refund"), json!("completed"));
    let expected =
        [(&refund, &completed), (&refund, &json!("failed")), (&json!("cancellation"), &completed)];
    assert_eq!(told, expected);

    let whole = get(&format!("{path}/events")).await;
    let kinds = |answer: &Answer| -> Vec<Value> {
        let events = answer.body["events"].as_array().unwrap().iter();
        events.map(|event| event["type"].clone()).collect()
    };
    let expected = [
        "placed",
        "payment_captured",
        "fulfillment_created",
        "adjustment_created",
        "adjustment_settled",
        "adjustment_created",
        "adjustment_settled",
        "adjustment_created",
    ];
    assert_eq!(kinds(&whole), expected);
    let page = get(&format!("{path}/events?after=2&limit=3")).await;
    assert_eq!(kinds(&page), expected[2..5]);
    assert_eq!(
        (&page.body["events"][0]["sequence"], &page.body["has_more"]),
        (&json!(3), &json!(true))
    );
    let end = get(&format!("{path}/events?after=99")).await;
    assert_eq!((kinds(&end).len(), &end.body["has_more"]), (0, &json!(false)));
    assert_eq!(get(&format!("{path}/events?after=-1")).await.code(), "invalid");
}

#[tokio::test]
async fn every_version_tells_the_same_order() {
    let app = TestApp::start().await;
    let token = app.key_of("mine", Scope::Agent).await;
    let order = bought(&app, &token, "k").await;
    asked(&app, &order, sent(2)).await;
    asked(
        &app,
        &order,
        OrderCommand::Move {
            fulfillment: 1,
            progress: Some(Progress::Delivered),
            tracking: Tracking::default(),
            note: Some("Left at the door".into()),
            location: None,
        },
    )
    .await;
    for (version, status) in [
        ("2025-09-29", Value::Null),
        ("2025-12-12", Value::Null),
        ("2026-01-16", Value::Null),
        ("2026-01-30", json!("delivered")),
        ("2026-04-17", json!("completed")),
    ] {
        let get = async |path: &str| {
            let ask = app.get(path).token(&token).header("api-version", version);
            ask.send().await
        };
        let read = get(&format!("/orders/{order}")).await;
        assert_eq!((read.id(), &read.body["status"]), (order.clone(), &status), "{version}");
        official::check_order(version, &read.body);
        let listed = get("/orders").await;
        assert_eq!(listed.body["orders"], json!([read.body]), "{version}");
    }
    let german = app.get(&format!("/orders/{order}")).token(&token).header("accept-language", "de");
    let totals = german.send().await.body["totals"].clone();
    assert_eq!(totals.as_array().unwrap().last().unwrap()["display_text"], "Gesamtbetrag");
}

#[tokio::test]
async fn an_order_outlives_its_session() {
    let app = TestApp::start().await;
    let token = app.key_of("mine", Scope::Agent).await;
    let order = bought(&app, &token, "k").await;
    let path = format!("/orders/{order}");
    let before = app.get(&path).token(&token).send().await;
    let session = before.body["checkout_session_id"].as_str().unwrap();
    app.clock.advance(Duration::from_hours(24 * 91));
    assert_eq!(app.app.tend().await.unwrap().forgotten, 1);
    let gone = app.get(&format!("/checkout_sessions/{session}")).token(&token).send().await;
    assert_eq!(gone.code(), "session_not_found");
    assert_eq!(app.get(&path).token(&token).send().await.raw, before.raw);
    assert_eq!(ids(&app.get("/orders").token(&token).send().await), [order]);
}
