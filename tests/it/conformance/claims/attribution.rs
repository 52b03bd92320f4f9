use serde_json::{Value, json};

use crate::conformance::agent::{Answer, Ask, SESSIONS};
use crate::conformance::reading::occurrences;
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;

/// Since when there is attribution.
const FIRST: Version = Version::V2025_12_12;
const MEMBER: &str = "affiliate_attribution";

/// A claim that is found again by its name.
fn claim(name: &str, touchpoint: &str) -> Value {
    json!({
        "provider": format!("{name}.example"), "token": format!("token-{name}"),
        "publisher_id": format!("publisher-{name}"), "campaign_id": format!("campaign-{name}"),
        "touchpoint": touchpoint, "metadata": {"slot": 3, "is_paid": true, "page": "home"},
    })
}

fn opening(claim: Value) -> Wish {
    Wish::basket().and(MEMBER, claim)
}

fn paying(claim: Value) -> Payment {
    Payment::with("tok_visa").and(MEMBER, claim)
}

/// How often the shop has written down a claim.
fn kept(world: &World, session: &str, name: &str) -> usize {
    occurrences(&world.inspect(session), &format!("{name}.example"))
}

pub(super) async fn it_is_taken_at_both_ends() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&opening(claim("first", "first"))).await;
        let paid = agent.complete(ready.id(), &paying(claim("last", "last"))).await;
        paid.is(200);
        paid.stands("completed");
    }
}

/// Fails the test unless a claim is refused at both ends; gives the refusals.
async fn refusals(world: &World, version: Version, broken: &Value) -> Vec<Answer> {
    let mut agent = world.agent(version).await;
    let ready = agent.ready().await;
    let refused = [
        agent.create(&opening(broken.clone())).await,
        agent.complete(ready.id(), &paying(broken.clone())).await,
    ];
    for refused in &refused {
        refused.is(400);
        assert_eq!(refused.body["type"], "invalid_request", "{refused}");
        assert!(refused.param().starts_with("$.affiliate_attribution"), "{refused}");
    }
    agent.read(ready.id()).await.stands("ready_for_payment");
    refused.to_vec()
}

/// A claim in which something is missing.
fn without(members: &[&str]) -> Value {
    let mut claim = claim("broken", "first");
    for member in members {
        claim.as_object_mut().unwrap().remove(*member);
    }
    claim
}

/// A claim in which something else is said.
fn saying(member: &str, value: Value) -> Value {
    let mut claim = claim("broken", "first");
    claim[member] = value;
    claim
}

pub(super) async fn a_provider_is_needed() {
    let world = World::open();
    for version in FIRST.since() {
        for refused in refusals(&world, version, &without(&["provider"])).await {
            let codes = ["invalid_type", "missing_required_field"];
            assert!(codes.contains(&refused.code()), "{refused}");
            assert_eq!(refused.param(), "$.affiliate_attribution.provider", "{refused}");
        }
        refusals(&world, version, &saying("provider", json!(7))).await;
    }
}

pub(super) async fn a_token_or_a_publisher_is_needed() {
    let world = World::open();
    for version in FIRST.since() {
        refusals(&world, version, &without(&["token", "publisher_id"])).await;
        for lacking in ["token", "publisher_id"] {
            world.agent(version).await.opened(&opening(without(&[lacking]))).await;
        }
    }
}

pub(super) async fn its_metadata_are_flat() {
    let world = World::open();
    for version in FIRST.since() {
        for nested in [json!({"deep": 1}), json!(["deep"])] {
            let broken = saying("metadata", json!({"slot": 3, "nested": nested}));
            for refused in refusals(&world, version, &broken).await {
                assert_eq!(refused.code(), "invalid_type", "{refused}");
                assert_eq!(refused.param(), "$.affiliate_attribution.metadata.nested", "{refused}");
            }
        }
    }
}

pub(super) async fn it_is_never_told_again() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&opening(claim("secret", "first"))).await;
        let id = opened.id().to_owned();
        let mut answers =
            vec![agent.changed(&id, &Wish::basket().by_standard_shipping()).await, opened];
        answers.push(agent.complete(&id, &paying(claim("secret", "last"))).await);
        answers.push(agent.read(&id).await);
        let other = agent.opened(&opening(claim("secret", "first"))).await;
        answers.push(agent.cancel(other.id()).await);
        for version in Version::tried() {
            answers.push(world.agent(version).await.read(&id).await);
        }
        for answer in answers {
            let said =
                ["secret", "attribution", "publisher"].iter().any(|one| answer.raw.contains(one));
            assert!(!said, "{answer}");
        }
    }
}

pub(super) async fn a_replay_adds_nothing() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let body = opening(claim("once", "first")).create_body(version);
        let call = Ask::post(SESSIONS, &body).key(&format!("attributed {version}"));
        let opened = agent.send(call.clone()).await;
        let before = kept(&world, opened.id(), "once");
        assert!(before > 0, "{version}: it is kept");
        assert!(agent.send(call).await.is_replay());
        assert_eq!(kept(&world, opened.id(), "once"), before, "{version}");
    }
}

pub(super) async fn it_takes_part_in_the_comparison() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let key = format!("attributed {version}");
        let ask = |name| Ask::post(SESSIONS, &opening(claim(name, "first")).create_body(version));
        agent.send(ask("one").key(&key)).await.is(201);
        let conflict = agent.send(ask("other").key(&key)).await;
        conflict.is_refusal(version.conflict(), "idempotency_conflict");
    }
}

pub(super) async fn a_dispute_stops_no_sale() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&opening(claim("one", "last"))).await;
        let paid = agent.complete(ready.id(), &paying(claim("other", "last"))).await;
        paid.is(200);
        paid.stands("completed");
    }
}

pub(super) async fn both_ends_are_kept() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&opening(claim("begin", "first"))).await;
        agent.complete(ready.id(), &paying(claim("end", "last"))).await.stands("completed");
        for name in ["begin", "end"] {
            assert!(kept(&world, ready.id(), name) > 0, "{version}: {name}");
        }
    }
}

pub(super) async fn the_first_claim_stands() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&opening(claim("early", "first"))).await;
        agent.complete(ready.id(), &paying(claim("late", "first"))).await.stands("completed");
        assert!(kept(&world, ready.id(), "early") > 0, "{version}");
        assert_eq!(kept(&world, ready.id(), "late"), 0, "{version}");
    }
}

pub(super) async fn people_are_not_named_in_it() {
    let world = World::open();
    for version in FIRST.since() {
        let person = "ada.byron@example.com";
        let within = json!({"who": person});
        for (broken, about) in [
            (saying("sub_id", json!(person)), "$.affiliate_attribution.sub_id"),
            (saying("metadata", within), "$.affiliate_attribution.metadata.who"),
        ] {
            for refused in refusals(&world, version, &broken).await {
                refused.is_refusal(400, "pii_not_allowed");
                assert_eq!(refused.param(), about, "{refused}");
            }
        }
    }
}

pub(super) async fn its_tokens_are_not_logged() {
    let world = World::talkative(None);
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready_with(&opening(claim("hush", "first"))).await;
        agent.complete(ready.id(), &paying(claim("hush", "last"))).await;
        let mut broken = claim("hush", "first");
        broken["metadata"] = json!({"nested": {"token": "token-hush"}});
        agent.create(&opening(broken)).await;
    }
    let log = world.log_with_trouble().await;
    assert!(!log.contains("token-hush"), "{log}");
}

pub(super) async fn any_provider_is_fine() {
    let world = World::open();
    for version in FIRST.since() {
        let mut unknown = claim("x", "first");
        unknown["provider"] = json!("never-heard-of-it.example");
        world.agent(version).await.opened(&opening(unknown)).await;
    }
}

pub(super) async fn unknown_members_are_passed_over() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let mut strange = claim("strange", "first");
        strange["constellation"] = json!({"name": "Lyra", "stars": [1, 2]});
        let ready = agent.ready_with(&opening(strange.clone())).await;
        agent.complete(ready.id(), &paying(strange)).await.stands("completed");
    }
}
