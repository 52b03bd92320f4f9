use serde_json::{Value, json};

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Payment, TEE, Wish};
use crate::conformance::world::World;

/// Every kind of change, with a body and with another one.
async fn changes(agent: &mut Agent) -> Vec<(String, Value, Value)> {
    let version = agent.version;
    let mut paths = Vec::new();
    for _ in 0..3 {
        paths.push(format!("{SESSIONS}/{}", agent.ready().await.id()));
    }
    let open = |item| Wish::items(&[(item, 1)]).create_body(version);
    let choose = |option| Wish::basket().by(option).update_body(version);
    let pay = |token| Payment::with(token).body(version);
    let trace = |reason| json!({"intent_trace": {"reason_code": reason}});
    vec![
        (SESSIONS.to_owned(), open(HONEY), open(TEE)),
        (paths[0].clone(), choose("standard"), choose("express")),
        (format!("{}/complete", paths[1]), pay("tok_visa"), pay("tok_mastercard")),
        (format!("{}/cancel", paths[2]), trace("comparison"), trace("other")),
    ]
}

fn is_conflict(answer: &Answer) {
    answer.is_refusal(answer.version.conflict(), "idempotency_conflict");
    assert_eq!(answer.body["type"], "invalid_request", "{answer}");
    assert!(!answer.is_replay(), "{answer}");
    if answer.version > Version::V2026_01_30 {
        assert_eq!(answer.body.get("messages"), None, "{answer}");
        return;
    }
    // Agents of that time look for the reason among messages.
    let messages = answer.body["messages"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let [message] = messages.as_slice() else { panic!("{answer}") };
    assert_eq!(message["type"], "error", "{answer}");
    assert_eq!(message["code"], "idempotency_conflict", "{answer}");
    assert_eq!(message["content_type"], "plain", "{answer}");
    assert!(message["content"].is_string(), "{answer}");
}

pub(super) async fn every_change_needs_a_key() {
    let world = World::open();
    for version in Version::V2026_04_17.since() {
        let mut agent = world.agent(version).await;
        for (path, body, _) in changes(&mut agent).await {
            let refused = agent.send(Ask::post(&path, &body).without("idempotency-key")).await;
            refused.is_refusal(400, "idempotency_key_required");
            assert_eq!(refused.body["type"], "invalid_request", "{refused}");
            let refused = agent.send(Ask::post(&path, &body).key(" ")).await;
            refused.is_refusal(400, "idempotency_key_required");
        }
    }
}

pub(super) async fn a_key_may_be_255_characters_long() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (path, body, _) in changes(&mut agent).await {
            let key = format!("{version}{}", "k".repeat(255 - version.name().len()));
            let answer = agent.send(Ask::post(&path, &body).key(&key)).await;
            assert!(answer.is_session(), "{answer}");
            assert!(agent.send(Ask::post(&path, &body).key(&key)).await.is_replay(), "{answer}");
            if version.needs_key() {
                let refused = agent.send(Ask::post(&path, &body).key(&format!("{key}k"))).await;
                refused.is_refusal(400, "idempotency_key_required");
            }
        }
    }
}

pub(super) async fn a_key_belongs_to_one_caller_and_one_path() {
    let world = World::open();
    let keys = [world.make_key("one", &[]), world.make_key("other", &[])];
    for version in Version::tried() {
        let mut ids = Vec::new();
        let shared = format!("shared {version}");
        for (key, item) in keys.iter().zip([HONEY, TEE]) {
            let mut agent = world.agent_with_key(version, key).await;
            let body = Wish::items(&[(item, 1)]).create_body(version);
            let opened = agent.send(Ask::post(SESSIONS, &body).key(&shared)).await;
            opened.is(201);
            assert!(!opened.is_replay(), "another caller: {opened}");
            ids.push(opened.id().to_owned());
        }
        assert_ne!(ids[0], ids[1], "{version}");

        let mut agent = world.agent_with_key(version, &keys[0]).await;
        for (path, body, _) in changes(&mut agent).await.into_iter().skip(1) {
            let answer = agent.send(Ask::post(&path, &body).key(&shared)).await;
            assert!(answer.is_session() && !answer.is_replay(), "another path: {answer}");
        }
    }
}

pub(super) async fn a_key_is_good_for_one_body() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (path, body, other) in changes(&mut agent).await {
            let key = format!("{version} once");
            let first = agent.send(Ask::post(&path, &body).key(&key)).await;
            assert!(first.is_session(), "{first}");
            is_conflict(&agent.send(Ask::post(&path, &other).key(&key)).await);
            let again = agent.send(Ask::post(&path, &body).key(&key)).await;
            assert_eq!(again.raw, first.raw, "the first answer stands: {again}");
        }
    }
}

pub(super) async fn earlier_versions_have_rules_of_their_own() {
    let world = World::open();
    for version in Version::V2026_01_30.until() {
        let mut agent = world.agent(version).await;
        for (path, body, other) in changes(&mut agent).await {
            let answer = agent.send(Ask::post(&path, &body).without("idempotency-key")).await;
            assert!(answer.is_session(), "no key is needed: {answer}");
            assert_eq!(answer.header("idempotency-key"), None, "{answer}");
            if path == SESSIONS {
                let again = agent.send(Ask::post(&path, &body).without("idempotency-key")).await;
                assert_ne!(again.id(), answer.id(), "without a key it is another call: {again}");
                let key = format!("conflict {version}");
                agent.send(Ask::post(&path, &body).key(&key)).await.is(201);
                is_conflict(&agent.send(Ask::post(&path, &other).key(&key)).await);
            }
        }
    }
    // Which status an agent is told can be said with its key.
    for (status, switch) in [(409, "409"), (422, "422")] {
        let key = world.make_key(&format!("agent{status}"), &["--conflict-status", switch]);
        for version in Version::tried() {
            let mut agent = world.agent_with_key(version, &key).await;
            let same = format!("{version} {status}");
            for (item, expected) in [(HONEY, 201), (TEE, status)] {
                let body = Wish::items(&[(item, 1)]).create_body(version);
                agent.send(Ask::post(SESSIONS, &body).key(&same)).await.is(expected);
            }
        }
    }
}
