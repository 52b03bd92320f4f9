use acp_wire::problem::Code;
use acp_wire::version::Version;
use serde_json::{Value, json};

use super::reading::{Document, Operation, content, examples};

const CARTS: [&str; 4] = ["createCart", "getCart", "updateCart", "cancelCart"];

const ORDERS: [&str; 8] = [
    "listOrders",
    "getOrder",
    "listOrderEvents",
    "createFulfillment",
    "updateFulfillment",
    "cancelLines",
    "returnLines",
    "createRefund",
];

const WEBHOOKS: [&str; 7] = [
    // It stands at the same address as the next one, and before it.
    "getWebhookEndpoints",
    "createWebhookEndpoint",
    "getWebhookEndpoint",
    "updateWebhookEndpoint",
    "deleteWebhookEndpoint",
    "testWebhookEndpoint",
    "getWebhookDeliveries",
];

const SHOP: [&str; 7] = [
    "listItems",
    "getItem",
    "updateItem",
    "countStock",
    "getApprovals",
    "decideApproval",
    "getFeed",
];

const MANDATES: [&str; 6] = [
    "listMandates",
    "createMandate",
    "getMandate",
    "updateMandate",
    "revokeMandate",
    "getMandateLedger",
];
const INTENTS: [&str; 3] = ["createIntent", "getConversation", "deleteConversation"];

const PLANS: [&str; 10] = [
    // It stands at the same address as the next one, and before it.
    "listPlans",
    "createPlan",
    "getPlan",
    "followPlan",
    "explainPlan",
    "answerPlan",
    "executePlan",
    "approvePlan",
    "rejectPlan",
    "cancelPlan",
];

const CHECKOUT: [&str; 6] = [
    // It stands at the same address as the next one, and before it.
    "listCheckoutSessions",
    "createCheckoutSession",
    "getCheckoutSession",
    "updateCheckoutSession",
    "completeCheckoutSession",
    "cancelCheckoutSession",
];

const PAYMENT: [&str; 1] = ["delegatePayment"];

const AUTHENTICATION: [&str; 3] =
    ["createAuthenticationSession", "authenticateSession", "getAuthenticationSession"];

/// The statuses an operation can really answer with.
#[expect(clippy::too_many_lines, reason = "a table, a row for each operation")]
fn statuses(operation: &str) -> &'static [u16] {
    match operation {
        "createCheckoutSession"
        | "createCart"
        | "createMandate"
        | "createWebhookEndpoint"
        | "delegatePayment" => &[201, 400, 401, 403, 408, 409, 413, 414, 415, 422, 429, 500, 503],
        "authenticateSession" => &[200, 400, 401, 403, 404, 408, 409, 413, 414, 415, 429, 500, 503],
        "followPlan" => &[200, 204, 400, 401, 403, 404, 414, 429, 500, 503],
        "updateWebhookEndpoint" | "testWebhookEndpoint" => {
            &[200, 400, 401, 403, 404, 408, 413, 414, 415, 429, 500, 503]
        }
        "createIntent" | "createPlan" | "createAuthenticationSession" => {
            &[201, 400, 401, 403, 404, 408, 409, 413, 414, 415, 422, 429, 500, 503]
        }
        "executePlan" => {
            &[200, 202, 400, 401, 403, 404, 408, 409, 413, 414, 415, 422, 428, 429, 500, 503]
        }
        "approvePlan" => {
            &[200, 400, 401, 403, 404, 408, 409, 413, 414, 415, 422, 428, 429, 500, 503]
        }
        "getConversation"
        | "deleteConversation"
        | "getAuthenticationSession"
        | "getCheckoutSession"
        | "getCart"
        | "getOrder"
        | "listOrderEvents"
        | "getItem"
        | "getMandate"
        | "getPlan"
        | "explainPlan"
        | "getMandateLedger"
        | "getWebhookEndpoint"
        | "deleteWebhookEndpoint"
        | "getWebhookDeliveries" => &[200, 400, 401, 403, 404, 414, 429, 500, 503],
        "updateCheckoutSession"
        | "completeCheckoutSession"
        | "updateCart"
        | "cancelCart"
        | "createFulfillment"
        | "updateFulfillment"
        | "cancelLines"
        | "returnLines"
        | "createRefund"
        | "updateItem"
        | "countStock"
        | "decideApproval"
        | "answerPlan"
        | "rejectPlan"
        | "cancelPlan"
        | "revokeMandate" => {
            &[200, 400, 401, 403, 404, 408, 409, 413, 414, 415, 422, 429, 500, 503]
        }
        "updateMandate" => {
            &[200, 400, 401, 403, 404, 408, 409, 412, 413, 414, 415, 422, 428, 429, 500, 503]
        }
        "cancelCheckoutSession" => {
            &[200, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415, 422, 429, 500, 503]
        }
        "listOrders"
        | "getFeed"
        | "listItems"
        | "listCheckoutSessions"
        | "getApprovals"
        | "listMandates"
        | "listPlans"
        | "getWebhookEndpoints" => &[200, 400, 401, 403, 414, 429, 500, 503],
        "health" => &[200],
        "discover" => &[200, 429],
        "ready" => &[200, 503],
        other => panic!("{other} is new: which statuses can it answer with?"),
    }
}

#[test]
fn every_route_is_described_in_the_order_of_its_use() {
    let text = acp_gateway::http::openapi_document(Version::NEWEST);
    let ids = text.lines().filter_map(|line| line.trim().strip_prefix("\"operationId\": \""));
    let ids: Vec<_> = ids.map(|id| id.trim_end_matches("\",")).collect();
    let ours = [
        &CARTS[..],
        &CHECKOUT,
        &ORDERS,
        &PAYMENT,
        &AUTHENTICATION,
        &WEBHOOKS,
        &SHOP,
        &MANDATES,
        &INTENTS,
        &PLANS,
        &["health", "ready", "discover"],
    ];
    assert_eq!(ids, ours.concat());
}

#[test]
fn every_operation_says_what_it_answers() {
    let document = Document::made();
    for operation in document.operations() {
        let answered: Vec<_> = operation.responses().iter().map(|(status, _)| *status).collect();
        assert_eq!(answered, statuses(operation.id()), "{}", operation.id());
    }
}

#[test]
fn every_operation_says_which_headers_it_takes() {
    let document = Document::made();
    for operation in document.operations() {
        let parameters = operation.parameters();
        let find = |name: &str| parameters.iter().find(|parameter| parameter["name"] == name);
        let (id, is_post) = (operation.id(), operation.is_post());
        let is_keyed = operation.is_keyed();

        assert_eq!(find("API-Version").is_some(), operation.is_versioned(), "{id}");
        if let Some(version) = find("API-Version") {
            assert_eq!((&version["in"], &version["required"]), (&json!("header"), &json!(true)));
            assert_eq!(version["schema"]["enum"], json!(["2026-04-17"]));
        }
        assert_eq!(find("Idempotency-Key").is_some(), is_keyed, "{id}");
        if let Some(key) = find("Idempotency-Key") {
            assert_eq!((&key["in"], &key["required"]), (&json!("header"), &json!(is_post)));
            assert_eq!(key["schema"]["minLength"], 1);
            assert_eq!(key["schema"]["maxLength"], 255);
        }
        assert_eq!(find("Request-Id").unwrap()["required"], false, "{id}");
        for name in ["Signature", "Timestamp"] {
            let is_taken = find(name).is_some_and(|header| header["required"] == false);
            assert_eq!(is_taken, operation.is_versioned(), "{name} of {id}");
        }
        let has_session = operation.path.contains("{checkout_session_id}");
        assert_eq!(find("checkout_session_id").is_some(), has_session, "{id}");
        let has_order = operation.path.contains("{order_id}");
        assert_eq!(find("order_id").is_some(), has_order, "{id}");
        let has_authentication = operation.path.contains("{authentication_session_id}");
        assert_eq!(find("authentication_session_id").is_some(), has_authentication, "{id}");
        let has_cart = operation.path.contains("{cart_id}");
        assert_eq!(find("cart_id").is_some(), has_cart, "{id}");
        let has_endpoint = operation.path.contains("{endpoint_id}");
        assert_eq!(find("endpoint_id").is_some(), has_endpoint, "{id}");
        let has_item = operation.path.contains("{item_id}");
        assert_eq!(find("item_id").is_some(), has_item, "{id}");
        let has_mandate = operation.path.contains("{mandate_id}");
        assert_eq!(find("mandate_id").is_some(), has_mandate, "{id}");
        let has_plan = operation.path.contains("{plan_id}");
        assert_eq!(find("plan_id").is_some(), has_plan, "{id}");
        // Who looks at a plan has not looked at it before.
        let is_seen = id == "updateMandate" || has_plan && is_post;
        assert_eq!(find("If-Match").is_some(), is_seen, "{id}");
        if let Some(seen) = find("If-Match") {
            let is_free = ["answerPlan", "rejectPlan", "cancelPlan"].contains(&id);
            assert_eq!(seen["required"], !is_free, "{id}");
        }
        let may_wait = ["executePlan", "createIntent"].contains(&id);
        assert_eq!(find("Prefer").is_some(), may_wait, "{id}");
        let has_conversation = operation.path.contains("{conversation_id}") || id == "listPlans";
        assert_eq!(find("conversation_id").is_some(), has_conversation, "{id}");
        // A page of plans is as long as it is.
        let is_limited = id.starts_with("list") && id != "listPlans";
        assert_eq!(find("limit").is_some(), is_limited, "{id}");
        assert_eq!(operation.is_without_key(), !operation.is_versioned(), "{id}");
        assert_eq!(operation.request().is_some(), is_keyed, "{id}");
        if let Some(body) = operation.request_body() {
            let may_be_empty = [
                "cancelCheckoutSession",
                "cancelCart",
                "revokeMandate",
                "executePlan",
                "approvePlan",
                "rejectPlan",
                "cancelPlan",
            ];
            let may_be_empty = may_be_empty.contains(&id);
            assert_eq!(body["required"], !may_be_empty, "{id}");
        }
    }
    assert_eq!(document.0["security"], json!([{"agentKey": []}]));
}

/// The headers an answer has to name.
fn headers(operation: &Operation<'_>, status: u16) -> Vec<&'static str> {
    let mut names = vec!["request-id"];
    if operation.is_keyed() {
        names.push("idempotency-key");
    }
    if operation.is_versioned() && status < 300 {
        names.push("cache-control");
        if operation.is_keyed() {
            names.push("idempotent-replayed");
        }
    }
    if operation.is_versioned() && ![401, 414].contains(&status) {
        names.extend(["ratelimit-policy", "ratelimit"]);
    }
    match status {
        // Nobody can look at a token.
        201 if operation.id() == "delegatePayment" => {}
        201 | 202 => names.push("location"),
        401 => names.push("www-authenticate"),
        405 => names.push("allow"),
        409 | 429 | 503 => names.push("retry-after"),
        _ => {}
    }
    names
}

#[test]
fn every_answer_says_which_headers_it_has() {
    let document = Document::made();
    for operation in document.operations() {
        for (status, response) in operation.responses() {
            let named = operation.headers_of(status);
            for name in headers(&operation, status) {
                assert!(named.iter().any(|known| known == name), "{} {status}", operation.id());
            }
            for header in response["headers"].as_object().unwrap().values() {
                let header = document.resolved(header);
                assert!(header["description"].is_string() && header["schema"].is_object());
            }
        }
    }
}

#[test]
fn every_request_and_every_good_answer_has_an_example() {
    let document = Document::made();
    for operation in document.operations() {
        if let Some(request) = operation.request() {
            let shown = examples(request);
            assert!(!shown.is_empty(), "{}", operation.id());
            let answered: Vec<_> = operation
                .responses()
                .into_iter()
                .filter(|(status, _)| *status < 300)
                .flat_map(|(_, response)| examples(&response["content"]["application/json"]))
                .map(|(name, _)| name)
                .collect();
            let asked: Vec<_> = shown.iter().map(|(name, _)| *name).collect();
            assert_eq!(asked, answered, "{}: each example is asked and answered", operation.id());
        }
        for (_, response) in operation.responses().into_iter().filter(|(status, _)| *status != 204)
        {
            assert!(!examples(content(response)).is_empty());
        }
    }
}

#[test]
fn every_refusal_is_an_error_with_an_example_for_each_code() {
    let document = Document::made();
    let mut told: Vec<Value> = Vec::new();
    for operation in document.operations() {
        for (status, response) in operation.responses().into_iter().filter(|(s, _)| *s >= 400) {
            let content = &response["content"]["application/json"];
            assert_eq!(content["schema"]["$ref"], "#/components/schemas/Error");
            for (name, example) in examples(content) {
                assert_eq!(example["code"], name);
                let code = Code::ALL.into_iter().find(|code| code.as_str() == name).unwrap();
                // Of a card that has not the form of one, the same word is said.
                let is_form = code == Code::InvalidCard && status == 400;
                // Whose a card is, is a part of the protocol with a status of its own for this.
                let is_conflict = code == Code::IdempotencyConflict
                    && status == 409
                    && AUTHENTICATION.contains(&operation.id());
                assert!(code.status() == status || is_form || is_conflict, "{name}");
                told.push(example["code"].clone());
            }
        }
    }
    // Nobody is told these by an operation: there is none at such an address.
    let of_no_operation = [Code::NotFound, Code::MethodNotAllowed];
    for code in Code::ALL.into_iter().filter(|code| !of_no_operation.contains(code)) {
        assert!(told.contains(&code.as_str().into()), "no operation answers {}", code.as_str());
    }
}
