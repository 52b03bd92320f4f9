use std::time::Duration;

use axum::http::Request;
use http_body_util::Full;

use crate::conformance::agent::{Agent, Answer, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish};
use crate::conformance::world::World;
use crate::support::is_redis_everywhere;

/// How often a call is asked for again that was taken up after a crash.
const PATIENCE: u32 = 5_000;
/// After that, nobody holds what somebody dead was at.
const BEYOND_LEASE: Duration = Duration::from_secs(31);
/// How long a call is left alone before the power goes: as long as others need for so many turns.
const TURNS: u32 = 200;

/// Asks until a call that may be under way is answered.
async fn until_settled(agent: &mut Agent, call: &Ask) -> Answer {
    for _ in 0..PATIENCE {
        let answer = agent.send(call.clone()).await;
        if answer.status != 409 {
            return answer;
        }
        // Whoever reads meanwhile sees that it is under way.
        tokio::task::yield_now().await;
    }
    panic!("the call never settles");
}

pub(super) async fn an_answer_and_its_effect_are_kept_together() {
    let mut world = World::open();
    for version in Version::tried() {
        let body = Wish::taxed().create_body(version);
        let call = Ask::post(SESSIONS, &body).key(&format!("crash {version}"));
        let opened = world.agent(version).await.send(call.clone()).await;
        opened.is(201);
        world = world.after_a_power_cut();
        let mut agent = world.agent(version).await;
        let again = agent.send(call).await;
        assert!(again.is_replay(), "{again}");
        assert_eq!(again.raw, opened.raw);
        assert_eq!(agent.read(opened.id()).await.body, opened.body, "{version}");
    }
}

/// Sends a payment and cuts the power at once: nobody knows how far it came.
async fn cut_off(world: World, version: Version, path: &str, key: &str) -> World {
    let mut client = world.client().await;
    let request = Request::post(path)
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", version.name())
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Full::from(Payment::with("tok_visa").body(version).to_string()))
        .unwrap();
    let call = tokio::spawn(async move { client.send(request).await });
    // How much of the call has happened by then is for the machine to choose.
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
    let world = world.after_a_power_cut();
    drop(call.await);
    world
}

pub(super) async fn a_payment_is_taken_up_after_a_crash() {
    let mut world = World::open();
    for (crashes, version) in (1..).zip(Version::tried()) {
        let ready = world.agent(version).await.ready().await;
        let path = format!("{SESSIONS}/{}/complete", ready.id());
        world = cut_off(world, version, &path, "interrupted").await;
        // A store of one process knows by itself that nobody else is at work. On another, whoever
        // died counts as alive for a while.
        if is_redis_everywhere() {
            world.set_clock_ahead(BEYOND_LEASE * crashes).await;
        }
        let mut agent = world.agent(version).await;
        let call = Ask::post(&path, &Payment::with("tok_visa").body(version)).key("interrupted");
        let paid = until_settled(&mut agent, &call).await;
        paid.is(200);
        paid.stands("completed");
        assert_eq!(world.order_events(ready.id()), ["placed", "payment_captured"], "{version}");
        let again = agent.send(call).await;
        assert!(again.is_replay(), "{again}");
    }
}
