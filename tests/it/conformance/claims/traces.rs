use serde_json::{Value, json};

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::reading::{occurrences, walk};
use crate::conformance::version::Version;
use crate::conformance::wishes::Wish;
use crate::conformance::world::World;

/// Since when a cancellation may say why.
const FIRST: Version = Version::V2025_12_12;

fn trace(reason: &str, summary: &str) -> Value {
    json!({"intent_trace": {
        "reason_code": reason, "trace_summary": summary, "metadata": {"budget": 20, "gift": true},
    }})
}

async fn open(agent: &mut Agent) -> String {
    agent.opened(&Wish::basket()).await.id().to_owned()
}

fn is_canceled(answer: &Answer) {
    answer.is(200);
    answer.stands("canceled");
}

pub(super) async fn a_cancellation_needs_no_body() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let id = open(&mut agent).await;
        is_canceled(&agent.cancel(&id).await);
        let id = open(&mut agent).await;
        is_canceled(&agent.send(Ask::text(&format!("{SESSIONS}/{id}/cancel"), "")).await);
        let id = open(&mut agent).await;
        is_canceled(&agent.cancel_saying(&id, &json!({})).await);
    }
}

pub(super) async fn a_trace_stops_no_cancellation() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        for strange in [
            trace("the_moon_was_full", ""),
            json!({"intent_trace": {"reason_code": "other"}}),
            json!({"intent_trace": {"reason_code": "other", "mood": {"deep": [1]}}}),
            json!({"intent_trace": {"reason_code": "other", "metadata": {}}, "more": 7}),
            trace("comparison", "\u{202e}\u{1f36f}"),
        ] {
            let id = open(&mut agent).await;
            is_canceled(&agent.cancel_saying(&id, &strange).await);
        }
    }
}

pub(super) async fn a_cancellation_tells_the_whole_session() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&Wish::taxed()).await;
        let canceled = agent.cancel_saying(opened.id(), &trace("comparison", "Elsewhere.")).await;
        is_canceled(&canceled);
        for member in ["id", "currency", "line_items", "links", "buyer"] {
            assert_eq!(canceled.body[member], opened.body[member], "{member} of {canceled}");
        }
        assert_eq!(canceled.total("total"), opened.total("total"), "{canceled}");
    }
}

pub(super) async fn it_is_never_told_again() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let id = open(&mut agent).await;
        let said = trace("trust_security", "Nobody shall read this.");
        let mut answers = vec![agent.cancel_saying(&id, &said).await];
        for version in Version::tried() {
            answers.push(world.agent(version).await.read(&id).await);
        }
        for answer in answers {
            is_canceled(&answer);
            let told = ["intent_trace", "trust_security", "Nobody shall read this."]
                .iter()
                .any(|one| answer.raw.contains(one));
            assert!(!told, "{answer}");
        }
        let kept = occurrences(&world.inspect(&id), "Nobody shall read this.");
        assert!(kept > 0, "{version}: the shop keeps it");
    }
}

/// Everything the shop calls a reason.
fn reasons(known: &Value) -> Vec<String> {
    let mut reasons = Vec::new();
    walk(known, "", &mut |name, value| {
        if ["reason", "reason_code"].contains(&name)
            && let Some(reason) = value.as_str()
        {
            reasons.push(reason.to_owned());
        }
    });
    reasons
}

pub(super) async fn an_unknown_reason_is_some_other_reason() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        for (said, kept) in [("the_moon_was_full", "other"), ("shipping_cost", "shipping_cost")] {
            let id = open(&mut agent).await;
            is_canceled(&agent.cancel_saying(&id, &trace(said, "Why not.")).await);
            let reasons = reasons(&world.inspect(&id));
            assert!(!reasons.is_empty(), "{version}: the shop keeps it");
            assert!(reasons.iter().all(|reason| reason == kept), "{version}: {said}: {reasons:?}");
        }
    }
}

pub(super) async fn nested_metadata_are_refused() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        for nested in [json!({"deep": 1}), json!([1])] {
            let id = open(&mut agent).await;
            let mut said = trace("other", "x");
            said["intent_trace"]["metadata"]["nested"] = nested;
            let refused = agent.cancel_saying(&id, &said).await;
            refused.is_refusal(400, "invalid_type");
            assert_eq!(refused.body["type"], "invalid_request", "{refused}");
            assert_eq!(refused.param(), "$.intent_trace.metadata.nested", "{refused}");
            agent.read(&id).await.stands("incomplete");
            is_canceled(&agent.cancel(&id).await);
        }
    }
}

pub(super) async fn a_replay_adds_nothing() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let id = open(&mut agent).await;
        let body = trace("comparison", "Said once.");
        let call = Ask::post(&format!("{SESSIONS}/{id}/cancel"), &body).key("cancel");
        is_canceled(&agent.send(call.clone()).await);
        let before = occurrences(&world.inspect(&id), "Said once.");
        assert!(before > 0, "{version}: the shop keeps it");
        for _ in 0..2 {
            assert!(agent.send(call.clone()).await.is_replay());
        }
        assert_eq!(occurrences(&world.inspect(&id), "Said once."), before, "{version}");
    }
}

pub(super) async fn a_summary_has_500_characters_at_most() {
    let world = World::open();
    for version in FIRST.since() {
        let mut agent = world.agent(version).await;
        let id = open(&mut agent).await;
        let refused = agent.cancel_saying(&id, &trace("other", &"ä".repeat(501))).await;
        refused.is(400);
        assert_eq!(refused.param(), "$.intent_trace.trace_summary", "{refused}");
        is_canceled(&agent.cancel_saying(&id, &trace("other", &"ä".repeat(500))).await);
    }
}
