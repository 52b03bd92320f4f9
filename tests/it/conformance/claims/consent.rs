use serde_json::{Value, json};

use crate::conformance::agent::Answer;
use crate::conformance::reading::objects_with;
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish, ada, in_san_francisco};
use crate::conformance::world::World;

/// Since when there is consent.
const FIRST: Version = Version::V2026_04_17;

/// A shop that would like to write, in two ways.
const ASKING: &str = r#"
[[shop.consent]]
channel = "email"
text = "News from the harbour, once a month."
privacy_policy_url = "https://shop.example/privacy"

[[shop.consent]]
channel = "sms"
text = "A message when something is new."
privacy_policy_url = "https://shop.example/privacy"
"#;

fn said(consents: &[(&str, bool)]) -> Payment {
    let one =
        |(channel, opted_in): &(&str, bool)| json!({"channel": channel, "opted_in": opted_in});
    let consents: Vec<_> = consents.iter().map(one).collect();
    Payment::with("tok_visa").and("marketing_consents", json!(consents))
}

/// Buys what the wish says, and says what is said.
async fn bought(world: &World, version: Version, wish: &Wish, payment: &Payment) -> Answer {
    let mut agent = world.agent(version).await;
    let ready = agent.ready_with(wish).await;
    let paid = agent.complete(ready.id(), payment).await;
    paid.is(200);
    paid.stands("completed");
    paid
}

/// The consents that were written down for a session: channel and answer.
fn kept(world: &World, session: &str) -> Vec<(String, bool)> {
    let one = |record: &Value| {
        (record["channel"].as_str().unwrap().to_owned(), record["opted_in"].as_bool().unwrap())
    };
    let mut kept: Vec<_> =
        objects_with(&world.inspect(session), "opted_in").iter().map(one).collect();
    kept.sort();
    kept.dedup();
    kept
}

pub(super) async fn silence_says_nothing() {
    let world = World::with(ASKING);
    for version in FIRST.since() {
        for silent in [Payment::with("tok_visa"), said(&[])] {
            let paid = bought(&world, version, &Wish::basket(), &silent).await;
            assert_eq!(kept(&world, paid.id()), [], "{paid}");
        }
        let one = bought(&world, version, &Wish::basket(), &said(&[("email", true)])).await;
        assert_eq!(kept(&world, one.id()), [("email".to_owned(), true)], "{one}");
        let later = bought(&world, version, &Wish::basket(), &said(&[("sms", true)])).await;
        assert_eq!(kept(&world, later.id()), [("sms".to_owned(), true)], "{later}");
    }
}

pub(super) async fn a_yes_is_a_yes_and_a_no_is_a_no() {
    let world = World::with(ASKING);
    for version in FIRST.since() {
        for (email, sms) in [(true, false), (false, true)] {
            let payment = said(&[("email", email), ("sms", sms)]);
            let paid = bought(&world, version, &Wish::basket(), &payment).await;
            let kept = kept(&world, paid.id());
            assert_eq!(kept, [("email".to_owned(), email), ("sms".to_owned(), sms)], "{paid}");
        }
    }
}

pub(super) async fn a_channel_that_was_not_offered_is_passed_over() {
    let world = World::with(ASKING);
    for version in FIRST.since() {
        let payment = said(&[("push", true), ("email", true), ("carrier_pigeon", false)]);
        let paid = bought(&world, version, &Wish::basket(), &payment).await;
        assert_eq!(kept(&world, paid.id()), [("email".to_owned(), true)], "{paid}");
    }
}

/// Ada, who can be reached by mail alone.
fn without_phones() -> Wish {
    let (mut buyer, mut details) = (ada(), in_san_francisco());
    buyer.as_object_mut().unwrap().remove("phone_number");
    details.as_object_mut().unwrap().remove("phone_number");
    Wish::basket().buyer(buyer).details(details)
}

pub(super) async fn without_an_address_there_is_no_consent() {
    let world = World::with(ASKING);
    for version in FIRST.since() {
        let payment = said(&[("sms", true), ("email", true)]);
        let paid = bought(&world, version, &without_phones(), &payment).await;
        assert_eq!(kept(&world, paid.id()), [("email".to_owned(), true)], "{paid}");
    }
}

/// The address a consent was written down for.
fn address(world: &World, session: &str) -> String {
    let records = objects_with(&world.inspect(session), "opted_in");
    let Some(record) = records.first() else { panic!("nothing is kept of {session}") };
    let mut texts = record.as_object().unwrap().values().filter_map(Value::as_str);
    let address = texts.find(|text| text.contains('@') || text.starts_with('1'));
    address.unwrap_or_else(|| panic!("{record:#}")).to_owned()
}

pub(super) async fn the_buyer_comes_before_the_recipient() {
    let world = World::with(ASKING);
    for version in FIRST.since() {
        let mut details = in_san_francisco();
        details["email"] = json!("recipient@example.com");
        details["phone_number"] = json!("19995550100");
        let wish = Wish::basket().details(details);
        let paid = bought(&world, version, &wish, &said(&[("email", true)])).await;
        assert_eq!(address(&world, paid.id()), "ada@example.com", "{paid}");
        let paid = bought(&world, version, &wish, &said(&[("sms", true)])).await;
        assert_eq!(address(&world, paid.id()), "14155550100", "{paid}");
        let mut buyer = ada();
        buyer.as_object_mut().unwrap().remove("phone_number");
        let paid = bought(&world, version, &wish.buyer(buyer), &said(&[("sms", true)])).await;
        assert_eq!(address(&world, paid.id()), "19995550100", "{paid}");
    }
}

pub(super) async fn only_what_the_shop_asks_for_is_offered() {
    let world = World::with(ASKING);
    for version in Version::tried() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        if version < FIRST {
            assert_eq!(opened.body.get("marketing_consent_options"), None, "{opened}");
            continue;
        }
        let options = opened.body["marketing_consent_options"].as_array().unwrap();
        let channels: Vec<_> = options.iter().map(|option| option["channel"].clone()).collect();
        assert_eq!(channels, ["email", "sms"], "{opened}");
        let text = "News from the harbour, once a month.";
        assert_eq!(options[0]["display_text"], text, "{opened}");
        assert_eq!(options[0]["privacy_policy_url"], "https://shop.example/privacy", "{opened}");
    }
    drop(world);
    let world = World::open();
    for version in FIRST.since() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        assert_eq!(opened.body.get("marketing_consent_options"), None, "{opened}");
    }
}
