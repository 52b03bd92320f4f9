//! The collection for Postman and what it says about the API.

use std::collections::BTreeSet;

use acp_wire::problem::Code;
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
            format!("{} {path}", request["method"].as_str().unwrap().to_lowercase())
        })
        .collect();
    for operation in Document::made().operations() {
        let call = format!("{} {}", operation.method, operation.path);
        assert!(asked.contains(&call), "{call} is not in the collection");
    }
}

#[test]
fn every_request_of_the_collection_is_tested_for_what_the_gateway_says() {
    for item in requests() {
        let scripts = item["event"].as_array().unwrap().iter();
        let script = scripts.filter(|event| event["listen"] == "test");
        let lines = script.flat_map(|event| event["script"]["exec"].as_array().unwrap());
        let script = lines.map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n");
        let (_, status) = script.split_once("to.have.status(").unwrap();
        let status: u16 = status.split(')').next().unwrap().parse().unwrap();
        if let Some((_, code)) = script.split_once("json().code).to.equal('") {
            let word = code.split('\'').next().unwrap();
            let code = Code::ALL.into_iter().find(|code| code.as_str() == word);
            assert_eq!(code.unwrap().status(), status, "{word} in {}", item["name"]);
        } else {
            assert!(status < 300, "{} expects {status} without a code", item["name"]);
        }
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
}
