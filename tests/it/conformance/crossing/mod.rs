//! One session, told in every version: opened in one, changed and paid for in another, and read
//! in all of them. The money is the same everywhere, and what a version cannot say is said as
//! near to it as it can.

mod corners;
mod mirror;

use serde_json::json;

use super::agent::{Agent, Answer};
use super::reading::totals;
use super::version::Version;
use super::wishes::{Payment, SOLD_OUT, Wish};
use super::world::World;
use mirror::is_told_alike;

/// Fails the test unless every version tells the session as the newest one does, as far as it
/// can.
async fn is_alike_in_every_version(world: &World, id: &str, what: &str) -> Answer {
    let newest = world.agent(Version::NEWEST).await.read(id).await;
    newest.is(200);
    for version in Version::tried() {
        let told = world.agent(version).await.read(id).await;
        told.is(200);
        is_told_alike(&newest, &told, &format!("{what}, read in {version}"));
    }
    newest
}

/// Every pair of a version to open a session in and one to go on in.
fn pairs() -> Vec<(Version, Version)> {
    let versions = Version::tried();
    versions.iter().flat_map(|&one| versions.iter().map(move |&other| (one, other))).collect()
}

async fn opened_in(world: &World, version: Version, wish: &Wish) -> (Agent, String) {
    let mut agent = world.agent(version).await;
    let opened = agent.opened(wish).await;
    let id = opened.id().to_owned();
    (agent, id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_may_go_on_in_another_version() {
    let world = World::open();
    let mut paid = Vec::new();
    for (first, then) in pairs() {
        let what = format!("opened in {first}, changed in {then}");
        let (_, id) = opened_in(&world, first, &Wish::taxed()).await;
        let newest = is_alike_in_every_version(&world, &id, &what).await;
        newest.stands(first.unchosen());

        let mut agent = world.agent(then).await;
        agent.changed(&id, &Wish::taxed().by("express")).await.stands("ready_for_payment");
        let newest = is_alike_in_every_version(&world, &id, &what).await;
        assert_eq!(newest.total("fulfillment"), 1_499, "{what}: {newest}");

        agent.complete(&id, &Payment::with("tok_visa")).await.stands("completed");
        let newest = is_alike_in_every_version(&world, &id, &what).await;
        newest.stands("completed");
        paid.push((what, totals(&newest)));
    }
    for (what, totals) in &paid {
        assert_eq!(*totals, paid[0].1, "the money is the same: {what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_may_fail_and_end_in_another_version() {
    let world = World::open();
    for (first, then) in pairs() {
        let what = format!("opened in {first}, ended in {then}");
        let (mut agent, id) = opened_in(&world, first, &Wish::basket()).await;
        agent.changed(&id, &Wish::basket().by_standard_shipping()).await;
        let mut other = world.agent(then).await;
        let declined = other.complete(&id, &Payment::with("tok_declined")).await;
        assert_eq!(declined.message("payment_declined")["type"], "error", "{what}: {declined}");
        is_alike_in_every_version(&world, &id, &what).await.stands("ready_for_payment");

        let challenged = other.complete(&id, &Payment::with("tok_requires_3ds")).await;
        challenged.stands("authentication_required");
        is_alike_in_every_version(&world, &id, &what).await.stands("authentication_required");

        other.cancel(&id).await.stands("canceled");
        is_alike_in_every_version(&world, &id, &what).await.stands("canceled");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_in_every_version() {
    let world = World::open();
    for version in Version::tried() {
        for items in [
            &[(SOLD_OUT, 1)][..],
            &[("honey-wildflower-350g", 141)],
            &[("honey-heather-350g", 3)],
            &[("honey-heather-350g", 5), (SOLD_OUT, 1)],
        ] {
            let wish = Wish { items: Wish::items(items).items, ..Wish::basket() };
            let (_, id) = opened_in(&world, version, &wish).await;
            let what = format!("{items:?} wanted in {version}");
            is_alike_in_every_version(&world, &id, &what).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discounts_are_the_same_money_in_every_version() {
    let world = World::with(
        r#"
[[shop.promotion]]
id = "goods"
name = "A tenth off"
percent_off = "0.10"
applies_to = "goods"
spread = "each"

[[shop.promotion]]
id = "order"
name = "A dollar off"
amount_off = 100
currency = "USD"
applies_to = "order"
"#,
    );
    let mut seen = Vec::new();
    for (first, then) in pairs() {
        let (_, id) = opened_in(&world, first, &Wish::taxed()).await;
        world.agent(then).await.changed(&id, &Wish::taxed().by("express")).await;
        let what = format!("discounted in {first}, changed in {then}");
        let newest = is_alike_in_every_version(&world, &id, &what).await;
        assert!(newest.total("items_discount") > 0, "{newest}");
        assert_eq!(newest.total("discount"), 100, "{newest}");
        seen.push((what, totals(&newest)));
    }
    for (what, totals) in &seen {
        assert_eq!(*totals, seen[0].1, "the money is the same: {what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_other_versions_are_passed_over() {
    let world = World::open();
    for version in Version::tried() {
        let wish = Wish::basket()
            .and("order_notes", json!("Ring twice."))
            .and("fulfillment_groups", json!([]))
            .and("a_member_of_tomorrow", json!({"deep": [1]}));
        world.agent(version).await.opened(&wish).await;
    }
    let strict = world.make_key("strict", &["--unknown-fields", "refuse"]);
    for version in Version::tried() {
        let mut agent = world.agent_with_key(version, &strict).await;
        let wish = Wish::basket().and("a_member_of_tomorrow", json!(1));
        agent.create(&wish).await.is_refusal(400, "unknown_field");
        agent.opened(&Wish::basket()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_may_want_another_status_for_a_completion() {
    let world = World::open();
    for status in [200, 201] {
        let switch = ["--completed-status", if status == 200 { "200" } else { "201" }];
        let key = world.make_key(&format!("agent{status}"), &switch);
        for version in Version::tried() {
            let mut agent = world.agent_with_key(version, &key).await;
            let ready = agent.ready().await;
            let paid = agent.complete(ready.id(), &Payment::with("tok_visa")).await;
            paid.is(status);
            paid.stands("completed");
        }
    }
}
