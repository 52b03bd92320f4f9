//! Carts: what an agent can do with them, whose they are, and how they end.

use std::time::Duration;

use acp_core::principal::Scope;
use acp_gateway::app::CartCounts;
use serde_json::{Value, json};

use super::app::{Answer, Ask, HONEY, TestApp, basket};

const CARTS: &str = "/carts";
/// Something of which nothing is left.
const SOLD_OUT: &str = "butter-cultured-250g";

fn goods() -> Value {
    json!({"line_items": [{"id": HONEY, "quantity": 2}]})
}

async fn opened(app: &TestApp, key: &str) -> Answer {
    let answer = app.post(CARTS, &goods()).key(key).send().await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    answer
}

fn put<'a>(app: &'a TestApp, id: &str, body: &Value) -> Ask<'a> {
    app.ask("PUT", &format!("{CARTS}/{id}")).body(body.to_string())
}

fn at(id: &str) -> String {
    format!("{CARTS}/{id}")
}

#[tokio::test]
async fn a_cart_says_its_lines_and_about_what_they_cost() {
    let app = TestApp::start().await;
    let cart = opened(&app, "k").await;
    assert_eq!(cart.headers["location"], at(&cart.id()).as_str());
    assert_eq!(cart.body["currency"], "usd");
    assert_eq!(cart.total("total"), 1_598);
    let rows = cart.body["totals"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["type"] != "tax" && row["type"] != "fulfillment"));
    let line = &cart.body["line_items"][0];
    assert_eq!((&line["item"]["id"], &line["quantity"]), (&json!(HONEY), &json!(2)));
    assert!(line["totals"].as_array().unwrap().iter().all(|row| row["type"] != "tax"));
    let read = app.get(&at(&cart.id())).send().await;
    assert_eq!((read.status.as_u16(), &read.raw), (200, &cart.raw));
}

#[tokio::test]
async fn a_replacement_forgets_what_it_does_not_name() {
    let app = TestApp::start().await;
    let body = json!({
        "line_items": [{"id": HONEY}, {"id": SOLD_OUT}],
        "buyer": {"email": "ada@example.com"}, "locale": "de",
    });
    let cart = app.post(CARTS, &body).send().await;
    assert_eq!(cart.body["messages"][0]["code"], "out_of_stock");
    assert_eq!(cart.body["line_items"].as_array().unwrap().len(), 2, "nothing is dropped");
    let total = |answer: &Answer| answer.body["totals"][0]["display_text"].clone();

    app.clock.advance(Duration::from_hours(1));
    let changed = put(&app, &cart.id(), &goods()).send().await;
    assert_eq!(changed.status, 200, "{:#}", changed.body);
    assert_eq!(changed.body.get("buyer"), None);
    assert_eq!(changed.body["messages"], json!([]));
    assert_eq!(total(&changed), total(&cart), "the language stays");
    assert_ne!(changed.body["expires_at"], cart.body["expires_at"], "it gets more time");
    assert_eq!(app.get(&at(&cart.id())).send().await.raw, changed.raw);

    let all_gone = put(&app, &cart.id(), &json!({"line_items": [{"id": SOLD_OUT}]})).send().await;
    assert_eq!(all_gone.status, 200, "a cart is not taken away: {:#}", all_gone.body);
}

#[tokio::test]
async fn every_call_may_be_repeated() {
    let app = TestApp::start().await;
    let cart = opened(&app, "open").await;
    let again = opened(&app, "open").await;
    assert!(again.is_replay() && !cart.is_replay());
    assert_eq!(again.raw, cart.raw);
    let other = json!({"line_items": [{"id": HONEY, "quantity": 3}]});
    let reused = app.post(CARTS, &other).key("open").send().await;
    assert_eq!((reused.status.as_u16(), reused.code()), (422, "idempotency_conflict"));

    let changed = put(&app, &cart.id(), &other).key("put").send().await;
    let again = put(&app, &cart.id(), &other).key("put").send().await;
    assert!(again.is_replay());
    assert_eq!(again.raw, changed.raw);
    let reused = put(&app, &cart.id(), &goods()).key("put").send().await;
    assert_eq!((reused.status.as_u16(), reused.code()), (422, "idempotency_conflict"));

    let cancel = || app.post(&format!("{}/cancel", at(&cart.id())), &json!({}));
    let canceled = cancel().key("cancel").send().await;
    let again = cancel().key("cancel").send().await;
    assert!(again.is_replay());
    assert_eq!((again.status.as_u16(), &again.raw), (200, &canceled.raw));
    assert_eq!(cancel().key("another").send().await.code(), "not_found");
    assert_eq!(
        app.app.cart_counts(),
        CartCounts { opened: 1, canceled: 1, ..CartCounts::default() }
    );
}

/// The key that opens a session may be the key that opens a cart: they are two addresses.
#[tokio::test]
async fn a_key_of_a_session_is_none_of_a_cart() {
    let app = TestApp::start().await;
    let session = app.post("/checkout_sessions", &basket()).key("k").send().await;
    let cart = opened(&app, "k").await;
    assert_eq!((session.status.as_u16(), cart.is_replay()), (201, false));
}

#[tokio::test]
async fn another_agents_cart_is_not_there() {
    let app = TestApp::start().await;
    let (mine, theirs) =
        (app.key_of("mine", Scope::Agent).await, app.key_of("theirs", Scope::Agent).await);
    let cart = app.post(CARTS, &goods()).token(&mine).send().await;
    let path = at(&cart.id());
    let unknown = "/carts/cart_0001_00000000000000000000000000";
    let nowhere = app.get(unknown).token(&theirs).send().await;
    assert_eq!((nowhere.status.as_u16(), nowhere.code()), (404, "not_found"));
    let read = app.get(&path).token(&theirs).send().await;
    let changed = put(&app, &cart.id(), &goods()).token(&theirs).key("1").send().await;
    let canceled = app.post(&format!("{path}/cancel"), &json!({})).token(&theirs).key("2");
    for answer in [read, changed, canceled.send().await] {
        assert_eq!((answer.status, &answer.raw), (nowhere.status, &nowhere.raw));
    }
    let mut session = basket();
    session["quote_id"] = json!(cart.id());
    let stolen = app.post("/checkout_sessions", &session).token(&theirs).key("3").send().await;
    assert_eq!((stolen.status.as_u16(), app.app.cart_counts().handed_over), (201, 0));
    assert_eq!(app.get(&path).token(&mine).send().await.raw, cart.raw, "nothing has changed");
}

#[tokio::test]
async fn a_cart_is_forgotten_when_its_time_is_over() {
    let app = TestApp::start().await;
    let cart = opened(&app, "k").await;
    app.clock.advance(Duration::from_hours(24 * 7));
    let read = app.get(&at(&cart.id())).send().await;
    assert_eq!((read.status.as_u16(), read.code()), (404, "not_found"));
    let changed = put(&app, &cart.id(), &goods()).send().await;
    assert_eq!((changed.status.as_u16(), changed.code()), (404, "not_found"));
    assert_eq!(app.app.tend().await.unwrap().carts, 1);
    assert_eq!(app.app.tend().await.unwrap().carts, 0, "once is enough");
    assert_eq!(
        app.app.cart_counts(),
        CartCounts { opened: 1, abandoned: 1, ..CartCounts::default() }
    );
}

#[tokio::test]
async fn a_cart_that_was_touched_lives_on() {
    let app = TestApp::start().await;
    let cart = opened(&app, "k").await;
    app.clock.advance(Duration::from_hours(24 * 6));
    assert_eq!(put(&app, &cart.id(), &goods()).send().await.status, 200);
    app.clock.advance(Duration::from_hours(24 * 6));
    assert_eq!(app.app.tend().await.unwrap().carts, 0);
    assert_eq!(app.get(&at(&cart.id())).send().await.status, 200);
}

#[tokio::test]
async fn a_cart_ends_in_a_session_once() {
    let app = TestApp::start().await;
    let (cart, other) = (opened(&app, "1").await, opened(&app, "2").await);
    let mut session = basket();
    session["quote_id"] = json!(cart.id());
    for key in ["a", "a", "b"] {
        let opened = app.post("/checkout_sessions", &session).key(key).send().await;
        assert_eq!(opened.status, 201, "{:#}", opened.body);
        assert_eq!(opened.body["quote_id"], json!(cart.id()));
        assert_eq!(app.app.cart_counts().handed_over, 1, "{key}");
    }
    assert_eq!(app.get(&at(&cart.id())).send().await.raw, cart.raw, "the buyer may go back to it");
    session["quote_id"] = json!("somebody else's quote");
    assert_eq!(app.post("/checkout_sessions", &session).key("c").send().await.status, 201);

    let cancel = format!("{}/cancel", at(&cart.id()));
    assert_eq!(app.post(&cancel, &json!({})).key("cancel").send().await.status, 200);
    app.clock.advance(Duration::from_hours(24 * 7));
    assert_eq!(app.app.tend().await.unwrap().carts, 1, "{other:?}");
    let counts = CartCounts { opened: 2, handed_over: 1, canceled: 0, abandoned: 1 };
    assert_eq!(app.app.cart_counts(), counts);
}

#[tokio::test]
async fn what_is_no_cart_is_refused() {
    let app = TestApp::start().await;
    let line = |lines: Value| json!({"line_items": lines});
    for (key, body, status, code, param) in [
        ("1", json!({}), 400, "missing_required_field", "$.line_items"),
        ("2", line(json!([])), 400, "invalid", "$.line_items"),
        (
            "3",
            line(json!([{"id": HONEY, "quantity": 0}])),
            400,
            "invalid",
            "$.line_items[0].quantity",
        ),
        (
            "4",
            line(json!([{"id": HONEY}, {"id": "unicorn"}])),
            400,
            "invalid_item_id",
            "$.line_items[1].id",
        ),
        ("5", line(json!([{"id": SOLD_OUT}])), 422, "out_of_stock", "$.line_items"),
        (
            "6",
            line(json!([{"id": HONEY}, {"id": "sencha-first-flush-50g"}])),
            422,
            "currency_unresolvable",
            "$.line_items[1]",
        ),
        (
            "7",
            json!({"line_items": [{"id": HONEY}], "buyer": null}),
            400,
            "invalid_type",
            "$.buyer",
        ),
    ] {
        let answer = app.post(CARTS, &body).key(key).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{body}");
        assert_eq!(answer.body["param"], param, "{body}");
        let again = app.post(CARTS, &body).key(key).send().await;
        assert!(again.is_replay(), "a refusal is kept, too: {body}");
    }
    assert_eq!(app.app.cart_counts(), CartCounts::default());
}

#[tokio::test]
async fn versions_without_carts_have_none() {
    let app = TestApp::start().await;
    let cart = opened(&app, "k").await;
    for version in ["2025-09-29", "2025-12-12", "2026-01-16", "2026-01-30"] {
        let asks = [
            app.post(CARTS, &goods()),
            app.get(&at(&cart.id())),
            put(&app, &cart.id(), &goods()),
            app.post(&format!("{}/cancel", at(&cart.id())), &json!({})),
        ];
        for ask in asks {
            let answer = ask.header("api-version", version).send().await;
            assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{version}");
        }
    }
    let keyless = app.post(CARTS, &goods()).without("idempotency-key").send().await;
    assert_eq!((keyless.status.as_u16(), keyless.code()), (400, "idempotency_key_required"));
    let posted = app.post(&at(&cart.id()), &goods()).send().await;
    assert_eq!(posted.status, 405, "a cart is replaced by PUT");
}

/// Of many who change a cart at once, each is told the cart as it made it, and the last stands.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_at_the_same_time_lose_nothing() {
    let app = TestApp::start().await;
    let cart = opened(&app, "k").await;
    let id = cart.id();
    let bodies: Vec<_> =
        (1..=4).map(|count| json!({"line_items": [{"id": HONEY, "quantity": count}]})).collect();
    let calls = bodies.iter().map(|body| put(&app, &id, body).send());
    let answers = futures_util::future::join_all(calls).await;
    for (answer, body) in answers.iter().zip(&bodies) {
        assert_eq!(answer.status, 200, "{:#}", answer.body);
        assert_eq!(answer.body["line_items"][0]["quantity"], body["line_items"][0]["quantity"]);
    }
    let last = app.get(&at(&id)).send().await;
    assert!(answers.iter().any(|answer| answer.raw == last.raw));
    let same = futures_util::future::join_all((0..4).map(|_| opened(&app, "same"))).await;
    assert!(same.iter().all(|answer| answer.raw == same[0].raw), "one key, one cart");
    assert_eq!(same.iter().filter(|answer| !answer.is_replay()).count(), 1);
}
