//! The example payloads of the protocol, where they are at hand: those of the answers prove that
//! the schemas are read well, and those of the requests are sent.

use serde_json::{Map, Value, json};

use super::agent::{Agent, Ask, SESSIONS};
use super::schemas;
use super::version::Version;
use super::wishes::{HONEY, Payment, Wish};
use super::world::World;

const FILE: &str = "examples.agentic_checkout.json";
/// An outcome that failed, without the proof its schema wants even then. Partial proofs are taken.
const BROKEN: (Version, &str) = (Version::V2026_04_17, "authentication_result_denied_example");

/// The examples of a version; `None` where they are not at hand.
fn examples(version: Version) -> Option<Map<String, Value>> {
    let examples = schemas::official_json(&format!("examples/{version}/{FILE}"))?;
    Some(examples.as_object().unwrap().clone())
}

/// What an example is an example of, by its name.
fn shape(name: &str) -> Option<&'static str> {
    Some(match name {
        _ if name.starts_with("webhook_") => return None,
        _ if name.starts_with("error_") || name.ends_with("_error") => "Error",
        _ if name.starts_with("discovery_") => "DiscoveryResponse",
        _ if name.starts_with("authentication_result") => "AuthenticationResult",
        _ if !name.contains("request") => "CheckoutSession",
        _ if name.starts_with("create_") => "CheckoutSessionCreateRequest",
        _ if name.starts_with("update_") => "CheckoutSessionUpdateRequest",
        _ if name.starts_with("complete_") => "CheckoutSessionCompleteRequest",
        _ if name.starts_with("cancel_") => "CancelSessionRequest",
        _ => panic!("{name} is an example of something new"),
    })
}

#[test]
fn every_example_is_what_its_schema_says() {
    if !schemas::are_at_hand() {
        return;
    }
    for version in Version::RELEASED.into_iter().chain([Version::Unreleased]) {
        let mut checked = 0;
        for (name, example) in examples(version).unwrap() {
            let Some(shape) = shape(&name) else { continue };
            if name == BROKEN.1 {
                let faults = schemas::faults(version, shape, &example);
                assert!(!faults.is_empty(), "{version} {name} was mended");
            } else if shape == "CheckoutSession" {
                schemas::check_session(version, &example, &name);
                checked += 1;
            } else {
                schemas::check(version, shape, &example, &name);
                checked += 1;
            }
        }
        assert!(checked >= 8, "{version}: only {checked} examples");
    }
    let broken = examples(BROKEN.0).unwrap();
    assert!(broken.contains_key(BROKEN.1), "the broken example is gone");
}

#[test]
fn every_example_of_a_trace_is_what_its_schema_says() {
    let file = "examples/unreleased/examples.intent_traces.json";
    let Some(traces) = schemas::official_json(file) else { return };
    for version in [Version::V2026_04_17, Version::Unreleased] {
        for (name, example) in traces.as_object().unwrap() {
            schemas::check(version, shape(name).unwrap(), example, name);
        }
    }
}

/// What is sent in the name of agents is what they may send. Since 2026-01-30 there is no place for
/// a quantity in the schema; agents send one all the same, and so do the checks.
#[test]
fn the_requests_of_the_checks_are_what_their_schemas_say() {
    if !schemas::are_at_hand() {
        return;
    }
    for version in Version::RELEASED {
        let mut create = Wish::taxed().create_body(version);
        let mut update = Wish { choices: Wish::basket().by("express").choices, ..Wish::taxed() }
            .update_body(version);
        if version.has_capabilities() {
            for body in [&mut create, &mut update] {
                for item in body["line_items"].as_array_mut().unwrap() {
                    item.as_object_mut().unwrap().remove("quantity").unwrap();
                }
            }
        }
        schemas::check(version, "CheckoutSessionCreateRequest", &create, "a basket");
        schemas::check(version, "CheckoutSessionUpdateRequest", &update, "a choice");
        let payment = Payment::with("tok_visa");
        let shape = "CheckoutSessionCompleteRequest";
        schemas::check(version, shape, &payment.body(version), "a payment");
        if version > Version::V2025_09_29 {
            for outcome in ["authenticated", "rejected"] {
                let payment = payment.clone().authenticated_as(outcome);
                schemas::check(version, shape, &payment.body(version), outcome);
            }
        }
    }
}

/// The same request with things the demonstration shop has.
fn at_home(value: &Value, token: &str) -> Value {
    match value {
        Value::Object(members) => {
            let one = |(name, value): (&String, &Value)| {
                let value = match name.as_str() {
                    // The attribution has a token of its own.
                    "token" if !members.contains_key("publisher_id") => json!(token),
                    // Half a jar is not for sale; a test of its own asks for one.
                    "quantity" if value.is_f64() => json!(2),
                    _ => at_home(value, token),
                };
                (name.clone(), value)
            };
            Value::Object(members.iter().map(one).collect())
        }
        Value::Array(values) => values.iter().map(|value| at_home(value, token)).collect(),
        Value::String(text) => match text.as_str() {
            "item_123" => json!(HONEY),
            "fulfillment_option_456" => json!("standard"),
            "seller_pm_123" => json!("card_tokenized"),
            "seller_backed_saved_card" => json!("card"),
            other => json!(other),
        },
        other => other.clone(),
    }
}

/// Makes a session in the state in which an example is sent, and sends it.
async fn replay(agent: &mut Agent, name: &str, example: &Value) {
    let needs_challenge = example.get("authentication_result").is_some();
    let token = if needs_challenge { "tok_requires_3ds" } else { "tok_visa" };
    let body = at_home(example, token);
    if name.starts_with("create_") {
        let opened = agent.send(Ask::post(SESSIONS, &body)).await;
        opened.is(201);
        assert_eq!(opened.body["line_items"][0]["item"]["id"], HONEY, "{name}: {opened}");
        return;
    }
    let ready = agent.ready().await;
    let path = format!("{SESSIONS}/{}", ready.id());
    if name.starts_with("update_") {
        let changed = agent.send(Ask::post(&path, &body)).await;
        changed.is(200);
        changed.stands("ready_for_payment");
    } else if name.starts_with("cancel_") {
        let canceled = agent.send(Ask::post(&format!("{path}/cancel"), &body)).await;
        canceled.is(200);
        canceled.stands("canceled");
    } else {
        if needs_challenge {
            let challenged = agent.complete(ready.id(), &Payment::with(token)).await;
            challenged.stands("authentication_required");
        }
        let paid = agent.send(Ask::post(&format!("{path}/complete"), &body)).await;
        paid.is(200);
        let is_denied = example["authentication_result"]["outcome"] == "denied";
        paid.stands(if is_denied { "ready_for_payment" } else { "completed" });
    }
}

async fn replay_all(world: &World, version: Version) {
    let Some(examples) = examples(version) else { return };
    let mut agent = world.agent(version).await;
    let mut sent = 0;
    for (name, example) in examples {
        if name.contains("request") {
            replay(&mut agent, &name, &example).await;
            sent += 1;
        }
    }
    assert!(sent >= 3, "{version}: only {sent} examples");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_a_request_is_understood() {
    let world = World::open();
    for version in Version::tried() {
        replay_all(&world, version).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_tomorrow_is_understood() {
    let world = World::with("[checkout]\nunreleased = true\n");
    replay_all(&world, Version::Unreleased).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_a_trace_is_understood() {
    let file = "examples/unreleased/examples.intent_traces.json";
    let Some(traces) = schemas::official_json(file) else { return };
    let world = World::open();
    for version in Version::V2025_12_12.since() {
        let mut agent = world.agent(version).await;
        for (name, example) in traces.as_object().unwrap() {
            if name.ends_with("_request") {
                replay(&mut agent, name, example).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fraction_of_a_jar_is_not_for_sale() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let mut body = Wish::items(&[(HONEY, 1)]).create_body(version);
        let items = if version.has_capabilities() { "line_items" } else { "items" };
        body[items][0]["quantity"] = json!(2.5);
        let refused = agent.send(Ask::post(SESSIONS, &body)).await;
        refused.is(400);
        assert_eq!(refused.param(), format!("$.{items}[0].quantity"), "{refused}");
    }
}
