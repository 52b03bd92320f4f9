use serde_json::{Value, json};

use crate::conformance::agent::{Ask, SESSIONS};
use crate::conformance::version::{ALIAS, Version};
use crate::conformance::wishes::Wish;
use crate::conformance::world::World;

pub(super) async fn every_version_is_known_and_others_are_not() {
    let world = World::open();
    for version in Version::tried() {
        let opened = world.agent(version).await.opened(&Wish::basket()).await;
        if version.has_capabilities() {
            assert_eq!(opened.body["protocol"], json!({"version": version.name()}));
        }
        if version == Version::V2025_09_29 {
            let body = Wish::basket().create_body(version);
            let by_alias = Ask::post(SESSIONS, &body).header("api-version", ALIAS);
            world.agent(version).await.send(by_alias).await.is(201);
        }
        let body = Wish::basket().create_body(version);
        for unknown in ["1999-01-01", "2026-04-18", "unreleased", "latest", "*", "2026-4-17"] {
            let ask = Ask::post(SESSIONS, &body).header("api-version", unknown);
            world.agent(version).await.send(ask).await.is_refusal(400, "unsupported_api_version");
        }
    }
    drop(world);
    let world = World::with("[checkout]\nunreleased = true\n");
    world.agent(Version::Unreleased).await.opened(&Wish::basket()).await;
    world.agent(Version::NEWEST).await.opened(&Wish::basket()).await;
}

/// What the list of versions shall be.
fn listed() -> Value {
    Version::RELEASED.iter().rev().map(|version| version.name()).collect()
}

/// Requests of every kind with a version that is missing or wrong.
fn without_a_version(id: &str) -> Vec<(Ask, &'static str)> {
    let path = format!("{SESSIONS}/{id}");
    let body = Wish::basket().create_body(Version::NEWEST);
    let asks = [
        Ask::post(SESSIONS, &body),
        Ask::get(&path),
        Ask::post(&path, &json!({})),
        Ask::post(&format!("{path}/complete"), &json!({})),
        Ask::bare(&format!("{path}/cancel")),
    ];
    let both = |ask: Ask| {
        let missing = ask.clone().without("api-version");
        let unknown = ask.header("api-version", "1999-01-01");
        [(missing, "missing_api_version"), (unknown, "unsupported_api_version")]
    };
    asks.into_iter().flat_map(both).collect()
}

pub(super) async fn a_refused_version_comes_with_those_spoken() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    let opened = agent.opened(&Wish::basket()).await;
    for (ask, _) in without_a_version(opened.id()) {
        let refused = agent.send(ask).await;
        refused.is(400);
        assert_eq!(refused.body["type"], "invalid_request", "{refused}");
        assert_eq!(refused.body["supported_versions"], listed(), "{refused}");
    }
    // Only who asks in no version has to be told which there are.
    assert_eq!(agent.read("cs_unknown").await.body.get("supported_versions"), None);
}

pub(super) async fn a_refused_version_has_a_code() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    let opened = agent.opened(&Wish::basket()).await;
    for (ask, code) in without_a_version(opened.id()) {
        agent.send(ask).await.is_refusal(400, code);
    }
}

pub(super) async fn the_newest_version_is_listed_first() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    let ask = Ask::get(&format!("{SESSIONS}/cs_1")).header("api-version", "1999-01-01");
    let refused = agent.send(ask).await;
    let versions: Vec<_> = refused.body["supported_versions"]
        .as_array()
        .unwrap_or_else(|| panic!("{refused}"))
        .iter()
        .map(|version| version.as_str().unwrap())
        .collect();
    assert_eq!(versions.first(), Some(&Version::NEWEST.name()), "{refused}");
    assert!(versions.windows(2).all(|pair| pair[0] > pair[1]), "{refused}");
}
