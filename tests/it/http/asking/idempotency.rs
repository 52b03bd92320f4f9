use std::time::Duration;

use serde_json::{Value, json};

use crate::http::app::{TestApp, basket, payment, standard_shipping};

const PATH: &str = "/checkout_sessions";

#[tokio::test]
async fn the_same_call_gets_the_same_bytes_again() {
    let app = TestApp::start().await;
    let first = app.post(PATH, &basket()).key("k").send().await;
    let second = app.post(PATH, &basket()).key("k").send().await;
    assert!(!first.is_replay() && second.is_replay());
    assert_eq!((first.status, &first.raw), (second.status, &second.raw));
    assert_eq!(first.headers["location"], second.headers["location"]);
}

#[tokio::test]
async fn meaning_counts_and_not_how_it_is_written() {
    let app = TestApp::start().await;
    let plain = r#"{"currency":"usd","capabilities":{},"line_items":[{"id":"honey-wildflower-350g","quantity":2}],"order_notes":"a/b"}"#;
    let ask = |body: &str| app.post(PATH, &Value::Null).key("k").body(body).send();
    let first = ask(plain).await;
    assert_eq!(first.status, 201);
    for same in [
        r#"{"order_notes":"a\/b","line_items":[{"quantity":2.0,"id":"honey-wildflower-350g"}],"capabilities":{},"currency":"usd"}"#,
        " { \"currency\" : \"usd\",\n\"capabilities\":{},\"line_items\":[{\"id\":\"honey-wildflower-350g\",\"quantity\":2e0}],\"order_notes\":\"a\\u002fb\"}",
    ] {
        let again = ask(same).await;
        assert!(again.is_replay(), "{same}");
        assert_eq!(again.raw, first.raw);
    }
    for other in [
        r#"{"currency":"usd","capabilities":{},"line_items":[{"id":"honey-wildflower-350g","quantity":3}],"order_notes":"a/b"}"#,
        r#"{"currency":"usd","capabilities":{},"line_items":[{"id":"honey-wildflower-350g","quantity":2}],"order_notes":"a/b","x":1}"#,
        r#"{"currency":"usd","capabilities":{},"line_items":[{"id":"honey-wildflower-350g","quantity":2}],"order_notes":"a/b","buyer":null}"#,
    ] {
        let refused = ask(other).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (422, "idempotency_conflict"),
            "{other}"
        );
    }
}

#[tokio::test]
async fn absent_and_null_are_two_things() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("{PATH}/{id}");
    app.post(&path, &json!({"order_notes": "x"})).key("1").send().await;
    assert_eq!(
        app.post(&path, &json!({"order_notes": "x", "buyer": null})).key("1").send().await.status,
        422
    );
    assert_eq!(app.ask("POST", &format!("{path}/cancel")).key("c").send().await.status, 200);
    let braces = app.post(&format!("{path}/cancel"), &json!({})).key("c").send().await;
    assert_eq!(braces.status, 422, "no body is not an empty object");
}

#[tokio::test]
async fn headers_take_no_part_in_the_comparison() {
    let app = TestApp::start().await;
    app.post(PATH, &basket()).key("k").send().await;
    let other = app.post(PATH, &basket()).key("k").header("user-agent", "another");
    assert!(other.header("accept-language", "de").send().await.is_replay());
    assert!(
        app.post(PATH, &basket()).key("\"k\"").send().await.is_replay(),
        "quoted is the same key"
    );
}

#[tokio::test]
async fn a_key_counts_for_one_operation_on_one_session() {
    let app = TestApp::start().await;
    let (one, other) = (app.ready("same").await, app.ready("other").await);
    let canceled = app.ask("POST", &format!("{PATH}/{one}/cancel")).key("same").send().await;
    assert!(!canceled.is_replay());
    let canceled = app.ask("POST", &format!("{PATH}/{other}/cancel")).key("same").send().await;
    assert_eq!((canceled.is_replay(), canceled.id()), (false, other));
}

#[tokio::test]
async fn refusals_are_kept_like_any_answer() {
    let app = TestApp::start().await;
    let mut body = basket();
    body["line_items"][0]["id"] = json!("no-such-thing");
    let first = app.post(PATH, &body).key("k").send().await;
    assert_eq!((first.status.as_u16(), first.code()), (400, "invalid_item_id"));
    assert_eq!(first.body["param"], "$.line_items[0].id");
    let again = app.post(PATH, &body).key("k").send().await;
    assert!(again.is_replay());
    assert_eq!(again.raw, first.raw);
    assert_eq!(app.post(PATH, &basket()).key("k").send().await.status, 422);
}

#[tokio::test]
async fn an_answer_is_kept_for_48_hours_and_then_the_key_is_new() {
    let app = TestApp::start().await;
    let first = app.post(PATH, &basket()).key("k").send().await;
    app.clock.advance(Duration::from_hours(48) - Duration::from_millis(1));
    assert!(app.post(PATH, &basket()).key("k").send().await.is_replay());
    app.clock.advance(Duration::from_millis(1));
    let anew = app.post(PATH, &basket()).key("k").send().await;
    assert!(!anew.is_replay());
    assert_ne!(anew.id(), first.id());
}

#[tokio::test]
async fn a_late_key_on_a_completed_session_charges_nothing() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    assert_eq!(app.complete(&id, "tok_visa").key("c").send().await.body["status"], "completed");
    app.settle().await;
    app.clock.advance(Duration::from_hours(49));
    let late = app.complete(&id, "tok_visa").key("c").send().await;
    assert_eq!((late.status.as_u16(), late.code()), (409, "session_terminal"));
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn a_key_is_needed_and_has_a_form() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    for path in [
        PATH.to_owned(),
        format!("{PATH}/{id}"),
        format!("{PATH}/{id}/complete"),
        format!("{PATH}/{id}/cancel"),
    ] {
        let answer = app.post(&path, &basket()).without("idempotency-key").send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (400, "idempotency_key_required"),
            "{path}"
        );
    }
    let long = "k".repeat(255);
    assert_eq!(app.post(PATH, &basket()).key(&long).send().await.status, 201);
    for bad in ["", " ", "\"\"", &"k".repeat(256)] {
        let answer = app.post(PATH, &basket()).key(bad).send().await;
        assert_eq!(answer.code(), "idempotency_key_required", "{bad:?}");
    }
    let bytes = app.post(PATH, &basket()).without("idempotency-key");
    assert_eq!(bytes.and_header("idempotency-key", b"k\xff").send().await.status, 400);
    let two = app.post(PATH, &basket()).key("one").and_header("idempotency-key", b"two");
    assert_eq!(two.send().await.status, 400);
}

#[tokio::test]
async fn nobody_gets_a_replay_without_saying_who_they_are() {
    let app = TestApp::start().await;
    app.post(PATH, &basket()).key("k").send().await;
    let nobody = app.post(PATH, &basket()).key("k").without("authorization").send().await;
    assert_eq!((nobody.status.as_u16(), nobody.code()), (401, "unauthorized"));
    assert_eq!(nobody.headers["www-authenticate"], "Bearer");
    assert!(!nobody.is_replay());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_equal_creates_make_one_session() {
    let app = std::sync::Arc::new(TestApp::start().await);
    let calls = (0..32).map(|_| {
        let app = app.clone();
        tokio::spawn(async move { app.post(PATH, &basket()).key("k").send().await })
    });
    let mut ids = std::collections::BTreeSet::new();
    let mut fresh = 0;
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        assert_eq!(answer.status, 201);
        fresh += usize::from(!answer.is_replay());
        ids.insert(answer.id());
    }
    assert_eq!((ids.len(), fresh), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_of_one_session_never_get_lost() {
    let app = std::sync::Arc::new(TestApp::start().await);
    let id = app.ready("k").await;
    let calls = (1..=20_u32).map(|quantity| {
        let (app, path) = (app.clone(), format!("{PATH}/{id}"));
        let body = json!({"line_items": [{"id": crate::http::app::HONEY, "quantity": quantity}]});
        tokio::spawn(async move {
            let answer = app.post(&path, &body).key(&format!("c{quantity}")).send().await;
            (quantity, answer)
        })
    });
    let mut applied = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        let (quantity, answer) = call.await.unwrap();
        match answer.status.as_u16() {
            200 => {
                assert_eq!(answer.body["line_items"][0]["quantity"], quantity);
                applied.push(quantity);
            }
            409 => assert!(answer.headers.contains_key("retry-after")),
            status => panic!("{status}: {}", answer.body),
        }
    }
    let last =
        app.get(&format!("{PATH}/{id}")).send().await.body["line_items"][0]["quantity"].clone();
    assert!(applied.iter().any(|quantity| last == *quantity), "the last one stands");
    let again = app.post(&format!("{PATH}/{id}"), &standard_shipping()).key("last").send().await;
    assert_eq!(again.body["line_items"][0]["quantity"], last);
}

#[tokio::test]
async fn a_completion_is_replayed_with_its_order() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let first = app.complete(&id, "tok_visa").key("c").send().await;
    app.settle().await;
    let again = app.complete(&id, "tok_visa").key("c").send().await;
    assert!(again.is_replay());
    assert_eq!(again.raw, first.raw);
    let other = app.post(&format!("{PATH}/{id}/complete"), &payment("tok_mastercard")).key("c");
    assert_eq!(other.send().await.status, 422);
    assert_eq!((app.payments.captures().len(), app.payments.holds_ever().len()), (1, 1));
}
