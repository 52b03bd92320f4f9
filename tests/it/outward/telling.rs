//! The program and an agent who wants to be told of orders: whatever dies, everything is told.

use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::receiver::{ReceiverMock, Settings, Taken};
use acp_mocks::server::{Mock as _, Proof, Running as Listening};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, RedisServer, Running, is_redis_wanted};

const HONEY: &str = "honey-wildflower-350g";
const SECRET: &str = "whsec_dGhpcyBpcyBhIHNlY3JldCBvZiB0aGUgdGVzdHM=";
/// Gateways that share a store have one.
const MASTER_KEY: &str = "5f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";
/// How long anything may take on a slow machine, rests included.
const PATIENCE: Duration = Duration::from_mins(1);

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < end, "it never comes to it that {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn listener() -> Listening<ReceiverMock> {
    let secret = Some(SECRET.to_owned());
    ReceiverMock::start(Settings { secret, ..Settings::default() }).await.unwrap()
}

fn gateway(home: &TempDir, redis: Option<&RedisServer>) -> Running {
    let program = Program::on(home.path()).setting("WEBHOOKS__LOCAL_HTTP", "true");
    let program = match redis {
        None => program,
        Some(server) => program
            .setting("STORE__KIND", "redis")
            .setting("SECRETS__MASTER_KEY", MASTER_KEY)
            .setting("REDIS__URLS", &format!("[{:?}]", server.url())),
    };
    Running::start_as(home.path(), program)
}

/// Has the agent told there; gives the id of the endpoint.
async fn tell(gateway: &Running, listener: &Listening<ReceiverMock>) -> String {
    let url = format!("{}/agentic_checkout/webhooks/order_events", listener.url());
    let wish = json!({"url": url, "secret": SECRET});
    let mut client = gateway.client().await;
    let opened = client.post("/webhook_endpoints", "listen", &wish).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());
    opened.json()["id"].as_str().unwrap().to_owned()
}

/// Buys a jar of honey; gives the order.
async fn buy(gateway: &Running, key: &str) -> String {
    let mut client = gateway.client().await;
    let choice = json!([{"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]}]);
    let basket = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": HONEY, "quantity": 1}],
        "selected_fulfillment_options": choice.clone(),
    });
    let opened = client.post("/checkout_sessions", key, &basket).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    let choice = json!({"selected_fulfillment_options": choice});
    client.post(&path, &format!("{key}-choose"), &choice).await.unwrap();
    let pay = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let paid = client.post(&format!("{path}/complete"), &format!("{key}-pay"), &pay).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    paid.json()["order"]["id"].as_str().unwrap().to_owned()
}

async fn send(gateway: &Running, order: &str, status: &str) {
    let mut client = gateway.client().await.with_token("acp_demo_merchant");
    let path = format!("/orders/{order}/fulfillments");
    let body = json!({"type": "pickup", "status": status});
    let said = client.post(&path, "send", &body).await.unwrap();
    assert_eq!(said.status, 200, "{}", said.text());
}

/// The orders an agent was told of, by the kind of the event, each event once.
fn told(listener: &Listening<ReceiverMock>) -> Vec<(String, String)> {
    let received = listener.mock().received().into_iter();
    let taken: Vec<_> = received.filter(|it| it.taken.is_some()).collect();
    assert!(taken.iter().all(|it| it.proof == Some(Proof::Good)), "everything is signed");
    assert!(taken.iter().all(|it| it.taken != Some(Taken::Changed)), "and never told otherwise");
    let first = taken.into_iter().filter(|it| it.taken == Some(Taken::First));
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    first
        .map(|it| {
            let event: Value = serde_json::from_slice(&it.body).unwrap();
            (word(&event["type"]), word(&event["data"]["id"]))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_dies_an_agent_is_told_of_everything_in_order() {
    let (listener, home) = (listener().await, TempDir::new().unwrap());
    let first = gateway(&home, None);
    tell(&first, &listener).await;
    // It hears, and nobody hears that it did, or it does not answer at all.
    let spoiled = Faults {
        timeout_after_effect_ratio: 0.5,
        hang_ratio: 0.2,
        hang_ms: 200,
        ..Faults::default()
    };
    listener.switches().set_faults(spoiled).unwrap();
    let mut orders = vec![buy(&first, "a").await, buy(&first, "b").await];
    first.kill();
    let second = gateway(&home, None);
    orders.push(buy(&second, "c").await);
    send(&second, &orders[0], "ready_for_pickup").await;
    second.kill();
    listener.switches().set_faults(Faults::default()).unwrap();
    let third = gateway(&home, None);
    send(&third, &orders[1], "ready_for_pickup").await;
    let expected: Vec<_> = orders
        .iter()
        .enumerate()
        .map(|(place, order)| (order.clone(), if place < 2 { 2 } else { 1 }))
        .collect();
    let of = |order: &str| -> Vec<String> {
        let told = told(&listener).into_iter();
        told.filter(|(_, id)| id == order).map(|(kind, _)| kind).collect()
    };
    until("the agent knows everything", async || {
        expected.iter().all(|(order, events)| of(order).len() == *events)
    })
    .await;
    for (order, events) in &expected {
        let kinds = ["order_create", "order_update"];
        assert_eq!(of(order), kinds[..*events], "each once, but for repetitions, and in order");
    }
    third.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_gateways_one_tells() {
    if !is_redis_wanted() {
        return;
    }
    let (listener, server) = (listener().await, RedisServer::start());
    let (one_home, other_home) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (one, other) = (gateway(&one_home, Some(&server)), gateway(&other_home, Some(&server)));
    tell(&one, &listener).await;
    for number in 0..6 {
        let gateway = if number % 2 == 0 { &one } else { &other };
        buy(gateway, &format!("k{number}")).await;
    }
    until("the agent knows of every order", async || told(&listener).len() == 6).await;
    let orders: std::collections::BTreeSet<_> =
        told(&listener).into_iter().map(|(_, order)| order).collect();
    assert_eq!(orders.len(), 6);
    assert_eq!(listener.mock().duplicates().len(), 0, "while nobody dies, everything comes once");
    other.kill();
    buy(&one, "alone").await;
    until("the other one goes on", async || told(&listener).len() == 7).await;
}
