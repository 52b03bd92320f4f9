use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::tour::tour;
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;

pub(super) async fn every_answer_is_json() {
    let world = World::open();
    for version in Version::tried() {
        for answer in tour(&world, version).await {
            let kind = answer.header("content-type").unwrap_or_default();
            assert_eq!(kind.split(';').next(), Some("application/json"), "{answer}");
        }
    }
}

/// One request of every kind about a session that lacks nothing but the payment.
async fn one_of_each(agent: &mut Agent) -> Vec<Ask> {
    let version = agent.version;
    let ready = agent.ready().await;
    let path = format!("{SESSIONS}/{}", ready.id());
    let other = format!("{SESSIONS}/{}", agent.ready().await.id());
    vec![
        Ask::post(SESSIONS, &Wish::basket().create_body(version)),
        Ask::get(&path),
        Ask::post(&path, &Wish::basket().by("express").update_body(version)),
        Ask::post(&format!("{path}/complete"), &Payment::with("tok_visa").body(version)),
        Ask::bare(&format!("{other}/cancel")),
        // And some that are refused.
        Ask::post(SESSIONS, &json!({})),
        Ask::text(SESSIONS, "{"),
        Ask::get(&format!("{SESSIONS}/cs_unknown")),
        Ask::bare(&format!("{other}/cancel")),
    ]
}

pub(super) async fn nobody_is_served_without_a_key() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for ask in one_of_each(&mut agent).await {
            for authorization in
                ["", "Basic YWRhOmFkYQ==", "acp_demo_agent", "Bearer", "Bearer acp_nobody_secret"]
            {
                let ask = ask.clone().header("authorization", authorization);
                let refused = agent.send(ask).await;
                refused.is(401);
                assert_eq!(refused.body["type"], "invalid_request", "{refused}");
                let challenge = refused.header("www-authenticate").unwrap_or_default();
                assert!(challenge.starts_with("Bearer"), "{refused}");
            }
        }
    }
}

pub(super) async fn the_algorithms_of_signatures_are_published() {
    let world = World::open();
    let mut client = world.client().await;
    for version in Version::tried() {
        let answer = client.get(&format!("/openapi/{version}.json")).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let document: Value = serde_json::from_str(&answer.text()).unwrap();
        let signature = &document["components"]["parameters"]["Signature"];
        for algorithm in ["hmac-sha256", "ed25519", "es256"] {
            let says = signature["description"].as_str().unwrap_or_default();
            assert!(says.contains(algorithm), "{version}: {signature:#}");
        }
    }
}

pub(super) async fn the_idempotency_key_comes_back() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for (number, ask) in one_of_each(&mut agent).await.into_iter().enumerate() {
            let key = format!("{version} {number}");
            let answer = agent.send(ask.clone().key(&key)).await;
            if answer.asked.starts_with("POST") {
                assert_eq!(answer.header("idempotency-key"), Some(key.as_str()), "{answer}");
                let again = agent.send(ask.key(&key)).await;
                assert_eq!(again.header("idempotency-key"), Some(key.as_str()), "{again}");
            }
        }
    }
}

pub(super) async fn the_request_id_comes_back() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let mut made = BTreeSet::new();
        for (number, ask) in one_of_each(&mut agent).await.into_iter().enumerate() {
            let id = format!("req-{version}-{number}");
            let answer = agent.send(ask.clone().header("request-id", &id)).await;
            assert_eq!(answer.header("request-id"), Some(id.as_str()), "{answer}");
            // Who sends none is given one.
            let answer = agent.send(ask).await;
            let given = answer.header("request-id").unwrap_or_else(|| panic!("{answer}"));
            assert!(made.insert(given.to_owned()), "{given} was given before");
        }
    }
}

pub(super) async fn every_refusal_is_one_flat_object() {
    let world = World::open();
    for version in Version::tried() {
        let mut answers = tour(&world, version).await;
        let mut agent = world.agent(version).await;
        let body = |count| Wish::items(&[("tee-harbour-navy-m", count)]).create_body(version);
        let key = format!("conflict {version}");
        answers.push(agent.send(Ask::post(SESSIONS, &body(1)).key(&key)).await);
        answers.push(agent.send(Ask::post(SESSIONS, &body(2)).key(&key)).await);
        let ready = agent.ready().await;
        world.stop_payments();
        answers.push(agent.complete(ready.id(), &Payment::with("tok_unavailable")).await);
        world.resume_payments();
        let refusals: Vec<_> = answers.into_iter().filter(|answer| answer.status >= 400).collect();
        for refusal in &refusals {
            is_flat(refusal);
        }
        let statuses: BTreeSet<_> = refusals.iter().map(|refusal| refusal.status).collect();
        for status in [400, 401, 404, 405, 409, version.conflict(), 503] {
            assert!(statuses.contains(&status), "{version}: nothing provoked {status}");
        }
    }
}

fn is_flat(refusal: &Answer) {
    let types = match refusal.status {
        500 => "processing_error",
        503 => "service_unavailable",
        _ => "invalid_request",
    };
    assert_eq!(refusal.body["type"], types, "{refusal}");
    for (member, value) in refusal.body.as_object().unwrap() {
        let may_nest = ["supported_versions", "messages"].contains(&member.as_str());
        assert!(value.is_string() || may_nest, "{member} of {refusal}");
    }
    assert!(!refusal.code().is_empty(), "{refusal}");
    if refusal.status == 503 {
        let seconds = refusal.header("retry-after").unwrap_or_default();
        assert!(seconds.parse::<u32>().is_ok(), "who shall come back is told when: {refusal}");
    }
}
