//! What shoppers say: what it comes to, what is remembered of it, and what words cannot do.

mod advised;
mod choosing;
mod guarding;
mod remembering;
mod talking;

use serde_json::{Value, json};

use super::app::{Answer, TestApp, Wishes};
use crate::support::are_backends_remote;

const INTENTS: &str = "/intents";
const ACACIA: &str = "honey-acacia-350g";

/// A gateway that keeps its catalogue; where the merchant does, no text can be read.
async fn shop() -> Option<TestApp> {
    shop_with(Wishes::default()).await
}

async fn shop_with(wishes: Wishes) -> Option<TestApp> {
    if are_backends_remote() { None } else { Some(TestApp::wishing(wishes).await) }
}

/// A key that is another one for another text.
fn key_of(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    plain.take(200).collect()
}

/// Says something, with a key of its own.
async fn said(app: &TestApp, key: &str, body: &Value) -> Answer {
    app.post(INTENTS, body).key(key).send().await
}

/// Says something in a new conversation.
async fn begun(app: &TestApp, text: &str) -> Answer {
    let answer = said(app, &key_of(text), &json!({"text": text})).await;
    assert_eq!(answer.status, 201, "{text}: {:#}", answer.body);
    answer
}

/// Says more in a conversation.
async fn went_on(app: &TestApp, before: &Answer, text: &str) -> Answer {
    let body = json!({"text": text, "conversation_id": before.body["conversation_id"]});
    let answer = said(app, &key_of(text), &body).await;
    assert_eq!(answer.status, 201, "{text}: {:#}", answer.body);
    answer
}

fn conversation(answer: &Answer) -> String {
    format!("/conversations/{}", answer.body["conversation_id"].as_str().unwrap())
}

fn issues(answer: &Answer) -> Vec<&str> {
    let issues = answer.body["issues"].as_array().unwrap().iter();
    issues.map(|issue| issue["type"].as_str().unwrap()).collect()
}

fn add(item: &str, quantity: u32) -> Value {
    json!({"op": "add", "item_id": item, "quantity": quantity})
}
