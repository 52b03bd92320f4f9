//! Mistakes that gateways of this kind are known to make, one by one. Others of them are held where
//! their subject is; docs/RELIABILITY.md names them all.

use std::time::Duration;

use acp_core::payment::Decline;
use acp_core::principal::Scope;
use acp_mocks::Outcome;
use serde_json::json;

use crate::http::app::{HONEY, TestApp, basket, standard_shipping};

const PATH: &str = "/checkout_sessions";
const MUG: &str = "mug-stoneware-white";

#[tokio::test]
async fn a_key_spelled_like_a_record_is_only_a_key() {
    let app = TestApp::start().await;
    let owner = app.key_of("owner", Scope::Agent).await;
    let thief = app.key_of("thief", Scope::Agent).await;
    let victim = app.post(PATH, &basket()).token(&owner).send().await.id();
    for key in [victim.clone(), format!("{victim}/s"), format!("{victim}/v"), format!("k/{victim}")]
    {
        let opened = app.post(PATH, &basket()).token(&thief).key(&key).send().await;
        assert_eq!(opened.status, 201, "{key}");
        assert!(!opened.is_replay() && opened.id() != victim, "{key}");
    }
    let seen = app.get(&format!("{PATH}/{victim}")).token(&owner).send().await;
    assert_eq!(seen.status, 200);
}

#[tokio::test]
async fn a_decline_is_said_again_under_its_key() {
    let app = TestApp::start().await;
    app.payments.on_token("tok_no", Outcome::Decline(Decline::Hard));
    let id = app.ready("k").await;
    let declined = app.complete(&id, "tok_no").key("1").send().await;
    assert_eq!(declined.body["messages"][0]["code"], "payment_declined");
    let calls = app.payments.calls().len();
    let again = app.complete(&id, "tok_no").key("1").send().await;
    assert!(again.is_replay());
    assert_eq!((again.status, &again.raw), (declined.status, &declined.raw));
    assert_eq!(app.payments.calls().len(), calls, "and nobody is asked again");
}

#[tokio::test]
async fn a_caller_who_was_not_let_in_leaves_no_answer_behind() {
    let app = TestApp::start().await;
    let refused = app.post(PATH, &basket()).token("acp_wrong").key("k").send().await;
    assert_eq!(refused.status, 401);
    let opened = app.post(PATH, &basket()).key("k").send().await;
    assert_eq!(opened.status, 201);
    assert!(!opened.is_replay());
}

#[tokio::test]
async fn a_line_that_is_short_leaves_nothing_promised_of_the_others() {
    let app = TestApp::start().await;
    let mut two = basket();
    two["line_items"] = json!([{"id": HONEY, "quantity": 2}, {"id": MUG, "quantity": 1}]);
    let opened = app.post(PATH, &two).key("k").send().await;
    let path = format!("{PATH}/{}", opened.id());
    let mut choice = standard_shipping();
    choice["selected_fulfillment_options"][0]["item_ids"] = json!([HONEY, MUG]);
    let ready = app.post(&path, &choice).key("k").send().await;
    assert_eq!(ready.body["status"], "ready_for_payment", "{:#}", ready.body);
    for short in [HONEY, MUG] {
        let before = [app.ledger(HONEY).await, app.ledger(MUG).await];
        let free = app.ledger(short).await.0;
        app.count(short, 0).await;
        let told = app.complete(&opened.id(), "tok_visa").key(short).send().await;
        assert_eq!(told.body["status"], "not_ready_for_payment");
        app.settle().await;
        app.count(short, free).await;
        assert_eq!([app.ledger(HONEY).await, app.ledger(MUG).await], before);
        let ready = app.post(&path, &choice).key(&format!("again {short}")).send().await;
        assert_eq!(ready.body["status"], "ready_for_payment");
    }
    assert_eq!(app.payments.captures().len(), 0);
}

#[tokio::test]
async fn who_only_looks_around_holds_no_stock() {
    let app = TestApp::start().await;
    let (free, ..) = app.ledger(HONEY).await;
    let mut greedy = basket();
    greedy["line_items"][0]["quantity"] = json!(free);
    for number in 0..3 {
        let key = format!("greedy {number}");
        let opened = app.post(PATH, &greedy).key(&key).send().await;
        let path = format!("{PATH}/{}", opened.id());
        let ready = app.post(&path, &standard_shipping()).key(&key).send().await;
        assert_eq!(ready.body["status"], "ready_for_payment");
    }
    assert_eq!(app.ledger(HONEY).await, (free, 0, 0));
    let id = app.ready("modest").await;
    assert_eq!(app.complete(&id, "tok_visa").key("c").send().await.body["status"], "completed");
}

#[tokio::test]
async fn an_old_session_sells_nothing_twice() {
    let app = TestApp::start().await;
    app.count(HONEY, 2).await;
    let old = app.ready("old").await;
    app.clock.advance(Duration::from_mins(50));
    let path = format!("{PATH}/{old}");
    app.post(&path, &standard_shipping()).key("still there").send().await;
    app.clock.advance(Duration::from_mins(11));
    let new = app.ready("new").await;
    let bought = app.complete(&new, "tok_visa").key("b").send().await;
    assert_eq!(bought.body["status"], "completed");
    let late = app.complete(&old, "tok_visa").key("a").send().await;
    assert_eq!(late.body["status"], "not_ready_for_payment");
    app.settle().await;
    assert_eq!(app.ledger(HONEY).await, (0, 0, 2));
    assert_eq!(app.payments.captures().len(), 1);
}

#[tokio::test]
async fn what_was_sold_is_not_edited_and_what_was_given_up_is_not_given_up_again() {
    let app = TestApp::start().await;
    let sold = app.ready("k").await;
    let path = format!("{PATH}/{sold}");
    app.complete(&sold, "tok_visa").key("c").send().await;
    app.settle().await;
    let before = app.get(&path).send().await;
    let more = json!({"line_items": [{"id": HONEY, "quantity": 9}]});
    let refused = app.post(&path, &more).key("u").send().await;
    assert_eq!((refused.status.as_u16(), refused.code()), (409, "session_terminal"));
    assert_eq!(app.get(&path).send().await.raw, before.raw);

    let given_up = app.ready("l").await;
    let cancel = format!("{PATH}/{given_up}/cancel");
    let canceled = app.post(&cancel, &json!({})).key("1").send().await;
    assert_eq!((canceled.status.as_u16(), &canceled.body["status"]), (200, &json!("canceled")));
    assert_eq!(canceled.body["line_items"][0]["quantity"], 2, "it is shown whole");
    assert_eq!(app.post(&cancel, &json!({})).key("2").send().await.status, 405);
}

#[tokio::test]
async fn an_option_nobody_offers_is_not_overlooked() {
    let app = TestApp::start().await;
    let opened = app.post(PATH, &basket()).key("k").send().await;
    let mut choice = standard_shipping();
    choice["selected_fulfillment_options"][0]["option_id"] = json!("by-balloon");
    let path = format!("{PATH}/{}", opened.id());
    let refused = app.post(&path, &choice).key("u").send().await;
    assert_eq!(refused.status, 400, "{:#}", refused.body);
    assert_eq!(refused.body["param"], "$.selected_fulfillment_options[0]");
}
