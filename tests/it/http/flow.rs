use acp_gateway::adapters::catalog::DemoShop;
use serde_json::{Value, json};

use super::app::{HONEY, TestApp, address, basket, standard_shipping};

#[tokio::test]
async fn a_session_is_opened_changed_paid_for_and_shown() {
    let app = TestApp::start().await;

    let opened = app.post("/checkout_sessions", &basket()).send().await;
    assert_eq!(opened.status, 201);
    let path = format!("/checkout_sessions/{}", opened.id());
    assert_eq!(opened.headers["location"], path.as_str());
    assert_eq!(opened.headers["cache-control"], "no-store");
    assert_eq!(opened.body["status"], "incomplete");
    assert_eq!(opened.body["messages"][0]["param"], "$.selected_fulfillment_options");

    let changed = app.post(&path, &standard_shipping()).send().await;
    assert_eq!(changed.status, 200);
    assert_eq!(changed.body["status"], "ready_for_payment");
    assert_eq!((changed.total("fulfillment"), changed.total("total")), (599, 1_598 + 599));

    let shown = app.get(&path).send().await;
    assert_eq!(shown.raw, changed.raw, "every answer is the authoritative cart");

    let completed = app.complete(&opened.id(), "tok_visa").send().await;
    assert_eq!((completed.status.as_u16(), &completed.body["status"]), (200, &json!("completed")));
    let order = &completed.body["order"];
    assert_eq!(order["checkout_session_id"], opened.id());
    let order_id = order["id"].as_str().unwrap();
    assert!(order["permalink_url"].as_str().unwrap().ends_with(order_id));
    app.settle().await;

    assert_eq!(app.get(&path).send().await.raw, completed.raw);
    let [capture] = app.payments.captures().try_into().unwrap();
    assert_eq!(capture.amount.minor(), 1_598 + 599);
    assert_eq!(app.ledger(HONEY).await, (138, 0, 2));
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_empties() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}");
    let notes = app.post(&path, &json!({"order_notes": "Ring twice."})).key("1").send().await;
    assert_eq!(notes.body["buyer"]["email"], "ada@example.com");
    assert_eq!(notes.body["status"], "ready_for_payment");

    let emptied = app.post(&path, &json!({"buyer": null})).key("2").send().await;
    assert_eq!(emptied.body.get("buyer"), None);
    assert_eq!(emptied.body["status"], "incomplete");
    assert_eq!(emptied.body["messages"][0]["param"], "$.buyer");

    let null_lines = app.post(&path, &json!({"line_items": null})).key("3").send().await;
    assert_eq!(
        (null_lines.code(), &null_lines.body["param"]),
        ("invalid_type", &json!("$.line_items"))
    );
}

#[tokio::test]
async fn a_buyer_may_come_along_with_the_payment() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    app.post(&format!("/checkout_sessions/{id}"), &json!({"buyer": null})).send().await;

    let without = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((without.status.as_u16(), without.code()), (400, "session_not_ready"));

    let mut body = super::app::payment("tok_visa");
    body["buyer"] = json!({"email": "ada@example.com"});
    let with = app.post(&format!("/checkout_sessions/{id}/complete"), &body).key("2").send().await;
    assert_eq!(with.body["status"], "completed");
    assert_eq!(with.body["buyer"]["email"], "ada@example.com");
}

#[tokio::test]
async fn another_address_means_another_tax_and_other_options() {
    let app = TestApp::start().await;
    let body = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": "tee-harbour-navy-m"}],
        "fulfillment_details": {"address": address("OR", "97035")},
    });
    let opened = app.post("/checkout_sessions", &body).send().await;
    assert_eq!(opened.total("tax"), 0);
    let path = format!("/checkout_sessions/{}", opened.id());
    let moved = json!({"fulfillment_details": {"address": address("CA", "94105")}});
    let moved = app.post(&path, &moved).send().await;
    assert!(moved.total("tax") > 0, "{:#}", moved.body);
    let has_local_delivery = |body: &Value| {
        let options = body["fulfillment_options"].as_array().unwrap();
        options.iter().any(|option| option["type"] == "local_delivery")
    };
    assert!(!has_local_delivery(&opened.body) && has_local_delivery(&moved.body));
}

#[tokio::test]
async fn an_order_that_cannot_be_filled_says_so_and_stays_open() {
    let app = TestApp::start().await;
    let mut body = basket();
    body["line_items"] = json!([{"id": "butter-cultured-250g"}, {"id": HONEY, "quantity": 141}]);
    let answer = app.post("/checkout_sessions", &body).send().await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.body["status"], "not_ready_for_payment");
    let codes: Vec<_> = answer.body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| (message["code"].as_str().unwrap(), message["param"].as_str().unwrap()))
        .collect();
    assert_eq!(codes[0], ("out_of_stock", "$.line_items[0]"));
    assert_eq!(codes[1], ("quantity_exceeded", "$.line_items[1]"));
}

#[tokio::test]
async fn prices_of_a_client_are_never_used() {
    let app = TestApp::start().await;
    let mut body = basket();
    body["line_items"] = json!([{"id": HONEY, "unit_amount": 1, "name": "Gold", "price": 1}]);
    body["totals"] = json!([{"type": "total", "amount": 1}]);
    body["status"] = json!("completed");
    let answer = app.post("/checkout_sessions", &body).send().await;
    assert_eq!(answer.total("items_base_amount"), 799);
    assert_eq!(answer.body["line_items"][0]["name"], "Wildflower Honey 350 g");
    assert_eq!(answer.body["status"], "incomplete");
}

#[tokio::test]
async fn yen_have_no_decimals_and_dinars_three() {
    let app = TestApp::start().await;
    for (currency, shop) in [("jpy", DemoShop::Jpy), ("KWD", DemoShop::Kwd)] {
        let item = &shop.import().unwrap().rows[0].item;
        let line_items = json!([{"id": item.id.as_str()}]);
        let body = json!({"currency": currency, "capabilities": {}, "line_items": line_items});
        let answer = app.post("/checkout_sessions", &body).key(currency).send().await;
        assert_eq!(answer.body["currency"], currency.to_lowercase());
        assert_eq!(answer.total("items_base_amount"), item.price.minor());
    }
    let mut mixed = basket();
    mixed["currency"] = json!("jpy");
    let answer = app.post("/checkout_sessions", &mixed).key("mixed").send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "currency_mismatch"));
}

#[tokio::test]
async fn a_canceled_session_stays_so() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}/cancel");
    let trace = json!({"intent_trace": {"reason_code": "moon_phase", "metadata": {"a": 1}}});
    let canceled = app.post(&path, &trace).key("1").send().await;
    assert_eq!((canceled.status.as_u16(), &canceled.body["status"]), (200, &json!("canceled")));

    let again = app.ask("POST", &path).key("2").send().await;
    assert_eq!((again.status.as_u16(), again.code()), (405, "not_cancelable"));
    assert_eq!(again.headers["allow"], "GET");
    let update = app.post(&format!("/checkout_sessions/{id}"), &json!({})).key("3").send().await;
    assert_eq!((update.status.as_u16(), update.code()), (409, "session_terminal"));
    let complete = app.complete(&id, "tok_visa").key("4").send().await;
    assert_eq!((complete.status.as_u16(), complete.code()), (409, "session_terminal"));
    assert_eq!(app.payments.calls(), []);
}

#[tokio::test]
async fn a_cancellation_needs_no_body_but_takes_no_broken_one() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}/cancel");
    let nested = json!({"intent_trace": {"reason_code": "other", "metadata": {"a": {"b": 1}}}});
    let refused = app.post(&path, &nested).key("1").send().await;
    assert_eq!(refused.body["param"], "$.intent_trace.metadata.a");
    let long = json!({"intent_trace": {"reason_code": "other", "trace_summary": "x".repeat(501)}});
    assert_eq!(app.post(&path, &long).key("2").send().await.status, 400);
    assert_eq!(app.ask("POST", &path).key("3").send().await.body["status"], "canceled");
}
