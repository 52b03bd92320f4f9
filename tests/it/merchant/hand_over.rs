//! The program with a system of the merchant's that takes orders: each arrives there once, and until
//! then everybody who may see it sees that it has not.

use std::path::Path;
use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::receiver::{ReceiverMock, Settings};
use acp_mocks::server::{Mock as _, Running as Listening};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, RedisServer, Running, is_redis_wanted};

const HONEY: &str = "honey-wildflower-350g";
const TOKEN: &str = "tok_orders";
/// How long anything may take on a slow machine, rests included.
const PATIENCE: Duration = Duration::from_mins(1);

/// A merchant, and a home for gateways.
struct House {
    merchant: Listening<ReceiverMock>,
    home: TempDir,
}

impl House {
    async fn build() -> Self {
        let settings = Settings { token: Some(TOKEN.to_owned()), ..Settings::default() };
        Self {
            merchant: ReceiverMock::start(settings).await.unwrap(),
            home: TempDir::new().unwrap(),
        }
    }

    /// A gateway that knows the merchant.
    fn open(&self) -> Running {
        let program = told_of(&self.merchant, Program::on(self.home.path()), TOKEN);
        Running::start_as(self.home.path(), program)
    }

    /// One that does not.
    fn open_alone(&self) -> Running {
        Running::start(self.home.path())
    }

    /// From now on everything fails like this.
    fn fail(&self, faults: Faults) {
        self.merchant.switches().set_faults(faults).unwrap();
    }

    fn go_away(&self) {
        self.fail(Faults { unavailable_ratio: 1.0, ..Faults::default() });
    }

    fn come_back(&self) {
        self.fail(Faults::default());
    }

    /// The orders the merchant has, by our ids.
    fn taken(&self) -> Vec<String> {
        let orders = self.merchant.mock().orders();
        assert!(orders.iter().all(|taken| taken.order["id"] == taken.key));
        orders.into_iter().map(|taken| taken.key).collect()
    }

    async fn until_taken(&self, orders: &[&str]) {
        until("the merchant has the orders", async || self.taken() == orders).await;
    }
}

fn told_of(merchant: &Listening<ReceiverMock>, program: Program, token: &str) -> Program {
    program.setting("ORDERS__BASE_URL", &merchant.url()).setting("ORDERS__TOKEN", token)
}

async fn until(what: &str, is_so: impl AsyncFn() -> bool) {
    let end = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < end, "it never comes to it that {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Buys a jar of honey; gives the order.
async fn buy(gateway: &Running, key: &str) -> String {
    let mut client = gateway.client().await;
    let basket = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": HONEY, "quantity": 1}],
        "selected_fulfillment_options": [
            {"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]},
        ],
    });
    let opened = client.post("/checkout_sessions", key, &basket).await.unwrap();
    assert_eq!(opened.status, 201, "{}", opened.text());
    let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
    let choice = json!({"selected_fulfillment_options": [
        {"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]},
    ]});
    client.post(&path, &format!("{key}-choose"), &choice).await.unwrap();
    let pay = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let paid = client.post(&format!("{path}/complete"), &format!("{key}-pay"), &pay).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    paid.json()["order"]["id"].as_str().unwrap().to_owned()
}

/// What the merchant's key reads.
async fn read(gateway: &Running, path: &str) -> Value {
    let mut client = gateway.client().await.with_token("acp_demo_merchant");
    let read = client.get(path).await.unwrap();
    assert_eq!(read.status, 200, "{path}: {}", read.text());
    read.json()
}

async fn listed(gateway: &Running, query: &str) -> Vec<String> {
    let listed = read(gateway, &format!("/orders?{query}")).await;
    let orders = listed["orders"].as_array().unwrap();
    orders.iter().map(|order| order["id"].as_str().unwrap().to_owned()).collect()
}

/// What an order is called at the merchant's; none before it says so.
async fn called(gateway: &Running, order: &str) -> Option<String> {
    let told = read(gateway, &format!("/orders/{order}/events")).await;
    let events = told["events"].as_array().unwrap();
    let event = events.iter().find(|event| event["type"] == "handed_over")?;
    Some(event["merchant_order_id"].as_str().unwrap().to_owned())
}

async fn until_called(gateway: &Running, order: &str, name: &str) {
    let is_called = async || called(gateway, order).await.is_some_and(|called| called == name);
    until(&format!("{order} is called {name}"), is_called).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_new_order_arrives_at_the_merchants_once() {
    let house = House::build().await;
    let gateway = house.open();
    let mut orders = Vec::new();
    for number in 1..=3 {
        let order = buy(&gateway, &format!("k{number}")).await;
        until_called(&gateway, &order, &format!("M-{}", 1_000 + number)).await;
        orders.push(order);
    }
    assert_eq!(house.taken(), orders);
    assert_eq!(house.merchant.mock().received().len(), 3);
    assert_eq!(listed(&gateway, "handed_over=false").await, Vec::<String>::new());
    assert_eq!(listed(&gateway, "handed_over=true").await.len(), 3);
    let status = gateway.operator().await.get("/status").await.unwrap().json();
    assert_eq!(status["orders"], json!({"handed_over": 3, "failed": 0}));
    assert!(!gateway.log().contains(TOKEN));
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_waits_for_a_merchant_who_is_away_whoever_is_killed() {
    let house = House::build().await;
    house.go_away();
    let gateway = house.open();
    let order = buy(&gateway, "k").await;
    until("it was tried", async || !house.merchant.mock().received().is_empty()).await;
    assert_eq!(listed(&gateway, "handed_over=false").await, [order.as_str()]);
    gateway.kill();

    let gateway = house.open();
    let inspected = gateway.inspect(&order);
    assert!(inspected.to_string().contains("\"hand_over_pending\":true"), "{inspected:#}");
    assert_eq!((house.taken(), called(&gateway, &order).await), (vec![], None));
    house.come_back();
    until_called(&gateway, &order, "M-1001").await;
    assert_eq!(house.taken(), [order.as_str()]);
    assert_eq!(listed(&gateway, "handed_over=false").await, Vec::<String>::new());
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_makes_no_second_order() {
    let house = House::build().await;
    let lost = Faults { timeout_after_effect_ratio: 1.0, at_most: Some(4), ..Faults::default() };
    house.fail(lost);
    let gateway = house.open();
    let order = buy(&gateway, "k").await;
    until_called(&gateway, &order, "M-1001").await;
    assert_eq!(house.taken(), [order.as_str()]);
    assert!(house.merchant.mock().received().len() > 1);
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merchant_who_does_not_want_us_is_an_alarm_and_nothing_is_lost() {
    let house = House::build().await;
    let home: &Path = house.home.path();
    let strange = told_of(&house.merchant, Program::on(home), "another");
    let gateway = Running::start_as(home, strange);
    let order = buy(&gateway, "k").await;
    let alarm = "is orders.token still good?";
    until("somebody is told", async || gateway.log().contains(alarm)).await;
    assert!(gateway.log().contains(&format!("does not take order {order}")));
    assert_eq!(listed(&gateway, "handed_over=false").await, [order.as_str()]);
    gateway.stop();

    let gateway = house.open();
    until_called(&gateway, &order, "M-1001").await;
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_orders_that_are_new_are_handed_over_and_those_in_any_case() {
    let house = House::build().await;
    let gateway = house.open_alone();
    let old = buy(&gateway, "k1").await;
    assert_eq!(gateway.until_quiet().await, 0);
    gateway.stop();

    house.go_away();
    let gateway = house.open();
    let new = buy(&gateway, "k2").await;
    until("it was tried", async || !house.merchant.mock().received().is_empty()).await;
    gateway.stop();

    // Whoever takes the address away is reminded of what is still to be handed over there.
    house.come_back();
    let gateway = house.open_alone();
    let reminded = format!("order {new} is to be handed over, and orders.base_url does not say");
    until("somebody is reminded", async || gateway.log().contains(&reminded)).await;
    gateway.stop();

    let gateway = house.open();
    until_called(&gateway, &new, "M-1001").await;
    house.until_taken(&[&new]).await;
    assert_eq!(listed(&gateway, "handed_over=false").await, Vec::<String>::new());
    // Not even when money of it goes back.
    let mut shop = gateway.client().await.with_token("acp_demo_merchant");
    let path = format!("/orders/{old}/refunds");
    let said = shop.post(&path, "back", &json!({})).await.unwrap();
    assert_eq!(said.status, 200, "{}", said.text());
    let path = format!("/orders/{old}");
    let is_back = async || {
        read(&gateway, &path).await["adjustments"][0]["status"].as_str() == Some("completed")
    };
    until("the money went back", is_back).await;
    assert_eq!(house.taken(), [new.as_str()]);
    gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gateways_that_share_a_store_hand_each_order_over_once() {
    if !is_redis_wanted() {
        return;
    }
    let house = House::build().await;
    let server = RedisServer::start();
    let homes = [TempDir::new().unwrap(), TempDir::new().unwrap()];
    let gateways = homes.each_ref().map(|home| {
        let program = told_of(&house.merchant, Program::on(home.path()), TOKEN)
            .setting("STORE__KIND", "redis")
            .setting("REDIS__URLS", &format!("[{:?}]", server.url()))
            .setting("SECRETS__MASTER_KEY", &"5f".repeat(32));
        Running::start_as(home.path(), program)
    });
    house.go_away();
    let one = buy(&gateways[0], "k1").await;
    until("it was tried", async || !house.merchant.mock().received().is_empty()).await;
    let two = buy(&gateways[1], "k2").await;
    house.come_back();
    let are_all =
        async || listed(&gateways[0], "handed_over=true").await == [two.as_str(), one.as_str()];
    until("both are handed over", are_all).await;
    let mut taken = house.taken();
    taken.sort();
    let mut expected = [one, two];
    expected.sort();
    assert_eq!(taken, expected);
    for gateway in gateways {
        gateway.stop();
    }
}
