//! The auditor notices everything it is there to notice: whatever is changed in books that
//! balance, it says so, and by the right name.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use super::auditor::{Evidence, Line, audit};
use super::evidence::{close, collect};
use super::receipts::{Call, Receipts};
use super::shop::{HONEY, Shop};
use super::shopper::{Shopper, payment, ready};
use crate::support::Running;

type Tampering = fn(&mut Evidence, &str);

/// What is changed, as seen from a session that was paid for, and the promise it breaks.
const TAMPERINGS: [(&str, &str, Tampering); 23] = [
    ("I1", "more was captured than authorized", |it, id| last(it, id).amount += 1),
    ("I1", "more was given back than taken", |it, id| {
        let amount = last(it, id).amount;
        last(it, id).refunded = amount + 1;
    }),
    ("I1", "what was taken was canceled", |it, id| append(it, id, "canceled")),
    ("I1", "an order that was never paid for", |it, id| {
        it.lines.retain(|line| line.session != id || line.state != "captured");
    }),
    ("I2", "a second hold", |it, id| second(it, id, &["authorized"])),
    ("I9", "a second capture", |it, id| second(it, id, &["authorized", "captured"])),
    ("I3", "a unit is gone", |it, _| *it.counted.get_mut(HONEY).unwrap() += 1),
    ("I3", "more is gone than is in doubt", |it, _| {
        it.in_doubt.insert(HONEY.to_owned(), 1);
        *it.counted.get_mut(HONEY).unwrap() += 2;
    }),
    ("I3", "a unit was sold twice", |it, _| stock(it, "sold", &json!(0))),
    ("I4", "a promise is left", |it, _| {
        stock(it, "reservations", &json!({"r": {"held": {"units": 1, "until": "later"}}}));
    }),
    ("I5", "an order is gone", |it, id| it.sessions.get_mut(id).unwrap()["order"] = json!(null)),
    ("I5", "a session forgot its order", |it, id| {
        it.sessions.get_mut(id).unwrap()["session"]["stage"] = json!({"canceled": {}});
    }),
    ("I5", "another order was acknowledged", |it, id| {
        it.acknowledged.insert(id.to_owned(), "ord_other".to_owned());
    }),
    ("I6", "an event is not told", |it, id| drop(list(it, id, "outbox").pop())),
    ("I6", "events are told out of order", |it, id| list(it, id, "outbox").reverse()),
    ("I6", "two events have one id", |it, id| {
        let outbox = list(it, id, "outbox");
        outbox[1]["entry"]["event_id"] = outbox[0]["entry"]["event_id"].clone();
    }),
    ("I8", "a change is gone", |it, id| {
        let history = it.sessions.get_mut(id).unwrap()["history"].as_array_mut().unwrap();
        history.remove(1);
    }),
    ("I8", "a completion nobody counted", |it, id| {
        it.sessions.get_mut(id).unwrap()["session"]["attempts"] = json!(7);
    }),
    ("I9", "an order says less than was taken", |it, id| {
        list(it, id, "events")[1]["entry"]["event"]["payment_captured"]["amount"] =
            json!("0.01 USD");
    }),
    ("I9", "somebody paid whom nobody knows", |it, id| {
        drop(it.sessions.remove(id));
    }),
    ("I10", "a run never ends", |it, _| it.unfinished = 1),
    ("I12", "money went back that nobody promised", |it, id| last(it, id).refunded += 100),
    ("I12", "money went back that never did", |it, id| {
        let events = list(it, id, "events");
        for event in [
            json!({"adjusted": {"number": 1, "kind": "refund", "amount": "1.00 USD"}}),
            json!({"adjustment_settled": {"number": 1, "status": "completed"}}),
        ] {
            let number = events.len() + 1;
            events.push(json!({"number": number, "entry": {"event": event}}));
        }
    }),
];

/// The last line about a session.
fn last<'a>(evidence: &'a mut Evidence, id: &str) -> &'a mut Line {
    evidence.lines.iter_mut().rfind(|line| line.session == id).unwrap()
}

fn append(evidence: &mut Evidence, id: &str, state: &str) {
    let line = Line { state: state.to_owned(), ..last(evidence, id).clone() };
    evidence.lines.push(line);
}

fn second(evidence: &mut Evidence, id: &str, states: &[&str]) {
    for state in states {
        let known = last(evidence, id).clone();
        let line = Line { payment: "pay_2".to_owned(), state: (*state).to_owned(), ..known };
        evidence.lines.push(line);
    }
}

fn stock(evidence: &mut Evidence, field: &str, value: &Value) {
    for session in evidence.sessions.values_mut() {
        session["stock"][HONEY][field] = value.clone();
    }
}

fn list<'a>(evidence: &'a mut Evidence, id: &str, log: &str) -> &'a mut Vec<Value> {
    evidence.sessions.get_mut(id).unwrap()["order"][log].as_array_mut().unwrap()
}

/// A shop where everything went well; gives a session that was paid for.
async fn honest() -> (Shop, Receipts, Running, String) {
    let (mut shop, receipts) = (Shop::embedded(), Receipts::default());
    let gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let mut client = gateway.client().await;
    for name in ["a", "b"] {
        let path = ready(&mut client, &receipts, name, &[(HONEY, 1)]).await.unwrap();
        for token in ["tok_declined", "tok_visa"] {
            let pay = Call::new(&format!("{path}/complete"), name, token, payment(token));
            receipts.call(&mut client, pay).await.unwrap();
        }
    }
    let id = receipts.sessions().keys().next().unwrap().clone();
    (shop, receipts, gateway, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_auditor_notices_whatever_is_tampered_with() {
    let (shop, receipts, gateway, id) = honest().await;
    let evidence = collect(&shop, &receipts, gateway).await;
    let report = audit(&evidence);
    assert_eq!(report.violations, Vec::<String>::new());
    assert_eq!((report.orders, report.captures, report.holds_left), (2, 2, 0));
    let mut doubted = evidence.clone();
    doubted.in_doubt.insert(HONEY.to_owned(), 1);
    *doubted.counted.get_mut(HONEY).unwrap() += 1;
    assert_eq!(audit(&doubted).violations, Vec::<String>::new(), "what is in doubt may be gone");
    for (promise, what, tamper) in TAMPERINGS {
        let mut tampered = evidence.clone();
        tamper(&mut tampered, &id);
        let found = audit(&tampered).violations;
        let is_named = found.iter().any(|it| it.starts_with(&format!("{promise}:")));
        assert!(is_named, "{what}: {promise} is not among {found:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_auditor_has_nothing_to_say_about_a_day_without_faults() {
    let mut shop = Shop::embedded();
    let receipts = Arc::<Receipts>::default();
    let gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let closing = Arc::<AtomicBool>::default();
    let shopper = Shopper {
        address: gateway.address(),
        number: 0,
        receipts: receipts.clone(),
        closing: closing.clone(),
        tokens: |token| token,
        insists: 0,
    };
    let shopping = tokio::spawn(shopper.shop());
    while receipts.tally().acknowledged < 40 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    closing.store(true, std::sync::atomic::Ordering::SeqCst);
    shopping.await.unwrap();
    let report = close(&shop, &receipts, gateway).await;
    assert_eq!(report.violations, Vec::<String>::new(), "{report}");
}
