use std::time::Duration;

use serde_json::Value;

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Payment, TEE, Wish};
use crate::conformance::world::World;

/// One call of every kind that changes something, each of which succeeds.
async fn calls(agent: &mut Agent) -> Vec<Ask> {
    let version = agent.version;
    let one = format!("{SESSIONS}/{}", agent.ready().await.id());
    let other = format!("{SESSIONS}/{}", agent.ready().await.id());
    let calls = vec![
        Ask::post(SESSIONS, &Wish::taxed().create_body(version)),
        Ask::post(&one, &Wish::basket().by("express").update_body(version)),
        Ask::post(&format!("{one}/complete"), &Payment::with("tok_visa").body(version)),
        Ask::bare(&format!("{other}/cancel")),
    ];
    let key = |(number, call): (usize, Ask)| call.key(&format!("{version} call {number}"));
    calls.into_iter().enumerate().map(key).collect()
}

pub(super) async fn a_replay_is_the_answer_itself() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for call in calls(&mut agent).await {
            let first = agent.send(call.clone()).await;
            assert!(first.is_session(), "{first}");
            for _ in 0..2 {
                let again = agent.send(call.clone()).await;
                assert_eq!((again.status, &again.raw), (first.status, &first.raw), "{again}");
            }
        }
        // A refusal that would be the same again is an answer like any other.
        let body = Wish::items(&[("no-such-thing", 1)]).create_body(version);
        let call = Ask::post(SESSIONS, &body).key(&format!("refused {version}"));
        let first = agent.send(call.clone()).await;
        first.is(400);
        let again = agent.send(call).await;
        assert_eq!((again.status, &again.raw), (first.status, &first.raw), "{again}");
    }
}

pub(super) async fn only_a_replay_says_that_it_is_one() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for call in calls(&mut agent).await {
            let first = agent.send(call.clone()).await;
            assert_eq!(first.header("idempotent-replayed"), None, "{first}");
            let again = agent.send(call).await;
            assert_eq!(again.header("idempotent-replayed"), Some("true"), "{again}");
            let read = agent.read(first.id()).await;
            assert_eq!(read.header("idempotent-replayed"), None, "{read}");
        }
    }
}

/// Everything the shop knows of a session, apart from when it was last tended to.
fn state(world: &World, id: &str) -> Value {
    let mut known = world.inspect(id);
    known.as_object_mut().unwrap().remove("revision");
    known
}

pub(super) async fn a_replay_changes_nothing() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for call in calls(&mut agent).await {
            let first = agent.send(call.clone()).await;
            if first.body.get("order").is_some() {
                world.order_events(first.id());
            }
            let before = state(&world, first.id());
            for _ in 0..3 {
                assert!(agent.send(call.clone()).await.is_replay());
            }
            assert_eq!(state(&world, first.id()), before, "after {}", first.asked);
        }
    }
}

/// Pays while the payment provider is away, which takes a while, and asks the same meanwhile.
async fn asked_meanwhile(world: &World, version: Version) -> Answer {
    for attempt in 0..20 {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{SESSIONS}/{}/complete", ready.id());
        world.stop_payments();
        let body = Payment::with("tok_unavailable").body(version);
        let call = Ask::post(&path, &body).key(&format!("slow {version} {attempt}"));
        let mut other = world.agent(version).await;
        let slow = {
            let call = call.clone();
            tokio::spawn(async move { agent.send(call).await })
        };
        let running = version.status("complete_in_progress");
        while !slow.is_finished() && other.read(ready.id()).await.body["status"] != running {}
        let meanwhile = other.send(call).await;
        slow.await.unwrap().is_refusal(503, "service_unavailable");
        // On a busy machine the first call may have ended before the second one came.
        if meanwhile.status != 503 {
            return meanwhile;
        }
    }
    panic!("{version}: the first call is never under way");
}

pub(super) async fn a_call_under_way_is_not_made_again() {
    let world = World::open();
    for version in Version::tried() {
        let refused = asked_meanwhile(&world, version).await;
        refused.is_refusal(409, "idempotency_in_flight");
        assert_eq!(refused.body["type"], "invalid_request", "{refused}");
        assert!(!refused.is_replay(), "{refused}");
    }
}

pub(super) async fn who_comes_too_early_is_told_when_to_come() {
    let world = World::open();
    for version in Version::tried() {
        let refused = asked_meanwhile(&world, version).await;
        let seconds = refused.header("retry-after").unwrap_or_default();
        assert!(seconds.parse::<u32>().is_ok_and(|seconds| seconds > 0), "{refused}");
    }
}

pub(super) async fn a_failure_of_the_server_is_not_kept() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{SESSIONS}/{}/complete", ready.id());
        world.stop_payments();
        let body = Payment::with("tok_unavailable").body(version);
        let call = Ask::post(&path, &body).key(&format!("away {version}"));
        for _ in 0..2 {
            let failed = agent.send(call.clone()).await;
            failed.is_refusal(503, "service_unavailable");
            assert!(!failed.is_replay(), "it runs anew: {failed}");
            agent.read(ready.id()).await.stands("ready_for_payment");
        }
        world.resume_payments();
        agent.complete(ready.id(), &Payment::with("tok_visa")).await.stands("completed");
        assert_eq!(world.order_events(ready.id()), ["placed", "payment_captured"], "{version}");
    }
}

/// A shop that forgets as early as it may.
const FORGETFUL: &str = "[checkout]\nidempotency_retention_hours = 24\n";

async fn opened_under(world: &World, version: Version) -> Answer {
    let body = Wish::items(&[(TEE, 1)]).create_body(version);
    let call = Ask::post(SESSIONS, &body).key(&format!("kept {version}"));
    let answer = world.agent(version).await.send(call).await;
    answer.is(201);
    answer
}

pub(super) async fn an_answer_is_kept_for_a_day() {
    let world = World::with(FORGETFUL);
    let mut first = Vec::new();
    for version in Version::tried() {
        first.push(opened_under(&world, version).await);
    }
    world.set_clock_ahead(Duration::from_mins(24 * 60 - 1)).await;
    for first in first {
        let again = opened_under(&world, first.version).await;
        assert!(again.is_replay(), "{again}");
        assert_eq!(again.raw, first.raw);
    }
}

pub(super) async fn a_forgotten_key_is_a_new_one() {
    let world = World::with(FORGETFUL);
    let mut first = Vec::new();
    for version in Version::tried() {
        first.push(opened_under(&world, version).await);
    }
    world.set_clock_ahead(Duration::from_mins(24 * 60 + 1)).await;
    for first in first {
        let anew = opened_under(&world, first.version).await;
        assert!(!anew.is_replay(), "{anew}");
        assert_ne!(anew.id(), first.id());
    }
}

pub(super) async fn changes_follow_the_same_rules() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{SESSIONS}/{}", ready.id());
        let change = |count| Wish::items(&[(HONEY, count)]).update_body(version);
        let first = agent.send(Ask::post(&path, &change(3)).key("change")).await;
        first.is(200);
        agent.send(Ask::post(&path, &change(5)).key("another")).await.is(200);
        let again = agent.send(Ask::post(&path, &change(3)).key("change")).await;
        assert!(again.is_replay(), "{again}");
        assert_eq!(again.raw, first.raw, "as it was then");
        let now = agent.read(ready.id()).await;
        assert_eq!(now.total("items_base_amount"), 5 * 799, "and the second change stands: {now}");
        let conflict = agent.send(Ask::post(&path, &change(7)).key("change")).await;
        conflict.is_refusal(version.conflict(), "idempotency_conflict");
    }
}
