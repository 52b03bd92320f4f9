use serde_json::{Value, json};

use crate::conformance::agent::{Agent, Ask, SESSIONS};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, TEE, Wish};
use crate::conformance::world::World;

/// Sends one body, then the other under the same key, and says whether they were the same.
async fn are_the_same(agent: &mut Agent, path: &str, one: &str, other: &str) -> bool {
    let key = format!("{} {}", agent.version, one.len() + 1_000 * other.len());
    let first = agent.send(Ask::text(path, one).key(&key)).await;
    assert!(first.is_session(), "{first}");
    let second = agent.send(Ask::text(path, other).key(&key)).await;
    if second.is_replay() {
        assert_eq!((second.status, &second.raw), (first.status, &first.raw), "{second}");
        return true;
    }
    second.is_refusal(agent.version.conflict(), "idempotency_conflict");
    false
}

/// The same JSON with the members of every object in the opposite order.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let one =
                |(name, value): (&String, &Value)| format!("{}:{}", json!(name), reversed(value));
            let members: Vec<_> = members.iter().rev().map(one).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(reversed).collect();
            format!("[{}]", values.join(","))
        }
        simple => simple.to_string(),
    }
}

fn basket(version: Version) -> Value {
    Wish::taxed().create_body(version)
}

pub(super) async fn the_order_of_members_does_not_matter() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let body = basket(version);
        let (one, other) = (body.to_string(), reversed(&body));
        assert_ne!(one, other);
        assert!(are_the_same(&mut agent, SESSIONS, &one, &other).await, "{version}");
    }
}

pub(super) async fn the_way_of_writing_does_not_matter() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let body = basket(version);
        let one = body.to_string();
        let spaced = format!("\n\t {} \r\n", serde_json::to_string_pretty(&body).unwrap());
        assert!(are_the_same(&mut agent, SESSIONS, &one, &spaced).await, "{version}");
        let escaped = one.replace("Byron", "\\u0042yr\\u006fn");
        assert_ne!(one, escaped);
        assert!(are_the_same(&mut agent, SESSIONS, &one, &escaped).await, "{version}");
    }
}

pub(super) async fn equal_numbers_are_the_same() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let one = basket(version).to_string();
        for number in ["2.0", "2e0", "20E-1"] {
            let other = one.replace("\"quantity\":2", &format!("\"quantity\":{number}"));
            assert_ne!(one, other);
            let same = are_the_same(&mut agent, SESSIONS, &one, &other).await;
            assert!(same, "{version}: 2 is {number}");
        }
        let other = one.replace("\"quantity\":2", "\"quantity\":4");
        assert!(!are_the_same(&mut agent, SESSIONS, &one, &other).await, "{version}: 2 is not 4");
    }
}

pub(super) async fn nothing_is_not_null() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let path = format!("{SESSIONS}/{}", agent.ready().await.id());
        let one = Wish::items(&[(HONEY, 1)]).update_body(version);
        let mut other = one.clone();
        other["buyer"] = Value::Null;
        let (one, other) = (one.to_string(), other.to_string());
        assert!(!are_the_same(&mut agent, &path, &one, &other).await, "{version}");
    }
}

pub(super) async fn the_order_of_a_list_matters() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let body = |items: [(&str, u32); 2]| Wish::items(&items).create_body(version).to_string();
        let (one, other) = (body([(HONEY, 1), (TEE, 1)]), body([(TEE, 1), (HONEY, 1)]));
        assert!(!are_the_same(&mut agent, SESSIONS, &one, &other).await, "{version}");
    }
}

pub(super) async fn headers_do_not_matter() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ask = Ask::post(SESSIONS, &basket(version)).key(&format!("headers {version}"));
        let first = agent.send(ask.clone().header("user-agent", "one")).await;
        first.is(201);
        for (name, value) in [
            ("user-agent", "other"),
            ("accept-language", "de"),
            ("timestamp", "2026-04-17T00:00:00Z"),
            ("signature", "c2lnbmF0dXJl"),
            ("request-id", "req-other"),
        ] {
            let again = agent.send(ask.clone().header(name, value)).await;
            assert!(again.is_replay(), "{name}: {again}");
            assert_eq!(again.raw, first.raw, "{name}");
        }
    }
}

pub(super) async fn members_of_extensions_take_part() {
    let world = World::open();
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let body = |code: &str| {
            let mut body = basket(version);
            body["discounts"] = json!({"codes": [code]});
            body.to_string()
        };
        let (one, other) = (body("SPRING"), body("AUTUMN"));
        assert!(are_the_same(&mut agent, SESSIONS, &one, &one).await, "{version}");
        assert!(!are_the_same(&mut agent, SESSIONS, &one, &other).await, "{version}");
    }
}
