//! What the gateway says about itself: figures, as they are read over HTTP, and what a collector
//! is told.

mod collector;
mod figures;
mod intents;
mod lines;
mod losing;
mod metrics;
mod refused;
mod shedding;
mod strangers;
mod stuck;
mod tap;
mod tools;
mod traces;

use std::time::{Duration, Instant};

pub(crate) use collector::Collector;
use figures::Figures;
use serde_json::{Value, json};

use crate::support::Client;

const HONEY: &str = "honey-wildflower-350g";
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something has happened that nobody is told of.
async fn until(mut has_happened: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !has_happened().await {
        assert!(Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn basket() -> Value {
    json!({"currency": "usd", "capabilities": {}, "line_items": [{"id": HONEY}]})
}

fn payment(token: &str) -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
    }})
}

/// Opens a session for a jar of honey that can be paid for.
async fn ready(client: &mut Client, key: &str) -> String {
    let opened = client.post("/checkout_sessions", key, &basket()).await.unwrap();
    let id = opened.json()["id"].as_str().unwrap().to_owned();
    let choice = json!({
        "buyer": {"email": "ada@example.com"},
        "selected_fulfillment_options":
            [{"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]}],
    });
    let path = format!("/checkout_sessions/{id}");
    let chosen = client.post(&path, &format!("{key}-choose"), &choice).await.unwrap();
    assert_eq!(chosen.json()["status"], "ready_for_payment", "{}", chosen.text());
    id
}

/// Buys one jar of honey with a card; gives the session.
async fn buy(client: &mut Client, key: &str, token: &str) -> String {
    let id = ready(client, key).await;
    let path = format!("/checkout_sessions/{id}/complete");
    client.post(&path, &format!("{key}-pay"), &payment(token)).await.unwrap();
    id
}
