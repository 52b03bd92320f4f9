//! The program as operators use it: the real binary, on a directory of its own, on port 0.

mod approvals;
mod audit;
mod backup;
mod catalog;
#[cfg(feature = "test-clock")]
mod clock;
mod configured_keys;
mod directory;
mod help;
mod keys;
mod mandates;
mod operators;
mod plan;
mod privacy;
mod runs;
mod signing;
mod stopping;
mod tenants;
mod unread;
mod webhooks;

use serde_json::{Value, json};

use crate::support::{Client, Response};

/// Something the demo shop sells, at 7.99 USD.
const HONEY: &str = "honey-wildflower-350g";

/// A basket with one jar of honey.
fn basket() -> Value {
    json!({"currency": "usd", "capabilities": {}, "line_items": [{"id": HONEY}]})
}

/// Opens a session for one jar of honey and gives its id.
async fn opened(client: &mut Client, key: &str) -> String {
    let response = client.post("/checkout_sessions", key, &basket()).await.unwrap();
    assert_eq!(response.status, 201, "{}", response.text());
    id_of(&response)
}

/// Buys one jar of honey; gives the ids of the session and the order.
async fn bought(client: &mut Client, key: &str) -> (String, String) {
    let id = opened(client, key).await;
    let path = format!("/checkout_sessions/{id}");
    let choice = json!({
        "buyer": {"email": "ada@example.com"},
        "selected_fulfillment_options":
            [{"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]}],
    });
    let chosen = client.post(&path, &format!("{key}-choose"), &choice).await.unwrap();
    assert_eq!(chosen.json()["status"], "ready_for_payment", "{}", chosen.text());
    let payment = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let pay = format!("{path}/complete");
    let paid = client.post(&pay, &format!("{key}-pay"), &payment).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    (id, paid.json()["order"]["id"].as_str().unwrap().to_owned())
}

fn id_of(response: &Response) -> String {
    response.json()["id"].as_str().unwrap().to_owned()
}

/// The price of one jar of honey as a new session is told.
async fn price_told(client: &mut Client, key: &str) -> Value {
    let session = client.post("/checkout_sessions", key, &basket()).await.unwrap().json();
    session["line_items"][0]["unit_amount"].clone()
}
