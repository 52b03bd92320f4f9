use acp_core::principal::AddressPhone;
use acp_core::refusal::{Fault, FaultKind};
use acp_wire::read::UnknownFields;
use acp_wire::v2026_04_17 as wire;
use acp_wire::voice::Ear;
use serde_json::{Map, Value, json};

use super::reading::{Document, Operation, content, examples};
use crate::http::official::{self, Shape};

#[test]
fn every_example_of_a_body_is_what_its_schema_says() {
    let document = Document::made();
    let mut checked = 0;
    for operation in document.operations() {
        let contents = operation.responses().into_iter().map(|(_, response)| content(response));
        for content in contents.chain(operation.request()) {
            for (name, example) in examples(content) {
                document.check(&content["schema"], example, &format!("{} {name}", operation.id()));
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "only {checked} examples");
}

/// The gateway's own schemas could be wrong in the same way as its answers. Where the official
/// ones are not at hand, this checks nothing, and a test beside them says so.
#[test]
fn every_example_of_an_answer_is_what_the_official_schemas_say() {
    let document = Document::made();
    for operation in document.operations().into_iter().filter(Operation::is_checkout) {
        for (status, response) in operation.responses() {
            for (name, example) in examples(&response["content"]["application/json"]) {
                let shape = if status < 400 { Shape::Session } else { Shape::Error };
                official::check(shape, example);
                // This is all that `CheckoutSessionWithOrder` adds.
                let is_completed = example["status"] == "completed";
                assert_eq!(example["order"].is_object(), is_completed, "{name}");
            }
        }
    }
}

#[test]
fn every_example_of_a_cart_is_what_the_official_schema_says() {
    let document = Document::made();
    let mut checked = 0;
    for operation in document.operations().into_iter().filter(Operation::is_cart) {
        for (status, response) in operation.responses() {
            for (_, example) in examples(&response["content"]["application/json"]) {
                let shape = if status < 400 { Shape::Cart } else { Shape::Error };
                official::check(shape, example);
                checked += 1;
            }
        }
    }
    assert!(checked > 4, "only {checked} examples");
}

#[test]
fn every_example_of_an_order_is_what_the_official_schema_says() {
    let document = Document::made();
    let content =
        |id| &document.operation(id).response(200).unwrap()["content"]["application/json"];
    let (one, listed) = (examples(content("getOrder")), examples(content("listOrders")));
    let listed = listed.iter().flat_map(|(_, example)| example["orders"].as_array().unwrap());
    let all: Vec<_> = one.iter().map(|(_, example)| *example).chain(listed).collect();
    assert!(all.len() > 1, "only {} orders", all.len());
    for order in all {
        official::check(Shape::Order, order);
    }
}

/// Every schema below a value that shows examples.
fn exemplary<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            if value["examples"].is_array() {
                found.push(value);
            }
            members.values().for_each(|value| exemplary(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| exemplary(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_example_of_a_schema_is_what_the_schema_says() {
    let document = Document::made();
    let mut schemas = Vec::new();
    exemplary(&document.0["components"], &mut schemas);
    assert!(schemas.len() > 10, "only {} schemas", schemas.len());
    for schema in schemas {
        for example in schema["examples"].as_array().unwrap() {
            document.check(schema, example, "an example of a schema");
        }
    }
}

/// How the document's readers listen.
const EAR: Ear = Ear { unknown: UnknownFields::Ignore, address_phone: AddressPhone::Elsewhere };

type Read = fn(&[u8]) -> Result<(), Fault>;

fn create(body: &[u8]) -> Result<(), Fault> {
    wire::read_create(body, EAR).map(drop)
}

fn update(body: &[u8]) -> Result<(), Fault> {
    wire::read_update(body, EAR).map(drop)
}

fn complete(body: &[u8]) -> Result<(), Fault> {
    wire::read_complete(body, EAR).map(drop)
}

fn cancel(body: &[u8]) -> Result<(), Fault> {
    wire::read_cancel(body, EAR).map(drop)
}

fn address() -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "line_two": "Flat 2",
        "city": "San Francisco", "state": "CA", "country": "US", "postal_code": "94105",
        "company": "Byron & Co",
    })
}

fn buyer() -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "full_name": "Ada Byron",
        "email": "ada@example.com", "phone_number": "+14155550123", "customer_id": "c1",
        "account_type": "business", "authentication_status": "requires_signin",
        "company": {
            "name": "Byron & Co", "tax_id": "1", "department": "Mugs", "cost_center": "7",
        },
        "loyalty": {
            "tier": "gold", "points_balance": 7, "member_since": "2020-01-01T00:00:00Z",
        },
        "tax_exemption": {
            "certificate_id": "x", "certificate_type": "resale", "exempt_regions": ["CA"],
            "expires_at": "2030-01-01T00:00:00Z",
        },
    })
}

fn group() -> Value {
    json!({
        "id": "g", "item_ids": ["mug"], "destination_type": "pickup", "location_id": "l",
        "fulfillment_details": {"address": address()}, "instructions": "i",
    })
}

fn attribution() -> Value {
    json!({
        "provider": "links.example", "token": "t", "publisher_id": "p", "campaign_id": "c",
        "creative_id": "k", "sub_id": "s", "touchpoint": "first",
        "source": {"type": "url", "url": "https://links.example"},
        "issued_at": "2026-01-01T00:00:00Z", "expires_at": "2030-01-01T00:00:00Z",
        "metadata": {"a": "b"},
    })
}

fn cart_create(body: &[u8]) -> Result<(), Fault> {
    wire::read_cart_create(body, EAR).map(drop)
}

fn cart_update(body: &[u8]) -> Result<(), Fault> {
    wire::read_cart_update(body, EAR).map(drop)
}

/// The same about carts.
fn full_requests_of_carts() -> [(&'static str, Read, Value); 2] {
    let item = json!({"id": "mug", "quantity": 2, "name": "Mug", "unit_amount": 100});
    let create = json!({"line_items": [item], "buyer": buyer(), "locale": "en-US"});
    let update = json!({"line_items": [item], "buyer": buyer()});
    [("CartCreateRequest", cart_create, create), ("CartUpdateRequest", cart_update, update)]
}

/// Requests that say everything there is to say.
fn full_requests() -> [(&'static str, Read, Value); 4] {
    let contact = json!({
        "name": "Ada", "phone_number": "+1", "email": "a@example.com", "address": address(),
    });
    let item = json!({"id": "mug", "quantity": 2, "name": "Mug", "unit_amount": 100});
    let payment = json!({
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
        "billing_address": address(),
    });
    [
        (
            "CheckoutSessionCreateRequest",
            create,
            json!({
                "line_items": [item], "currency": "usd",
                "capabilities": {
                    "interventions": {
                        "supported": ["3ds", "telepathy"], "display_context": "webview",
                        "redirect_context": "none", "max_redirects": 1, "max_interaction_depth": 1,
                    },
                },
                "buyer": buyer(), "fulfillment_details": contact, "order_notes": "n",
                "fulfillment_groups": [group()], "coupons": ["SAVE"], "discounts": {"codes": ["A"]},
                "affiliate_attribution": attribution(),
                "locale": "en-US", "timezone": "America/Los_Angeles", "quote_id": "q",
                "metadata": {"a": [1, {"b": null}]},
            }),
        ),
        (
            "CheckoutSessionUpdateRequest",
            update,
            json!({
                "line_items": [item], "buyer": buyer(), "fulfillment_details": contact,
                "selected_fulfillment_options": [
                    {"type": "local_delivery", "option_id": "o", "item_ids": ["mug"]},
                ],
                "fulfillment_groups": [group()], "coupons": ["SAVE"], "discounts": {"codes": ["A"]},
                "order_notes": "n",
            }),
        ),
        (
            "CheckoutSessionCompleteRequest",
            complete,
            json!({
                "payment_data": payment, "buyer": buyer(), "order_notes": "n",
                "affiliate_attribution": attribution(),
                "marketing_consents": [{"channel": "email", "opted_in": true}],
                "risk_signals": {
                    "ip_address": "203.0.113.9", "user_agent": "u", "accept_language": "en",
                    "session_id": "s", "device_fingerprint": "f",
                },
                "authentication_result": {
                    "outcome": "attempt_acknowledged",
                    "outcome_details": {
                        "three_ds_cryptogram": "c", "electronic_commerce_indicator": "05",
                        "transaction_id": "t", "version": "2.2.0",
                    },
                },
            }),
        ),
        (
            "CancelSessionRequest",
            cancel,
            json!({"intent_trace": {
                "reason_code": "comparison", "trace_summary": "s",
                "metadata": {"a": "b", "c": 1, "d": true},
            }}),
        ),
    ]
}

/// What is put in the place of every value of a request, one at a time: other types, and sizes
/// on both sides of each bound.
fn replacements() -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!(true),
        json!([]),
        json!([{}]),
        json!({}),
        json!("resale"),
        json!("US"),
        json!("usd"),
        json!("2020-01-01T00:00:00Z"),
        json!("a@example.com"),
        json!(""),
        json!({"deep": {"deeper": 1}}),
        json!(["a", "b"]),
        json!([7]),
    ];
    values.extend([-1, 0, 1, 10_000, 10_001].map(Value::from));
    values.extend([json!(1.0), json!(1.5)]);
    let lengths = [2, 127, 128, 129, 500, 501, 1_000, 1_001, 1_024, 1_025, 5_000, 5_001];
    values.extend(lengths.map(|length| "x".repeat(length).into()));
    let sizes = [20, 21, 100, 101, 200, 201];
    values.extend(sizes.map(|size| vec![json!({"id": "a"}); size].into()));
    values.extend(sizes.map(|size| vec![json!("a"); size].into()));
    let option = json!({"type": "pickup", "option_id": "o", "item_ids": []});
    values.extend([20, 21].map(|size| vec![option.clone(); size].into()));
    let entries =
        |size: u32| -> Map<_, _> { (0..size).map(|n| (n.to_string(), n.into())).collect() };
    values.extend([50, 51].map(|size| entries(size).into()));
    values
}

/// The place of every value in a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found));
        }
        Value::Array(values) => {
            let values = values.iter().enumerate();
            values.for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A request like `full` in all but one place.
fn variants(full: &Value) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    places(full, "", &mut found);
    let mut variants = vec![("as it is".to_owned(), full.clone())];
    for place in found {
        for replacement in replacements() {
            let mut variant = full.clone();
            *variant.pointer_mut(&place).unwrap() = replacement.clone();
            let shown: String = replacement.to_string().chars().take(40).collect();
            variants.push((format!("{shown} at {place}"), variant));
        }
        let (above, name) = place.rsplit_once('/').unwrap_or_default();
        let mut variant = full.clone();
        if let Some(Value::Object(members)) = variant.pointer_mut(above)
            && members.remove(name).is_some()
        {
            variants.push((format!("nothing at {place}"), variant));
        }
    }
    variants
}

/// The reader knows more than the schemas say: which currencies there are, and which outcomes of
/// an authentication have to be proven.
fn is_beyond_schemas(fault: &Fault) -> bool {
    let is_about_proof = fault.path.starts_with("$.authentication_result.outcome_details")
        && fault.text.contains("for this outcome");
    // People are told from campaigns by how they look.
    let is_about_people = fault.kind == FaultKind::PersonalData;
    // One version takes any, and all share the schema.
    let is_about_liability = fault.path.ends_with(".electronic_commerce_indicator");
    is_about_proof
        || is_about_liability
        || is_about_people
        || fault.path == "$.currency" && fault.text.contains("ISO 4217")
}

/// Of a request that differs from a good one in one place, the schema says it is good exactly
/// when the gateway takes it.
#[test]
fn the_schemas_of_requests_ask_for_what_the_gateway_asks_for() {
    let document = Document::made();
    let (mut disputed, mut good, mut bad) = (Vec::new(), 0, 0);
    for (name, read, full) in full_requests().into_iter().chain(full_requests_of_carts()) {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        let validator = document.validator(&schema);
        for (what, request) in variants(&full) {
            let taken = read(request.to_string().as_bytes());
            let is_taken = match &taken {
                Err(fault) if is_beyond_schemas(fault) => continue,
                taken => taken.is_ok(),
            };
            *(if is_taken { &mut good } else { &mut bad }) += 1;
            if validator.is_valid(&request) != is_taken {
                disputed.push(format!("{name}: {what}: {taken:?}"));
            }
        }
    }
    assert!(disputed.is_empty(), "{} disputes: {disputed:#?}", disputed.len());
    assert!(good > 500 && bad > 500, "{good} good and {bad} bad requests are too few");
}
