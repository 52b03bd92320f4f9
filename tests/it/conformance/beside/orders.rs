//! What becomes of an order, and what its agent is told of it unasked. The protocol has no calls by
//! which an agent says where; the gateway's own are used.

use std::collections::BTreeSet;
use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::receiver::{Received, ReceiverMock, Settings, Taken};
use acp_mocks::server::{Mock as _, Proof, Running as Listening};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::conformance::registry::section;
use crate::conformance::schemas;
use crate::conformance::version::Version;
use crate::conformance::world::World;
use crate::support::Response;

section! {
    ORDERS = "Orders and webhooks";
    or_01 Must "Orders 6" check(an_event_carries_the_whole_order)
        "An event carries the whole order.";
    or_02 Must "Orders 6.1" check(an_order_says_that_it_is_one)
        "An order says that it is one.";
    or_03 Should "Orders 6" check(an_order_has_everything_that_became_of_it)
        "It has its lines, deliveries, adjustments and totals.";
    or_04 Must "Orders 6.2" check(refunds_are_adjustments_or_refunds)
        "Refunds are told as adjustments, and to earlier versions as refunds.";
    or_05 Must "Orders 3.2" check(the_status_of_a_line_follows_from_its_quantities)
        "The status of a line follows from its quantities.";
    or_06 Must "Orders 3.2" check(what_was_ordered_never_changes)
        "The quantity that was ordered never changes.";
    or_07 Must "Orders 4.6" check(the_total_is_never_reduced)
        "The total is never reduced; what was paid back is a row of its own.";
    or_08 Must "Orders 4.5" check(an_adjustment_includes_tax)
        "The amount of an adjustment includes tax.";
    or_09 Should "Orders 4.3" check(a_delivery_has_the_statuses_of_its_kind)
        "A delivery has only the statuses of its kind.";
    or_10 Must "Orders 8" waits("events of the merchant's own system")
        "Words nobody knows are understood as such, and refused by nobody.";
    or_11 Must "Orders 4.4" check(what_has_happened_is_only_added_to)
        "What has happened is only ever added to.";
    wh_01 Must "Order webhooks" check(events_are_signed_and_have_what_they_need)
        "Events are signed POST requests with everything they need.";
    wh_02 Must "Order webhooks" waits("a receiver of our own")
        "A receiver refuses an event that is not signed well.";
    wh_03 Recommended "our choice" check(every_event_arrives_in_order)
        "Every event arrives, in the order of its order, whatever happens in between.";
    wh_04 Recommended "our choice" check(every_receiver_is_told_in_its_version)
        "Every receiver is told in the version it understands.";
}

const SECRET: &str = "a-secret-that-both-of-us-know";
const CONFIG: &str = "[webhooks]\nlocal_http = true\n";
/// How long anything may take on a slow machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// A shop, and an agent who is told in one version.
struct House {
    world: World,
    listener: Listening<ReceiverMock>,
}

impl House {
    async fn telling(version: Version) -> Self {
        let settings = Settings { secret: Some(SECRET.to_owned()), ..Settings::default() };
        let house = Self {
            world: World::with(CONFIG),
            listener: ReceiverMock::start(settings).await.unwrap(),
        };
        let url = format!("{}/agentic_checkout/webhooks/order_events", house.listener.url());
        let wish = json!({"url": url, "secret": SECRET, "api_version": version.name()});
        let opened = house.world.client().await.post("/webhook_endpoints", "listen", &wish).await;
        assert_eq!(opened.unwrap().status, 201);
        house
    }

    /// Buys two jars of honey; gives the order.
    async fn buy(&self) -> String {
        let bought = self.world.agent(Version::NEWEST).await.bought().await;
        // The merchant says nothing before the completion is over.
        self.world.order_events(bought.id());
        bought.body["order"]["id"].as_str().unwrap().to_owned()
    }

    async fn say(&self, order: &str, what: &str, body: Value) -> Response {
        let mut client = self.world.client().await.with_token("acp_demo_merchant");
        let key = format!("{what} {body}");
        let key: String = key.chars().filter(char::is_ascii_alphanumeric).take(200).collect();
        client.post(&format!("/orders/{order}/{what}"), &key, &body).await.unwrap()
    }

    /// One of two jars is sent, the other one is called off, and money goes back.
    async fn lives_through(&self) -> String {
        let order = self.buy().await;
        let lines = json!([{"id": self.line(&order).await, "quantity": 1}]);
        let sent = json!({"type": "shipping", "status": "shipped", "line_items": lines.clone()});
        for (what, body) in [
            ("fulfillments", sent),
            ("cancellations", json!({"line_items": lines})),
            ("refunds", json!({"amount": 350, "currency": "usd"})),
        ] {
            let said = self.say(&order, what, body).await;
            assert_eq!(said.status, 200, "{}", said.text());
        }
        order
    }

    async fn read(&self, path: &str) -> Value {
        let read = self.world.client().await.get(path).await.unwrap();
        assert_eq!(read.status, 200, "{}", read.text());
        read.json()
    }

    async fn line(&self, order: &str) -> String {
        let order = self.read(&format!("/orders/{order}")).await;
        order["line_items"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The first so many events the agent has taken, each once.
    async fn told(&self, count: usize) -> Vec<Received> {
        let end = tokio::time::Instant::now() + PATIENCE;
        loop {
            let received = self.listener.mock().received().into_iter();
            let first: Vec<_> = received.filter(|it| it.taken == Some(Taken::First)).collect();
            if first.len() >= count {
                return first;
            }
            assert!(tokio::time::Instant::now() < end, "the agent took {} events", first.len());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn event(received: &Received) -> Value {
    serde_json::from_slice(&received.body).unwrap()
}

/// What happens in the life of an order: it is placed, sent, called off, and a refund begins and
/// ends.
const LIFE: usize = 5;

/// The life of an order, as an agent was told of it.
async fn life(version: Version) -> (House, String, Vec<Value>) {
    let house = House::telling(version).await;
    let order = house.lives_through().await;
    let events = house.told(LIFE).await.iter().map(event).collect();
    (house, order, events)
}

pub(in crate::conformance) async fn orders_are_reported() {
    for version in Version::tried() {
        let (_, _, events) = life(version).await;
        let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds[0], "order_create", "{version}");
        assert!(kinds[1..].iter().all(|kind| *kind == "order_update"), "{version}: {kinds:?}");
    }
}

async fn an_event_carries_the_whole_order() {
    for version in Version::V2026_04_17.since() {
        let (house, order, events) = life(version).await;
        let now = house.read(&format!("/orders/{order}")).await;
        assert_eq!(events.last().unwrap()["data"], now, "{version}");
        for event in &events {
            let what = format!("an event of {version}");
            schemas::check(version, "Order", &event["data"], &what);
            assert_eq!(event["data"]["line_items"].as_array().unwrap().len(), 1, "{version}");
        }
    }
}

async fn an_order_says_that_it_is_one() {
    for version in Version::tried() {
        let (_, _, events) = life(version).await;
        assert!(events.iter().all(|event| event["data"]["type"] == "order"), "{version}");
    }
}

async fn an_order_has_everything_that_became_of_it() {
    for version in Version::V2026_04_17.since() {
        let (_, _, events) = life(version).await;
        let last = &events.last().unwrap()["data"];
        for part in ["line_items", "fulfillments", "adjustments", "totals"] {
            assert!(!last[part].as_array().unwrap().is_empty(), "{part} in {version}");
        }
    }
}

async fn refunds_are_adjustments_or_refunds() {
    for version in Version::tried() {
        let (_, _, events) = life(version).await;
        let last = &events.last().unwrap()["data"];
        if version == Version::V2026_04_17 {
            let made = last["adjustments"].as_array().unwrap();
            let refund = made.iter().find(|made| made["type"] == "refund").unwrap();
            assert_eq!((&refund["status"], &refund["amount"]), (&json!("completed"), &json!(350)));
            assert!(last.get("refunds").is_none());
        } else {
            let refunds = json!([{"type": "original_payment", "amount": 350}]);
            assert_eq!(last["refunds"], refunds, "{version}");
        }
    }
}

async fn the_status_of_a_line_follows_from_its_quantities() {
    let (_, _, events) = life(Version::NEWEST).await;
    let lines = events.iter().map(|event| &event["data"]["line_items"][0]);
    let mut seen = BTreeSet::new();
    for line in lines {
        let quantity = |name: &str| line["quantity"][name].as_u64().unwrap();
        let expected = match (quantity("current"), quantity("fulfilled")) {
            (0, _) => "removed",
            (current, fulfilled) if current == fulfilled => "fulfilled",
            (_, 0) => "processing",
            (_, _) => "partial",
        };
        assert_eq!(line["status"], expected, "{line:#}");
        seen.insert(expected);
    }
    assert_eq!(seen, BTreeSet::from(["processing", "partial", "fulfilled"]));
}

async fn what_was_ordered_never_changes() {
    let (_, _, events) = life(Version::NEWEST).await;
    let quantities = events.iter().map(|event| &event["data"]["line_items"][0]["quantity"]);
    let quantities: Vec<_> = quantities.collect();
    assert!(quantities.iter().all(|quantity| quantity["ordered"] == 2), "{quantities:?}");
    assert_eq!(quantities.last().unwrap()["current"], 1);
}

async fn the_total_is_never_reduced() {
    let (_, _, events) = life(Version::NEWEST).await;
    let row = |event: &Value, kind: &str| {
        let rows = event["data"]["totals"].as_array().unwrap();
        rows.iter().find(|row| row["type"] == kind).map(|row| row["amount"].as_i64().unwrap())
    };
    let charged = row(&events[0], "total").unwrap();
    assert!(events.iter().all(|event| row(event, "total") == Some(charged)));
    assert_eq!(row(&events[0], "amount_refunded").unwrap_or_default(), 0);
    assert_eq!(row(events.last().unwrap(), "amount_refunded"), Some(350));
}

async fn an_adjustment_includes_tax() {
    let house = House::telling(Version::NEWEST).await;
    let order = house.buy().await;
    // Without an amount everything goes back, and everything is what was charged.
    assert_eq!(house.say(&order, "refunds", json!({})).await.status, 200);
    let events: Vec<_> = house.told(3).await.iter().map(event).collect();
    let last = &events.last().unwrap()["data"];
    let rows = last["totals"].as_array().unwrap();
    let total = rows.iter().find(|row| row["type"] == "total").unwrap();
    assert_eq!(last["adjustments"][0]["amount"], total["amount"], "{last:#}");
}

async fn a_delivery_has_the_statuses_of_its_kind() {
    let house = House::telling(Version::NEWEST).await;
    let order = house.buy().await;
    for (kind, status) in [("shipping", "ready_for_pickup"), ("pickup", "shipped")] {
        let body = json!({"type": kind, "status": status});
        let refused = house.say(&order, "fulfillments", body).await;
        assert_eq!(refused.status, 400, "{kind} {status}: {}", refused.text());
    }
    let body = json!({"type": "shipping", "status": "shipped"});
    assert_eq!(house.say(&order, "fulfillments", body).await.status, 200);
    let events: Vec<_> = house.told(2).await.iter().map(event).collect();
    assert_eq!(events[1]["data"]["fulfillments"][0]["status"], "shipped");
    assert_eq!(house.told(2).await.len(), 2, "of what was refused nobody was told");
}

async fn what_has_happened_is_only_added_to() {
    let house = House::telling(Version::NEWEST).await;
    let order = house.lives_through().await;
    let events = async || {
        let read = house.read(&format!("/orders/{order}/events")).await;
        read["events"].as_array().unwrap().clone()
    };
    let before = events().await;
    house.told(LIFE).await;
    assert_eq!(
        house.say(&order, "refunds", json!({"amount": 50, "currency": "usd"})).await.status,
        200
    );
    house.told(LIFE + 2).await;
    let after = events().await;
    assert!(after.len() > before.len());
    assert_eq!(after[..before.len()], before, "what was told once is never told otherwise");
}

async fn events_are_signed_and_have_what_they_need() {
    for version in Version::tried() {
        let house = House::telling(version).await;
        house.buy().await;
        let told = house.told(1).await;
        let (received, told) = (&told[0], event(&told[0]));
        assert_eq!(received.proof, Some(Proof::Good), "{version}");
        assert_eq!(told.as_object().unwrap().len(), 2, "{version}: a type, and an order");
        let order = &told["data"];
        for name in ["type", "checkout_session_id", "permalink_url", "status"] {
            assert!(order[name].is_string(), "{name} in {version}: {told:#}");
        }
    }
}

/// The time and the signature of an event.
fn signature(received: &Received) -> (String, String) {
    let header = &received.headers["merchant-signature"];
    let (time, code) = header.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    (time.to_owned(), code.to_owned())
}

pub(in crate::conformance) async fn what_is_sent_is_signed() {
    let house = House::telling(Version::NEWEST).await;
    house.buy().await;
    let told = house.told(1).await;
    let (time, code) = signature(&told[0]);
    assert!(time.bytes().all(|byte| byte.is_ascii_digit()), "{time}");
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    assert!(code.len() == 64 && code.bytes().all(is_hex), "{code}");
}

pub(in crate::conformance) async fn what_is_signed_is_sent() {
    let house = House::telling(Version::NEWEST).await;
    house.buy().await;
    let told = house.told(1).await;
    let (time, code) = signature(&told[0]);
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let mac = mac.chain_update(time).chain_update(".").chain_update(&told[0].body).finalize();
    let digits = mac.into_bytes().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let expected: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    assert_eq!(code, expected, "over the bytes as they came");
}

pub(in crate::conformance) async fn every_attempt_is_signed_anew() {
    let house = House::telling(Version::NEWEST).await;
    let once = Faults { unavailable_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    house.listener.switches().set_faults(once).unwrap();
    house.buy().await;
    house.told(1).await;
    let attempts = house.listener.mock().received();
    assert!(attempts.len() >= 2 && attempts[0].taken.is_none());
    let (first, second) = (signature(&attempts[0]), signature(&attempts[1]));
    assert!(first.0 != second.0 && first.1 != second.1, "{first:?} {second:?}");
    assert_eq!(attempts[0].body, attempts[1].body);
    assert_eq!(attempts[0].headers["request-id"], attempts[1].headers["request-id"]);
}

async fn every_event_arrives_in_order() {
    for version in Version::tried() {
        let house = House::telling(version).await;
        let faults = Faults { unavailable_ratio: 1.0, at_most: Some(1), ..Faults::default() };
        house.listener.switches().set_faults(faults).unwrap();
        let order = house.buy().await;
        let House { world, listener } = house;
        let house = House { world: world.after_a_power_cut(), listener };
        let body = json!({"type": "shipping", "status": "shipped"});
        assert_eq!(house.say(&order, "fulfillments", body).await.status, 200);
        let events: Vec<_> = house.told(2).await.iter().map(event).collect();
        let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["order_create", "order_update"], "{version}");
    }
}

async fn every_receiver_is_told_in_its_version() {
    for version in Version::tried() {
        let (_, _, events) = life(version).await;
        for event in events {
            let names: BTreeSet<_> = event["data"].as_object().unwrap().keys().cloned().collect();
            if version == Version::V2026_04_17 {
                schemas::check(version, "Order", &event["data"], "an event");
            } else {
                let known = ["checkout_session_id", "permalink_url", "refunds", "status", "type"];
                assert_eq!(names, known.map(str::to_owned).into(), "{version}");
                let words =
                    ["created", "manual_review", "confirmed", "canceled", "shipped", "fulfilled"];
                assert!(words.contains(&event["data"]["status"].as_str().unwrap()), "{event:#}");
            }
        }
    }
}
