//! What the gateway promises where the protocol has no row for it.

use serde_json::{Value, json};

use super::agent::{Ask, SESSIONS};
use super::reading::address;
use super::version::Version;
use super::wishes::{EBOOK, Payment, Wish, ada, in_san_francisco};
use super::world::World;

/// A completion in the version to come, which may say where the goods go.
fn redirected(token: &str, details: Value) -> Value {
    Payment::with(token).and("fulfillment_details", details).body(Version::Unreleased)
}

#[tokio::test]
async fn a_delivery_that_changes_the_price_is_not_paid_for_unseen() {
    let world = World::with("[checkout]\nunreleased = true\n");
    let mut agent = world.agent(Version::Unreleased).await;
    let ready = agent.ready_with(&Wish::taxed()).await;
    let path = format!("{SESSIONS}/{}/complete", ready.id());
    let mut far = in_san_francisco();
    far["address"] = json!({
        "name": "Ada Byron", "line_one": "1 Main Street", "city": "Austin", "state": "TX",
        "country": "US", "postal_code": "78701",
    });
    let ask = Ask::post(&path, &redirected("tok_visa", far)).key("far");
    let refused = agent.send(ask.clone()).await;
    refused.is_refusal(409, "fulfillment_changed");
    let changed = agent.read(ready.id()).await;
    assert_eq!(address(&changed)["state"], "TX", "the new delivery is kept: {changed}");
    assert_ne!(changed.total("tax"), ready.total("tax"), "{changed}");
    let again = agent.send(ask).await;
    assert_eq!((again.status, &again.raw), (409, &refused.raw), "and still not paid for: {again}");
    assert_eq!(agent.read(ready.id()).await.body.get("order"), None);
}

#[tokio::test]
async fn a_new_name_at_the_door_keeps_the_address() {
    let world = World::with("[checkout]\nunreleased = true\n");
    let mut agent = world.agent(Version::Unreleased).await;
    let ready = agent.ready().await;
    let path = format!("{SESSIONS}/{}/complete", ready.id());
    let body = redirected("tok_visa", json!({"name": "Charles Babbage"}));
    let paid = agent.send(Ask::post(&path, &body)).await;
    paid.stands("completed");
    assert_eq!(paid.body["fulfillment_details"]["name"], "Charles Babbage", "{paid}");
    assert_eq!(address(&paid), address(&ready));
}

#[tokio::test]
async fn another_delivery_is_no_way_around_an_authentication() {
    let world = World::with("[checkout]\nunreleased = true\n");
    let mut agent = world.agent(Version::Unreleased).await;
    let ready = agent.ready().await;
    agent.complete(ready.id(), &Payment::with("tok_requires_3ds")).await.is(200);
    let path = format!("{SESSIONS}/{}/complete", ready.id());
    let body = redirected("tok_visa", json!({"email": "other@example.com"}));
    let refused = agent.send(Ask::post(&path, &body)).await;
    refused.is_refusal(400, "requires_3ds");
    agent.read(ready.id()).await.stands("authentication_required");
}

#[tokio::test]
async fn a_code_that_takes_nothing_off_is_not_spent() {
    let world = World::with(
        r#"
[[shop.promotion]]
id = "delivery"
name = "Delivery on us, once"
code = "FREESHIP"
percent_off = "1"
applies_to = "delivery"
redemptions_max = 1
"#,
    );
    let mut agent = world.agent(Version::NEWEST).await;
    let codes = json!({"codes": ["FREESHIP"]});
    for _ in 0..2 {
        let wish = Wish::items(&[(EBOOK, 1)]).buyer(ada()).and("discounts", codes.clone());
        let opened = agent.opened(&wish).await;
        agent.complete(opened.id(), &Payment::with("tok_visa")).await.stands("completed");
    }
    let ready = agent.ready_with(&Wish::basket().and("discounts", codes.clone())).await;
    assert_eq!(ready.total("discount"), ready.total("fulfillment"), "{ready}");
    agent.complete(ready.id(), &Payment::with("tok_visa")).await.stands("completed");
    let late = agent.ready_with(&Wish::basket().and("discounts", codes)).await;
    assert_eq!(late.total("discount"), 0, "it was good for one delivery: {late}");
}
