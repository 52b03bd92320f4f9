//! A sentence becomes a plan, and the plan an order.

use serde_json::json;

use super::mandate;
use crate::http::app::{HONEY, TestApp, address, payment};
use crate::http::runs::SOLD;
use crate::support::are_backends_remote;

#[tokio::test]
async fn a_sentence_becomes_an_order_in_one_call() {
    // Where the catalogue is kept elsewhere, nothing is read for goods.
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let id = mandate(&app, 5_000, None).await;
    let body = json!({
        "text": "two jars of wildflower honey 350 g, then check out",
        "mandate_id": id.as_str(),
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
        "execute": "if_allowed",
        "payment": payment("tok_visa"),
    });
    let ask = app.post("/intents", &body).header("prefer", "wait=10").key("one call");
    let done = ask.clone().send().await;
    app.settle().await;
    assert_eq!(done.status, 201, "{:#}", done.body);
    assert_eq!(done.body["plan"]["status"], "completed", "{:#}", done.body);
    assert_eq!((app.payments.captures().len(), app.ledger(HONEY).await), (1, SOLD));
    let again = ask.send().await;
    assert_eq!(again.body["plan"]["order_id"], done.body["plan"]["order_id"]);
    assert_eq!(app.payments.captures().len(), 1, "a call that is made again pays nothing");
}

#[tokio::test]
async fn a_conversation_comes_to_one_plan() {
    // Where the catalogue is kept elsewhere, nothing is read for goods.
    if are_backends_remote() {
        return;
    }
    let app = TestApp::start().await;
    let say = async |text: &str, conversation: Option<&str>| {
        let mut body = json!({
            "text": text,
            "buyer": {"email": "ada@example.com"},
            "fulfillment_details": {"address": address("CA", "94105")},
        });
        if let Some(id) = conversation {
            body["conversation_id"] = json!(id);
        }
        let answer = app.post("/intents", &body).key(text).send().await;
        assert_eq!(answer.status, 201, "{:#}", answer.body);
        answer.body
    };
    let first = say("add a jar of wildflower honey 350 g", None).await;
    assert_eq!(first["plan"]["status"], "ready", "{first:#}");
    let id = first["conversation_id"].as_str();
    say("send it by express please", id).await;
    let last = say("another jar of wildflower honey 350 g and check out", id).await;
    assert_eq!(last["plan"]["lines"][0]["quantity"], 2, "{last:#}");
    assert_eq!(last["plan"]["delivery"], json!(["express"]), "what was said before counts");
    assert_eq!(last["plan"]["status"], "needs_approval");
    let off = say("forget it", id).await;
    assert_eq!(off["plan"]["status"], "canceled", "{off:#}");
}
