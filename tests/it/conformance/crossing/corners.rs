//! What some versions can say and others cannot.

use serde_json::json;

use super::is_alike_in_every_version;
use crate::conformance::reading::{address, offers};
use crate::conformance::version::Version;
use crate::conformance::wishes::{Choice, EBOOK, HONEY, Payment, Wish, ada, in_san_francisco};
use crate::conformance::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn buyers_are_known_by_the_names_they_have() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        for (buyer, expected) in [
            (json!({"email": "ada@example.com"}), None),
            (json!({"email": "ada@example.com", "full_name": "Ada"}), None),
            (json!({"email": "ada@example.com", "full_name": "Ada King Byron"}), Some("Ada King")),
            (json!({"email": "a@example.com", "first_name": "Ada", "last_name": "B"}), Some("Ada")),
        ] {
            let wish = Wish::basket().buyer(buyer);
            let opened = world.agent(version).await.opened(&wish).await;
            let what = format!("a buyer of {version}");
            is_alike_in_every_version(&world, opened.id(), &what).await;
            for earlier in Version::V2026_01_16.until() {
                let told = world.agent(earlier).await.read(opened.id()).await;
                let name =
                    told.body.get("buyer").map(|buyer| buyer["first_name"].as_str().unwrap());
                assert_eq!(name, expected, "{told}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_go_through_every_version() {
    let world = World::open();
    let mut details = in_san_francisco();
    details["address"]["line_two"] = json!("Flat 2");
    for version in Version::tried() {
        let wish = Wish::basket().details(details.clone());
        let opened = world.agent(version).await.opened(&wish).await;
        assert_eq!(address(&opened), details["address"], "{opened}");
        is_alike_in_every_version(&world, opened.id(), &format!("an address of {version}")).await;
    }
    for version in Version::V2026_04_17.since() {
        details["address"]["company"] = json!("Analytical Engines");
        let wish = Wish::basket().details(details.clone());
        let opened = world.agent(version).await.opened(&wish).await;
        let newest = is_alike_in_every_version(&world, opened.id(), "a company").await;
        assert_eq!(address(&newest)["company"], "Analytical Engines", "{newest}");
    }
    // Who asks in the oldest version can say where the goods go, and takes away nothing else.
    for version in Version::V2025_12_12.since() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        let mut elsewhere = in_san_francisco();
        elsewhere["address"]["line_one"] = json!("5 Pier Road");
        for oldest in Version::V2025_09_29.until() {
            let moved = Wish::default().details(elsewhere.clone());
            world.agent(oldest).await.changed(opened.id(), &moved).await;
            let newest = is_alike_in_every_version(&world, opened.id(), "moved").await;
            assert_eq!(address(&newest)["line_one"], "5 Pier Road", "{newest}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ways_of_delivery_some_versions_do_not_know_are_left_out() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        for kind in ["pickup", "local_delivery"] {
            let mut agent = world.agent(version).await;
            let opened = agent.opened(&Wish::basket()).await;
            let choice = Choice::of(kind, kind, &[HONEY]);
            let chosen = agent.changed(opened.id(), &Wish::choosing(&[choice])).await;
            chosen.stands("ready_for_payment");
            is_alike_in_every_version(&world, opened.id(), kind).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_basket_may_go_two_ways() {
    let world = World::open();
    let both = Wish { items: Wish::items(&[(HONEY, 1), (EBOOK, 1)]).items, ..Wish::basket() };
    for version in Version::V2025_12_12.since() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&both).await;
        let choices = [
            Choice::of("shipping", "standard", &[HONEY]),
            Choice::of("digital", "digital", &[EBOOK]),
        ];
        let chosen = agent.changed(opened.id(), &Wish::choosing(&choices)).await;
        chosen.stands("ready_for_payment");
        let what = format!("two ways, chosen in {version}");
        is_alike_in_every_version(&world, opened.id(), &what).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_courier_is_a_parcel_to_who_knows_no_couriers() {
    let world = World::with(
        r#"
[[shop.fulfillment]]
id = "courier"
type = "local_delivery"
title = "Courier"
description = "Rings twice."
currency = "USD"
price = 899
postal_prefixes = ["941"]
hours_min = 2
hours_max = 4
"#,
    );
    for version in Version::tried() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        let newest = is_alike_in_every_version(&world, opened.id(), "a courier alone").await;
        assert_eq!(offers(&newest).len(), 1, "{newest}");
        let kind = if version.has_capabilities() { "local_delivery" } else { "shipping" };
        let choice = Choice::of(kind, "courier", &[HONEY]);
        let mut agent = world.agent(version).await;
        let chosen = agent.changed(opened.id(), &Wish::choosing(&[choice])).await;
        chosen.stands("ready_for_payment");
        is_alike_in_every_version(&world, opened.id(), "a courier is chosen").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_show_words_and_taxes_in_every_version() {
    let world = World::with(
        r#"
[[shop.tax]]
country = "US"
standard = "0.10"
shipping_taxed = true

[[shop.fulfillment]]
id = "standard"
type = "shipping"
title = "Parcel"
description = "Comes in a box."
currency = "USD"
price = 990
carrier = "Pine Post"
days_min = 1
days_max = 2
"#,
    );
    for version in Version::tried() {
        let ready = world.agent(version).await.ready().await;
        let newest = is_alike_in_every_version(&world, ready.id(), "a taxed parcel").await;
        let [offer] = offers(&newest).try_into().unwrap();
        assert_eq!(newest.total("tax"), 160 + 99, "goods and delivery are taxed: {newest}");
        assert_eq!(newest.total("total"), 1_598 + 990 + 160 + 99, "{newest}");
        if offer.tax > 0 {
            assert_eq!((offer.tax, offer.total), (99, 1_089), "{newest}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_go_where_a_version_knows_them() {
    let world = World::with(
        r#"
[shop]
shipping_policy_url = "https://shop.example/shipping"
contact_url = "https://shop.example/contact"
about_url = "https://shop.example/about"
faq_url = "https://shop.example/faq"
support_url = "https://shop.example/support"
"#,
    );
    let opened = world.agent(Version::NEWEST).await.opened(&Wish::basket()).await;
    let newest = is_alike_in_every_version(&world, opened.id(), "links").await;
    let links = newest.body["links"].as_array().unwrap();
    let mut kinds: Vec<_> = links.iter().map(|link| link["type"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    let all = [
        "about_us",
        "contact_us",
        "faq",
        "privacy_policy",
        "return_policy",
        "shipping_policy",
        "support",
        "terms_of_use",
    ];
    assert_eq!(kinds, all, "{newest}");
}

/// The outcomes of an authentication a version knows.
fn outcomes(version: Version) -> &'static [&'static str] {
    if version == Version::V2026_01_16 {
        return &["authenticated", "attempt", "failed", "unavailable", "rejected"];
    }
    &[
        "authenticated",
        "attempt_acknowledged",
        "informational",
        "abandoned",
        "canceled",
        "denied",
        "internal_error",
        "not_supported",
        "processing_error",
        "rejected",
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_version_has_its_own_words_for_the_outcome_of_an_authentication() {
    let world = World::open();
    for version in Version::V2025_12_12.since() {
        let mut agent = world.agent(version).await;
        let challenged =
            |outcome: &str| Payment::with("tok_requires_3ds").authenticated_as(outcome);
        for outcome in outcomes(version) {
            let ready = agent.ready().await;
            agent.complete(ready.id(), &Payment::with("tok_requires_3ds")).await.is(200);
            let told = agent.complete(ready.id(), &challenged(outcome)).await;
            told.is(200);
            let goes_on = ["authenticated", "attempt_acknowledged", "informational", "attempt"];
            if goes_on.contains(outcome) {
                told.stands("completed");
            } else {
                told.stands("ready_for_payment");
                assert_eq!(told.message("payment_declined")["type"], "error", "{told}");
            }
            is_alike_in_every_version(&world, ready.id(), outcome).await;
        }
        let ready = agent.ready().await;
        agent.complete(ready.id(), &Payment::with("tok_requires_3ds")).await.is(200);
        let refused = agent.complete(ready.id(), &challenged("excellent")).await;
        refused.is(400);
        assert_eq!(refused.param(), "$.authentication_result.outcome", "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_in_another_currency_are_shown_beside_the_shops_own() {
    let world = World::with(
        r#"
[[shop.exchange]]
from = "USD"
to = "EUR"
rate = "0.92"
since = "2026-04-01T00:00:00Z"
"#,
    );
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&Wish::basket().in_currency("eur")).await;
        assert_eq!(ready.body["currency"], "usd", "{ready}");
        assert_eq!(ready.body["presentment_currency"], "eur", "{ready}");
        assert_eq!(ready.body["exchange_rate"].to_string(), "0.92", "{ready}");
        let totals = ready.body["totals"].as_array().unwrap();
        let total = totals.iter().find(|row| row["type"] == "total").unwrap();
        // 21.97 USD are 20.2124 EUR.
        assert_eq!((&total["amount"], &total["presentment_amount"]), (&2197.into(), &2021.into()));
        is_alike_in_every_version(&world, ready.id(), "shown in euros").await;
        let plain = agent.ready().await;
        assert_eq!(plain.body.get("presentment_currency"), None, "{plain}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_follow_the_language_and_amounts_do_not() {
    use crate::conformance::agent::{Ask, SESSIONS};
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let mut texts = Vec::new();
        for language in ["en", "de", "ja"] {
            let body = Wish::items(&[(HONEY, 2)]).buyer(ada()).create_body(version);
            let ask = Ask::post(SESSIONS, &body).header("accept-language", language);
            let opened = agent.send(ask).await;
            opened.is(201);
            texts.push(opened.body["totals"][0]["display_text"].clone());
            assert_eq!(opened.total("total"), 1_598, "{opened}");
            if version.has_capabilities() {
                // What the body says counts more than the header.
                let body = Wish::basket().and("locale", json!(language)).create_body(version);
                let ask = Ask::post(SESSIONS, &body).header("accept-language", "fr, en;q=0.5");
                let opened = agent.send(ask).await;
                assert_eq!(opened.body["totals"][0]["display_text"], texts[texts.len() - 1]);
                assert_eq!(opened.body["locale"], language, "{opened}");
            }
        }
        assert!(texts[0] != texts[1] && texts[1] != texts[2] && texts[0] != texts[2], "{texts:?}");
    }
}
