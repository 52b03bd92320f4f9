//! The collection for Postman and what it says about the API.

use std::collections::BTreeSet;

use acp_wire::problem::Code;
use acp_wire::version::Version;
use serde_json::Value;

use super::reading::Document;

const TEXT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/collections/acp-gateway.postman_collection.json"
));
const ENVIRONMENT: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/collections/local.postman_environment.json"
));

/// Every request of the collection.
fn requests() -> Vec<Value> {
    let collection: Value = serde_json::from_str(TEXT).unwrap();
    let folders = collection["item"].as_array().unwrap();
    folders.iter().flat_map(|folder| folder["item"].as_array().unwrap()).cloned().collect()
}

#[test]
fn every_operation_is_in_the_collection() {
    let asked: BTreeSet<_> = requests()
        .iter()
        .map(|item| {
            let request = &item["request"];
            let path = request["url"]["raw"].as_str().unwrap().replace("{{baseUrl}}", "");
            let path = path.replace("{{sessionId}}", "{checkout_session_id}");
            let path = path.replace("{{orderId}}", "{order_id}");
            let path = path.replace("{{fulfillmentId}}", "{fulfillment_id}");
            let path = path.replace("{{cartId}}", "{cart_id}");
            let path = path.replace("{{itemId}}", "{item_id}");
            let path = path.replace("{{mandateId}}", "{mandate_id}");
            let path = path.replace("{{planId}}", "{plan_id}");
            let path = path.replace("{{endpointId}}", "{endpoint_id}");
            let path = path.replace("{{conversationId}}", "{conversation_id}");
            let path = path.replace("{{authenticationId}}", "{authentication_session_id}");
            let path = path.split('?').next().unwrap();
            format!("{} {path}", request["method"].as_str().unwrap().to_lowercase())
        })
        .collect();
    for operation in Document::made().operations() {
        let call = format!("{} {}", operation.method, operation.path);
        assert!(asked.contains(&call), "{call} is not in the collection");
    }
}

/// What is tested of the answer to a request.
fn script(item: &Value) -> String {
    let scripts = item["event"].as_array().unwrap().iter();
    let script = scripts.filter(|event| event["listen"] == "test");
    let lines = script.flat_map(|event| event["script"]["exec"].as_array().unwrap());
    lines.map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The version a request is made in; `{{apiVersion}}` stands for the newest.
fn version(item: &Value) -> Option<Version> {
    let headers = item["request"]["header"].as_array().unwrap().iter();
    let mut named = headers.filter(|header| header["key"] == "API-Version");
    let text = named.next()?["value"].as_str().unwrap();
    Version::parse(&text.replace("{{apiVersion}}", Version::NEWEST.as_str())).ok()
}

#[test]
fn every_request_of_the_collection_is_tested_for_what_the_gateway_says() {
    for item in requests() {
        let script = script(&item);
        let (_, status) = script.split_once("to.have.status(").unwrap();
        let status: u16 = status.split(')').next().unwrap().parse().unwrap();
        if let Some((_, code)) = script.split_once("json().code).to.equal('") {
            let word = code.split('\'').next().unwrap();
            let code = Code::ALL.into_iter().find(|code| code.as_str() == word).unwrap();
            let is_conflict = version(&item).is_some_and(Version::calls_it_a_conflict);
            let expected = match code {
                Code::IdempotencyConflict if is_conflict => 409,
                code => code.status(),
            };
            assert_eq!(status, expected, "{word} in {}", item["name"]);
        } else {
            assert!(status < 300, "{} expects {status} without a code", item["name"]);
        }
    }
}

#[test]
fn something_is_bought_in_every_released_version() {
    let mut bought = BTreeSet::new();
    for item in requests() {
        let is_paid = script(&item).contains("json().status).to.equal('completed')");
        let url = item["request"]["url"]["raw"].as_str().unwrap();
        if is_paid && url.ends_with("/complete") {
            bought.extend(version(&item));
        }
    }
    assert_eq!(bought, BTreeSet::from(Version::RELEASED));
}

#[test]
fn every_variable_of_the_collection_is_set_somewhere() {
    let collection: Value = serde_json::from_str(TEXT).unwrap();
    let declared = collection["variable"].as_array().unwrap().iter();
    let declared: BTreeSet<_> = declared.map(|v| v["key"].as_str().unwrap()).collect();
    let used = TEXT.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap());
    for name in used.collect::<BTreeSet<_>>() {
        let is_made = name.starts_with('$') || TEXT.contains(&format!("pm.variables.set('{name}'"));
        assert!(is_made || declared.contains(name), "nothing sets {name}");
    }
}

#[test]
fn the_environment_sets_what_the_collection_needs() {
    let environment: Value = serde_json::from_str(ENVIRONMENT).unwrap();
    let set: Vec<_> = environment["values"].as_array().unwrap().iter().map(|v| &v["key"]).collect();
    for name in ["baseUrl", "agentKey", "merchantKey", "principalKey", "apiVersion"] {
        assert!(set.contains(&&Value::from(name)), "{name}");
        assert!(TEXT.contains(&format!("{{{{{name}}}}}")), "{name} is not used");
    }
    for name in ["signingSecret", "hookUrl"] {
        assert!(set.contains(&&Value::from(name)), "{name}");
        assert!(TEXT.contains(&format!("pm.variables.get('{name}')")), "{name} is not used");
    }
}
