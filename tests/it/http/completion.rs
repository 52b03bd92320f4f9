use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::SessionId;
use acp_core::payment::{Decline, PaymentFault};
use acp_core::ports::Checkouts as _;
use acp_core::session::Challenge;
use acp_mocks::{Gate, Operation, Outcome, Turn};
use serde_json::json;

use super::app::{HONEY, TestApp, payment};

const ALL_FREE: (u32, u64, u64) = (140, 0, 0);

fn challenge() -> Outcome {
    Outcome::Challenge(Challenge {
        acquirer_bin: "412345".into(),
        acquirer_country: "US".into(),
        acquirer_merchant_id: "merchant".into(),
        merchant_name: "Harbour".into(),
        directory_server: "visa".into(),
        browser: None,
    })
}

#[tokio::test]
async fn a_declined_payment_leaves_the_session_ready_and_nothing_held() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_no", Outcome::Decline(Decline::Hard));
    let id = app.ready("k").await;
    let declined = app.complete(&id, "tok_no").key("1").send().await;
    assert_eq!(
        (declined.status.as_u16(), &declined.body["status"]),
        (200, &json!("ready_for_payment"))
    );
    assert_eq!(declined.body["messages"][0]["code"], "payment_declined");
    assert_eq!(declined.body.get("order"), None);
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);

    let paid = app.complete(&id, "tok_visa").key("2").send().await;
    assert_eq!(paid.body["status"], "completed");
    assert_eq!(paid.body["messages"], json!([]), "the old decline is not told again");
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0));
}

#[tokio::test]
async fn an_instrument_that_was_declined_for_good_is_not_asked_about_again() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_lost", Outcome::Decline(Decline::Hard));
    app.payments.on_token("tok_poor", Outcome::Decline(Decline::Soft));
    let id = app.ready("k").await;
    let first = app.complete(&id, "tok_lost").key("1").send().await;
    assert_eq!(first.body["messages"][0]["code"], "payment_declined");
    let asked = app.payments.calls().len();
    let again = app.complete(&id, "tok_lost").key("2").send().await;
    assert_eq!((again.status, &again.raw), (first.status, &first.raw), "the same decline");
    assert_eq!(app.payments.calls().len(), asked, "nobody was asked");
    assert!(app.complete(&id, "tok_lost").key("2").send().await.is_replay());
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);

    // What is remembered pays for nothing, and is good for this session alone.
    let session = SessionId::parse(&id).unwrap();
    let seen = app.checkouts.look(session.partition(), Some(&session), None).await.unwrap();
    let (kept, _) = seen.session.unwrap();
    assert_eq!(kept.refused.len(), 1);
    assert!(!format!("{kept:?}").contains("tok_lost"));
    let other = app.ready("other").await;
    app.complete(&other, "tok_lost").key("3").send().await;
    assert!(app.payments.calls().len() > asked, "another session asks");

    for key in ["4", "5"] {
        let asked = app.payments.calls().len();
        let poor = app.complete(&id, "tok_poor").key(key).send().await;
        assert_eq!(poor.body["messages"][0]["code"], "payment_declined");
        assert!(app.payments.calls().len() > asked, "it may work another time");
    }
    let paid = app.complete(&id, "tok_visa").key("6").send().await;
    assert_eq!(paid.body["status"], "completed", "another one pays: {:#}", paid.body);
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0));
}

#[tokio::test]
async fn a_challenge_is_answered_or_ends_the_attempt() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_3ds", challenge());
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}/complete");
    let asked = app.complete(&id, "tok_3ds").key("1").send().await;
    assert_eq!(asked.body["status"], "authentication_required");
    assert_eq!(asked.body["authentication_metadata"]["directory_server"], "visa");

    let without = app.complete(&id, "tok_3ds").key("2").send().await;
    assert_eq!(
        (without.status.as_u16(), without.code(), without.body["param"].as_str()),
        (400, "requires_3ds", Some("$.authentication_result"))
    );
    let mut body = payment("tok_3ds");
    body["authentication_result"] = json!({"outcome": "authenticated"});
    let unproven = app.post(&path, &body).key("unproven").send().await;
    assert_eq!(unproven.body["param"], "$.authentication_result.outcome_details");
    body["authentication_result"] = json!({"outcome": "denied"});
    let denied = app.post(&path, &body).key("3").send().await;
    assert_eq!(denied.body["status"], "ready_for_payment");
    assert_eq!(denied.body["messages"][0]["code"], "payment_declined");

    assert_eq!(
        app.complete(&id, "tok_3ds").key("4").send().await.body["status"],
        "authentication_required"
    );
    body["authentication_result"] = json!({"outcome": "authenticated", "outcome_details": {
        "three_ds_cryptogram": "c", "electronic_commerce_indicator": "05",
        "transaction_id": "t", "version": "2.2.0",
    }});
    assert_eq!(app.post(&path, &body).key("5").send().await.body["status"], "completed");
    app.settle().await;
    assert_eq!((app.payments.captures().len(), app.payments.holds().len()), (1, 0));
    assert_eq!(app.ledger(HONEY).await, (138, 0, 2));
}

#[tokio::test]
async fn an_unoffered_handler_is_refused_before_anything_happens() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let mut body = payment("tok_visa");
    body["payment_data"]["handler_id"] = json!("gift_points");
    let answer = app.post(&format!("/checkout_sessions/{id}/complete"), &body).send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid_payment_handler"));
    assert_eq!(app.payments.calls(), []);
}

#[tokio::test]
async fn stock_that_is_gone_is_told_and_nothing_is_charged() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    app.count(HONEY, 1).await;
    let answer = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!(
        (answer.status.as_u16(), &answer.body["status"]),
        (200, &json!("not_ready_for_payment"))
    );
    assert_eq!(answer.body["messages"][0]["code"], "quantity_exceeded");
    assert_eq!(app.payments.calls(), []);
    assert_eq!(app.ledger(HONEY).await, (1, 0, 0));
}

#[tokio::test]
async fn a_lost_answer_of_the_provider_is_asked_about_and_not_repeated() {
    let app = TestApp::start().await;
    app.payments.script(Operation::Confirm, [Turn::FailAfter(PaymentFault::Ambiguous)]);
    let id = app.ready("k").await;
    assert_eq!(app.complete(&id, "tok_visa").key("1").send().await.body["status"], "completed");
    app.settle().await;
    assert_eq!(
        (app.payments.count(Operation::Confirm), app.payments.count(Operation::Lookup)),
        (1, 1)
    );
    assert_eq!((app.payments.holds_ever().len(), app.payments.captures().len()), (1, 1));
}

#[tokio::test]
async fn while_nothing_is_clear_nobody_is_told_that_it_failed() {
    let app = TestApp::start_paused().await;
    app.payments.script(Operation::Confirm, [Turn::FailAfter(PaymentFault::Ambiguous)]);
    app.payments.script(Operation::Lookup, [Turn::FailBefore(PaymentFault::Ambiguous)]);
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}");

    let interim = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!(
        (interim.status.as_u16(), &interim.body["status"]),
        (200, &json!("complete_in_progress"))
    );
    assert_eq!(app.get(&path).send().await.body["status"], "complete_in_progress");
    assert_eq!(app.ledger(HONEY).await, (138, 2, 0), "the stock stays promised");

    let same = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((same.status.as_u16(), same.code()), (409, "idempotency_in_flight"));
    assert_eq!(same.headers["retry-after"], "1");
    for ask in [
        app.complete(&id, "tok_visa").key("2"),
        app.post(&path, &json!({})).key("3"),
        app.ask("POST", &format!("{path}/cancel")).key("4"),
    ] {
        let other = ask.send().await;
        assert_eq!((other.status.as_u16(), other.code()), (409, "completion_in_progress"));
        assert!(other.headers.contains_key("retry-after"));
    }

    app.payments.script(Operation::Confirm, vec![Turn::FailBefore(PaymentFault::NotSent); 4]);
    app.clock.advance(Duration::from_secs(2));
    let rejoined = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!(rejoined.status, 409, "and it is not told again how it stands");
    assert_eq!(app.payments.count(Operation::Cancel), 0, "what is unclear is not undone");

    app.clock.advance(Duration::from_secs(2));
    assert_eq!(app.app.tend().await.unwrap().resumed, 1);
    app.settle().await;
    assert_eq!(app.get(&path).send().await.body["status"], "completed");
    let told = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((told.is_replay(), &told.body["status"]), (true, &json!("completed")));
    assert_eq!((app.payments.holds_ever().len(), app.payments.captures().len()), (1, 1));
}

#[tokio::test]
async fn a_provider_that_is_away_leaves_no_trace_and_the_key_as_new() {
    let app = TestApp::start_paused().await;
    let away = vec![Turn::FailBefore(PaymentFault::NotSent); 4];
    app.payments.script(Operation::Create, away);
    let id = app.ready("k").await;
    let failed = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((failed.status.as_u16(), failed.code()), (503, "service_unavailable"));
    assert!(failed.headers.contains_key("retry-after"));
    assert_eq!(app.ledger(HONEY).await, ALL_FREE);
    let path = format!("/checkout_sessions/{id}");
    assert_eq!(app.get(&path).send().await.body["status"], "ready_for_payment");

    let retried = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((retried.is_replay(), &retried.body["status"]), (false, &json!("completed")));
    app.settle().await;
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn a_capture_that_fails_is_made_again_without_a_new_authorization() {
    let app = TestApp::start().await;
    app.payments.script(Operation::Capture, [Turn::FailAfter(PaymentFault::Ambiguous)]);
    let id = app.ready("k").await;
    assert_eq!(app.complete(&id, "tok_visa").key("1").send().await.body["status"], "completed");
    app.settle().await;
    app.clock.advance(Duration::from_secs(2));
    assert_eq!(app.app.tend().await.unwrap().resumed, 1);
    app.settle().await;
    assert_eq!((app.payments.count(Operation::Confirm), app.payments.captures().len()), (1, 1));
    assert_eq!(app.ledger(HONEY).await, (138, 0, 2));
    app.clock.advance(Duration::from_mins(5));
    assert_eq!(app.app.tend().await.unwrap().resumed, 0, "it is over");
}

#[tokio::test]
async fn a_caller_who_hangs_up_stops_nothing() {
    let app = TestApp::start().await;
    let gate = Gate::closed();
    app.payments.script(Operation::Confirm, [Turn::WaitBefore(gate.clone())]);
    let id = app.ready("k").await;
    {
        let call = app.complete(&id, "tok_visa").key("1").send();
        tokio::select! {
            _ = call => panic!("it cannot be over yet"),
            () = gate.reached() => {}
        }
    }
    let busy = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((busy.status.as_u16(), busy.code()), (409, "idempotency_in_flight"));
    gate.open();
    app.settle().await;
    let told = app.complete(&id, "tok_visa").key("1").send().await;
    assert_eq!((told.is_replay(), &told.body["status"]), (true, &json!("completed")));
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_equal_completions_charge_once() {
    let app = Arc::new(TestApp::start().await);
    let id = app.ready("k").await;
    let calls = (0..200).map(|_| {
        let (app, id) = (app.clone(), id.clone());
        tokio::spawn(async move { app.complete(&id, "tok_visa").key("c").send().await })
    });
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        match answer.status.as_u16() {
            200 => assert_eq!(answer.body["status"], "completed"),
            409 => {
                assert_eq!(answer.code(), "idempotency_in_flight");
                assert!(answer.headers.contains_key("retry-after"));
            }
            status => panic!("{status}: {}", answer.body),
        }
    }
    app.settle().await;
    assert_eq!((app.payments.holds_ever().len(), app.payments.captures().len()), (1, 1));
    assert_eq!(app.ledger(HONEY).await, (138, 0, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_keys_on_one_session_charge_once() {
    let app = Arc::new(TestApp::start().await);
    let id = app.ready("k").await;
    let calls = (0..50).map(|number| {
        let (app, id) = (app.clone(), id.clone());
        tokio::spawn(async move {
            app.complete(&id, "tok_visa").key(&format!("c{number}")).send().await
        })
    });
    let mut completed = 0;
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        match answer.status.as_u16() {
            200 => completed += 1,
            409 => {
                let busy = ["completion_in_progress", "session_terminal", "idempotency_in_flight"];
                assert!(busy.contains(&answer.code()), "{}", answer.body);
            }
            status => panic!("{status}: {}", answer.body),
        }
    }
    app.settle().await;
    assert_eq!(completed, 1);
    assert_eq!((app.payments.holds_ever().len(), app.payments.captures().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_last_unit_is_sold_once() {
    let app = Arc::new(TestApp::start().await);
    app.count(HONEY, 5).await;
    let mut ids = Vec::new();
    for number in 0..8 {
        ids.push(app.ready(&format!("k{number}")).await);
    }
    let calls = ids.into_iter().map(|id| {
        let app = app.clone();
        tokio::spawn(
            async move { app.complete(&id, "tok_visa").send().await.body["status"].clone() },
        )
    });
    let mut completed = 0;
    for call in calls.collect::<Vec<_>>() {
        completed += u64::from(call.await.unwrap() == "completed");
    }
    app.settle().await;
    assert_eq!(completed, 2, "two units each, five in all");
    assert_eq!(app.ledger(HONEY).await, (1, 0, 4));
    assert_eq!(app.payments.captures().len(), 2);
}
