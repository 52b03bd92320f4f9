use std::time::Duration;

use serde_json::{Value, json};

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::reading::{lines, offers};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Payment, SOLD_OUT, TEE, Wish, customer};
use crate::conformance::world::World;

/// A shop in which large baskets are looked at by people, and some orders have to be approved.
const CAREFUL: &str = r#"
[shop]
continue_url = "https://shop.example/checkout/{id}"
review_above = 50000

[[shop.account]]
customer_id = "acme"
approval_above = 100
"#;

pub(super) async fn opening_tells_the_whole_session() {
    let world = World::open();
    for version in Version::tried() {
        let opened = world.agent(version).await.opened(&Wish::taxed()).await;
        let path = format!("{SESSIONS}/{}", opened.id());
        assert_eq!(opened.header("location"), Some(path.as_str()), "{opened}");
        opened.stands(version.unchosen());
        assert_eq!(opened.body["currency"], "usd", "{opened}");
        let told: Vec<_> =
            lines(&opened).into_iter().map(|line| (line.item, line.quantity, line.base)).collect();
        let expected = [(HONEY.to_owned(), 2, 1_598), (TEE.to_owned(), 3, 7_200)];
        assert_eq!(told, expected, "{opened}");
        assert!(!offers(&opened).is_empty(), "{opened}");
        assert!(!opened.body["links"].as_array().unwrap().is_empty(), "{opened}");
    }
}

pub(super) async fn changing_tells_the_session_with_new_totals() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&Wish::basket()).await;
        for (option, price) in [("standard", 599), ("express", 1_499)] {
            let changed = agent.changed(opened.id(), &Wish::basket().by(option)).await;
            changed.stands("ready_for_payment");
            assert_eq!(changed.total("fulfillment"), price, "{changed}");
            assert_eq!(changed.total("total"), 1_598 + price, "{changed}");
        }
        let more = agent.changed(opened.id(), &Wish::items(&[(HONEY, 1)])).await;
        assert_eq!(more.total("items_base_amount"), 799, "the list is replaced: {more}");
        let same = agent.changed(opened.id(), &Wish::default()).await;
        assert_eq!(same.total("total"), more.total("total"), "what is not said stays: {same}");
        assert_eq!(same.body["buyer"]["email"], "ada@example.com", "{same}");
    }
}

pub(super) async fn a_session_is_read_or_not_found() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&Wish::basket()).await;
        agent.read(opened.id()).await.is(200);
        agent.read("cs_nobody_opened_this").await.is_refusal(404, "session_not_found");
        for ask in [
            Ask::post(&format!("{SESSIONS}/cs_no"), &json!({})),
            Ask::post(
                &format!("{SESSIONS}/cs_no/complete"),
                &Payment::with("tok_visa").body(version),
            ),
            Ask::bare(&format!("{SESSIONS}/cs_no/cancel")),
        ] {
            agent.send(ask).await.is_refusal(404, "session_not_found");
        }
    }
}

pub(super) async fn paying_makes_an_order() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let paid = agent.bought().await;
        let order = &paid.body["order"];
        assert!(order["id"].as_str().is_some_and(|id| !id.is_empty()), "{paid}");
        assert_eq!(order["checkout_session_id"], paid.id(), "{paid}");
        let link = order["permalink_url"].as_str().unwrap_or_default();
        assert!(link.starts_with("https://"), "{paid}");
        assert_eq!(agent.read(paid.id()).await.body["order"], *order, "{paid}");
    }
}

pub(super) async fn a_session_makes_one_order_at_most() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{SESSIONS}/{}/complete", ready.id());
        let ask = Ask::post(&path, &Payment::with("tok_visa").body(version));
        let mut calls = Vec::new();
        for number in 0..8 {
            // Every second one is the same call again.
            let key = format!("{version} {}", number / 2);
            let (mut agent, ask) = (world.agent(version).await, ask.clone().key(&key));
            calls.push(tokio::spawn(async move { agent.send(ask).await }));
        }
        let mut orders = Vec::new();
        for call in calls {
            let answer = call.await.unwrap();
            match answer.status {
                200 => orders.push(answer.body["order"]["id"].clone()),
                409 => {}
                _ => panic!("{answer}"),
            }
        }
        orders.dedup();
        assert_eq!(orders.len(), 1, "{version}: {orders:?}");
        let late = agent.complete(ready.id(), &Payment::with("tok_visa")).await;
        late.is_refusal(409, "session_terminal");
        assert_eq!(world.order_events(ready.id()), ["placed", "payment_captured"], "{version}");
    }
}

/// A session in each open status a plain shop knows.
async fn open_ones(agent: &mut Agent) -> Vec<(&'static str, Answer)> {
    let sold_out = Wish { items: Wish::items(&[(SOLD_OUT, 1)]).items, ..Wish::basket() };
    let ready = agent.ready().await;
    let challenged = agent.complete(ready.id(), &Payment::with("tok_requires_3ds")).await;
    vec![
        ("incomplete", agent.opened(&Wish::items(&[(HONEY, 1)])).await),
        ("not_ready_for_payment", agent.opened(&sold_out).await),
        ("ready_for_payment", agent.ready().await),
        ("authentication_required", challenged),
    ]
}

/// A session in each open status a careful shop knows besides.
async fn held_ones(agent: &mut Agent) -> Vec<(&'static str, Answer)> {
    let large = Wish { items: Wish::items(&[(TEE, 50)]).items, ..Wish::basket() };
    let escalated = agent.opened(&large).await;
    let escalated = agent.changed(escalated.id(), &large.by_standard_shipping()).await;
    let ready = agent.ready_with(&Wish::basket().buyer(customer("acme"))).await;
    let by_order = json!({"payment_data": {"purchase_order_number": "PO-1"}});
    let path = format!("{SESSIONS}/{}/complete", ready.id());
    let pending = agent.send(Ask::post(&path, &by_order)).await;
    pending.is(200);
    vec![("requires_escalation", escalated), ("pending_approval", pending)]
}

pub(super) async fn every_open_session_can_be_canceled() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (status, open) in open_ones(&mut agent).await {
            open.stands(status);
            is_canceled(&mut agent, &open).await;
        }
    }
    drop(world);
    let world = World::with(CAREFUL);
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        for (status, open) in held_ones(&mut agent).await {
            open.stands(status);
            is_canceled(&mut agent, &open).await;
        }
    }
}

async fn is_canceled(agent: &mut Agent, open: &Answer) {
    let canceled = agent.cancel(open.id()).await;
    canceled.is(200);
    canceled.stands("canceled");
    agent.read(open.id()).await.stands("canceled");
}

pub(super) async fn a_closed_session_cannot_be_canceled() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let completed = agent.bought().await;
        let canceled = agent.opened(&Wish::basket()).await;
        agent.cancel(canceled.id()).await.is(200);
        for closed in [completed, canceled] {
            let refused = agent.cancel(closed.id()).await;
            refused.is_refusal(405, "not_cancelable");
            assert_eq!(refused.header("allow"), Some("GET"), "{refused}");
        }
    }
}

pub(super) async fn every_status_is_one_the_version_knows() {
    let world = World::open();
    let mut newest = world.agent(Version::NEWEST).await;
    let mut sessions = open_ones(&mut newest).await;
    sessions.push(("completed", newest.bought().await));
    let canceled = newest.opened(&Wish::basket()).await;
    sessions.push(("canceled", newest.cancel(canceled.id()).await));
    are_told_in_every_version(&world, &sessions).await;
    world.set_clock_ahead(Duration::from_hours(25)).await;
    let expired = [("expired", sessions.swap_remove(0).1)];
    are_told_in_every_version(&world, &expired).await;
    drop(world);

    let world = World::with(CAREFUL);
    let held = held_ones(&mut world.agent(Version::NEWEST).await).await;
    are_told_in_every_version(&world, &held).await;
    for version in Version::V2026_01_30.since() {
        let (_, escalated) = &held[0];
        let told = world.agent(version).await.read(escalated.id()).await;
        let link = format!("https://shop.example/checkout/{}", escalated.id());
        assert_eq!(told.body["continue_url"], link, "whoever must act is told where: {told}");
    }
}

async fn are_told_in_every_version(world: &World, sessions: &[(&str, Answer)]) {
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (status, session) in sessions {
            let told = agent.read(session.id()).await;
            told.stands(status);
            let known = version.statuses();
            assert!(known.iter().any(|known| told.body["status"] == *known), "{told}");
        }
    }
}

pub(super) async fn an_expired_session_cannot_be_paid_for() {
    let world = World::open();
    let mut sessions: Vec<(Version, Value)> = Vec::new();
    for version in Version::tried() {
        let ready = world.agent(version).await.ready().await;
        sessions.push((version, ready.body["id"].clone()));
    }
    world.set_clock_ahead(Duration::from_hours(25)).await;
    for (version, id) in sessions {
        let mut agent = world.agent(version).await;
        let id = id.as_str().unwrap();
        let read = agent.read(id).await;
        read.stands("expired");
        if !version.has_capabilities() {
            let says_so = read.messages().iter().any(|message| message["type"] == "info");
            assert!(says_so, "canceled is not the whole truth: {read}");
        }
        let refused = agent.complete(id, &Payment::with("tok_visa")).await;
        refused.is_refusal(409, "session_terminal");
        agent.update(id, &Wish::items(&[(HONEY, 1)])).await.is_refusal(409, "session_terminal");
        agent.cancel(id).await.is_refusal(405, "not_cancelable");
        assert_eq!(world.inspect(id)["order"], Value::Null, "{version}");
    }
}
