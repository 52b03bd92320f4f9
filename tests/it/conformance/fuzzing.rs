//! Requests nobody would think of: good ones, and good ones with something broken in them. Every
//! answer is held against the schema of its version, by [`Agent::send`] and by what is here.
//!
//! `PROPTEST_CASES` says how many sequences of requests are tried in each version.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use super::agent::{Agent, Answer, Ask, SESSIONS};
use super::reading::total;
use super::version::Version;
use super::wishes::{Choice, EBOOK, HONEY, Payment, SOLD_OUT, TEE, Wish, ada, customer};
use super::world::World;

/// A shop with something of everything.
const SHOP: &str = r#"
[checkout]
unreleased = true

[shop]
review_above = 50000

[[shop.promotion]]
id = "welcome"
name = "Ten percent for new friends"
code = "WELCOME10"
percent_off = "0.10"
applies_to = "goods"
spread = "each"
redemptions_max = 7

[[shop.promotion]]
id = "five"
name = "Five dollars off"
code = "FIVEOFF"
amount_off = 500
currency = "USD"
applies_to = "order"

[[shop.promotion]]
id = "delivery"
name = "Delivery on us from 20 dollars"
percent_off = "1"
applies_to = "delivery"
min_goods = 2000
currency = "USD"

[[shop.exchange]]
from = "USD"
to = "EUR"
rate = "0.92"

[[shop.consent]]
channel = "email"
text = "News from the harbour, once a month."
privacy_policy_url = "https://shop.example/privacy"

[[shop.account]]
customer_id = "acme"
approval_above = 3000
"#;

/// Sequences in each version, where nothing else is asked for.
const CASES: u32 = 48;

/// Makes keys for requests that are sent twice.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// What is done with a body before it is sent.
#[derive(Clone, Debug)]
enum Harm {
    /// Nothing.
    None,
    /// The value at a place becomes another one.
    Replaced(usize, Value),
    /// The member or element at a place goes.
    Removed(usize),
    /// The object at a place gets another member.
    Widened(usize, String, Value),
    /// The list at a place is itself many times over.
    Repeated(usize, usize),
    /// The text ends too early.
    Cut(usize),
}

/// One request of a sequence.
#[derive(Clone, Debug)]
enum Step {
    Open(Wish),
    Change(Wish),
    Pay(Payment),
    Promise(String),
    Cancel(Option<String>),
    Read,
}

/// One of the values somebody might write anywhere.
fn oddity() -> impl Strategy<Value = Value> {
    let plain = select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("👩‍👩‍👧‍👦\u{202e}"),
        json!("2026-02-30T25:61:00Z"),
        json!("usd"),
        json!("KWD"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"type": 7, "id": {"id": null}}),
        json!("x".repeat(5_000)),
    ]);
    prop_oneof![3 => plain, 1 => "\\PC{0,40}".prop_map(Value::from)]
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = 0..200_usize;
    prop_oneof![
        10 => Just(Harm::None),
        4 => (place.clone(), oddity()).prop_map(|(place, odd)| Harm::Replaced(place, odd)),
        2 => place.clone().prop_map(Harm::Removed),
        1 => (place.clone(), "[a-z_]{1,12}", oddity())
            .prop_map(|(place, name, odd)| Harm::Widened(place, name, odd)),
        1 => (place.clone(), 2..300_usize).prop_map(|(place, times)| Harm::Repeated(place, times)),
        1 => place.prop_map(Harm::Cut),
    ]
}

fn items() -> impl Strategy<Value = Vec<(String, u32)>> {
    let item = prop_oneof![
        20 => select(vec![HONEY, TEE, EBOOK, "lemon-single"]),
        2 => Just(SOLD_OUT),
        1 => Just("no-such-thing"),
    ];
    let count = prop_oneof![20 => 1..5_u32, 1 => select(vec![0, 99, 10_000, u32::MAX])];
    let some = prop::collection::vec((item.prop_map(str::to_owned), count), 1..5);
    prop_oneof![20 => some, 1 => Just(Vec::new())]
}

fn more() -> impl Strategy<Value = Map<String, Value>> {
    let said = select(vec![
        ("discounts", json!({"codes": ["WELCOME10"]})),
        ("discounts", json!({"codes": ["FIVEOFF", "welcome10", "NOPE"]})),
        ("discounts", json!({"codes": []})),
        ("locale", json!("de-AT")),
        ("timezone", json!("Europe/Berlin")),
        ("metadata", json!({"client_reference_id": "r-1"})),
        ("order_notes", json!("Ring twice.")),
        (
            "fulfillment_groups",
            json!([{"id": "g", "item_ids": [HONEY], "destination_type": "pickup"}]),
        ),
        ("affiliate_attribution", json!({"provider": "links.example", "token": "t"})),
    ]);
    prop::collection::vec(said, 0..3)
        .prop_map(|said| said.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn wish() -> impl Strategy<Value = Wish> {
    let buyer = prop::option::of(select(vec![ada(), customer("acme"), json!({"email": "a@b.c"})]));
    let way = prop_oneof![
        8 => select(vec![
            ("shipping", "standard"),
            ("shipping", "express"),
            ("digital", "digital"),
            ("pickup", "pickup"),
            ("local_delivery", "local_delivery"),
        ]),
        1 => select(vec![("shipping", "nothing"), ("digital", "standard")]),
    ];
    let choice = (way, select(vec![HONEY, TEE, EBOOK]));
    let choices = prop::option::weighted(0.3, prop::collection::vec(choice, 0..3));
    let currency = prop_oneof![8 => Just("usd"), 2 => Just("eur"), 1 => select(vec!["JPY", "xxx"])];
    let currency = prop::option::of(currency);
    let items = prop::option::weighted(0.8, items());
    (items, buyer, prop::bool::ANY, choices, currency, more()).prop_map(
        |(items, buyer, has_details, choices, currency, more)| {
            let basket = Wish::basket();
            Wish {
                items,
                buyer,
                details: basket.details.filter(|_| has_details),
                choices: choices.map(|choices| {
                    let one = |((kind, option), item): ((&str, &str), &str)| {
                        Choice::of(kind, option, &[item])
                    };
                    choices.into_iter().map(one).collect()
                }),
                currency: currency.map(str::to_owned),
                more,
                ..Wish::default()
            }
        },
    )
}

fn payment() -> impl Strategy<Value = Payment> {
    let token = prop_oneof![
        8 => Just("tok_visa"),
        2 => Just("tok_requires_3ds"),
        2 => select(vec!["tok_declined", "tok_made_up"]),
    ];
    let outcome = select(vec!["authenticated", "authenticated", "denied", "informational", "odd"]);
    let outcome = prop::option::weighted(0.2, outcome);
    let buyer = prop::option::weighted(0.3, select(vec![ada(), customer("acme")]));
    (token, outcome, buyer).prop_map(|(token, outcome, buyer)| {
        let payment = Payment::with(token);
        let payment = match outcome {
            Some(outcome) => payment.authenticated_as(outcome),
            None => payment,
        };
        match buyer {
            Some(buyer) => payment.and("buyer", buyer),
            None => payment,
        }
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => wish().prop_map(Step::Open),
        4 => wish().prop_map(Step::Change),
        1 => Just(Step::Change(Wish::basket().by_standard_shipping())),
        7 => payment().prop_map(Step::Pay),
        1 => "[A-Z0-9-]{0,9}".prop_map(Step::Promise),
        1 => prop::option::of(select(vec!["shipping_cost", "other", "made_up"]))
            .prop_map(|reason| Step::Cancel(reason.map(str::to_owned))),
        1 => Just(Step::Read),
    ]
}

/// Every place in a body, in the order they are written.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let below = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| places(member, &below(name), found));
        }
        Value::Array(elements) => {
            let numbered = elements.iter().enumerate();
            numbered
                .for_each(|(place, element)| places(element, &below(&place.to_string()), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn removed(body: &mut Value, place: &str) {
    let Some((parent, name)) = place.rsplit_once('/') else { return };
    match body.pointer_mut(parent) {
        Some(Value::Object(members)) => drop(members.remove(name)),
        Some(Value::Array(elements)) => drop(elements.remove(name.parse().unwrap())),
        _ => {}
    }
}

/// The text that is sent, and whether it is what it was.
fn harmed(mut body: Value, harm: &Harm) -> (String, bool) {
    let mut found = Vec::new();
    places(&body, "", &mut found);
    let at = |place: &usize| found[place % found.len()].as_str();
    match harm {
        Harm::None => return (body.to_string(), true),
        Harm::Replaced(place, odd) => *body.pointer_mut(at(place)).unwrap() = odd.clone(),
        Harm::Removed(place) => removed(&mut body, at(place)),
        Harm::Widened(place, name, odd) => {
            if let Some(Value::Object(members)) = body.pointer_mut(at(place)) {
                members.insert(name.clone(), odd.clone());
            }
        }
        Harm::Repeated(place, times) => {
            if let Some(Value::Array(elements)) = body.pointer_mut(at(place)) {
                let many = elements.len() * times;
                *elements = elements.iter().cycle().take(many).cloned().collect();
            }
        }
        Harm::Cut(place) => {
            let text = body.to_string();
            return (text.chars().take(*place).collect(), false);
        }
    }
    (body.to_string(), false)
}

/// What holds of every answer, whatever was asked.
fn holds(answer: &Answer) {
    assert!(answer.status < 500, "{answer}");
    if !answer.is_session() {
        return;
    }
    let sum = |kind| total(&answer.body["totals"], kind);
    let due = sum("subtotal") - sum("discount") + sum("fulfillment") + sum("tax") + sum("fee");
    assert_eq!(sum("total"), due, "the totals add up: {answer}");
    let rows = answer.body["totals"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["amount"].as_i64().is_some_and(|it| it >= 0)), "{answer}");
    assert_eq!(
        sum("subtotal"),
        sum("items_base_amount") - sum("items_discount"),
        "so do those of the goods: {answer}"
    );
    let is_completed = answer.body["status"] == "completed";
    assert_eq!(answer.body.get("order").is_some(), is_completed, "{answer}");
}

/// The part of a session that a refusal leaves alone.
fn gist(session: &Answer) -> [Value; 4] {
    ["status", "line_items", "totals", "order"].map(|member| session.body[member].clone())
}

/// What came of the requests: without some of each, they have shown nothing.
#[derive(Debug, Default)]
struct Reached {
    sessions: u32,
    refusals: u32,
    orders: u32,
}

impl Reached {
    fn count(&mut self, answer: &Answer) {
        *(if answer.is_session() { &mut self.sessions } else { &mut self.refusals }) += 1;
        self.orders += u32::from(answer.body.get("order").is_some());
    }
}

async fn take(
    agent: &mut Agent,
    id: &mut Option<String>,
    (step, harm): &(Step, Harm),
    reached: &mut Reached,
) {
    let version = agent.version;
    if id.is_none() {
        *id = Some(agent.opened(&Wish::basket()).await.id().to_owned());
    }
    let known = id.clone().unwrap();
    let below = |tail: &str| format!("{SESSIONS}/{known}{tail}");
    let (path, body) = match step {
        Step::Open(wish) => (SESSIONS.to_owned(), wish.create_body(version)),
        Step::Change(wish) => (below(""), wish.update_body(version)),
        Step::Pay(payment) => (below("/complete"), payment.body(version)),
        Step::Promise(number) => {
            (below("/complete"), json!({"payment_data": {"purchase_order_number": number}}))
        }
        Step::Cancel(Some(reason)) => {
            (below("/cancel"), json!({"intent_trace": {"reason_code": reason}}))
        }
        Step::Cancel(None) => (below("/cancel"), json!({})),
        Step::Read => return holds(&agent.send(Ask::get(&below(""))).await),
    };
    let before = agent.read(&known).await;
    let (text, is_whole) = harmed(body, harm);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    let ask = Ask::text(&path, &text).key(&format!("fuzz-{number}"));
    let answer = agent.send(ask.clone()).await;
    holds(&answer);
    let is_misread = ["invalid_json", "invalid_type"].contains(&answer.code());
    assert!(!(is_whole && is_misread), "{answer}");
    let again = agent.send(ask).await;
    let both = (answer.status, &answer.raw);
    assert_eq!((again.status, &again.raw), both, "the same twice is answered alike: {again}");
    reached.count(&answer);
    if answer.is_session() {
        *id = Some(answer.id().to_owned());
    } else if answer.code() != "fulfillment_changed" {
        let after = agent.read(&known).await;
        assert_eq!(gist(&after), gist(&before), "{answer} leaves it alone");
    }
    if ["session_terminal", "not_cancelable"].contains(&answer.code()) {
        // Nothing more will come of this one.
        *id = None;
    }
}

fn try_in(version: Version) {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = cases.unwrap_or(CASES);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = World::with(SHOP);
    // Half of them begin where only the payment is left to do, the others with a basket.
    let sequences = (any::<bool>(), prop::collection::vec((step(), harm()), 1..14));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let reached = std::cell::RefCell::new(Reached::default());
    let outcome = TestRunner::new(config).run(&sequences, |(is_ready, sequence)| {
        runtime.block_on(async {
            let mut agent = world.agent(version).await;
            let mut id = None;
            if is_ready {
                // Nothing of which there is only so much.
                let ready = agent.opened(&Wish::items(&[(EBOOK, 1)]).buyer(ada())).await;
                ready.stands("ready_for_payment");
                id = Some(ready.id().to_owned());
            }
            let mut now = reached.take();
            for step in &sequence {
                take(&mut agent, &mut id, step, &mut now).await;
            }
            reached.replace(now);
        });
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{version}: {failure}"));
    let reached = reached.into_inner();
    let Reached { sessions, refusals, orders } = reached;
    assert!(sessions > cases / 2 && refusals > cases && orders > 0, "{version}: {reached:?}");
    runtime.block_on(still_sells(&world, version));
}

/// After all of it the shop is what it was.
async fn still_sells(world: &World, version: Version) {
    let mut agent = world.agent(version).await;
    let opened = agent.opened(&Wish::items(&[(EBOOK, 1)]).buyer(ada())).await;
    let paid = agent.complete(opened.id(), &Payment::with("tok_visa")).await;
    paid.stands("completed");
    assert_eq!(world.order_events(opened.id()), ["placed", "payment_captured"], "{paid}");
}

#[test]
fn no_request_breaks_2025_09_29() {
    try_in(Version::V2025_09_29);
}

#[test]
fn no_request_breaks_2025_12_12() {
    try_in(Version::V2025_12_12);
}

#[test]
fn no_request_breaks_2026_01_16() {
    try_in(Version::V2026_01_16);
}

#[test]
fn no_request_breaks_2026_01_30() {
    try_in(Version::V2026_01_30);
}

#[test]
fn no_request_breaks_2026_04_17() {
    try_in(Version::V2026_04_17);
}

#[test]
fn no_request_breaks_the_unreleased_version() {
    try_in(Version::Unreleased);
}
