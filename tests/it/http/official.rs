//! The official schemas, where they are at hand: they lie beside the repository, never in it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

/// What a document should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Session,
    Cart,
    Order,
    Error,
    Token,
    CardError,
}

impl Shape {
    const fn definition(self) -> &'static str {
        match self {
            Self::Session => "#/$defs/CheckoutSession",
            Self::Cart => "#/$defs/Cart",
            Self::Order => "#/$defs/Order",
            Self::Error | Self::CardError => "#/$defs/Error",
            Self::Token => "#/$defs/DelegatePaymentResponse",
        }
    }
}

const VERSION: &str = "2026-04-17";

fn bundle_path(version: &str) -> PathBuf {
    let file = format!("../shared/spec/spec/{version}/json-schema/schema.agentic_checkout.json");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// The bundle of delegated payment has a refusal of its own.
fn validator_of_cards(version: &str, shape: Shape) -> Option<Validator> {
    let path = bundle_path(version).with_file_name("schema.delegate_payment.json");
    let mut bundle: Value = serde_json::from_slice(&std::fs::read(path).ok()?).unwrap();
    let root = bundle.as_object_mut().unwrap();
    root.remove("$id");
    root.insert("$ref".to_owned(), shape.definition().into());
    Some(jsonschema::options().should_validate_formats(true).build(&bundle).unwrap())
}

/// Fails the test when an answer to a delegation is not what the schema of a version says. Its list
/// of codes has none for some statuses.
pub(crate) fn check_delegated(version: &str, status: u16, answer: &Value) {
    const SAID_OTHERWISE: [&str; 3] =
        ["missing_api_version", "unsupported_api_version", "idempotency_key_required"];
    let code = answer["code"].as_str().unwrap_or_default();
    let shape = match status {
        201 => Shape::Token,
        400 | 409 | 422 | 429 if !SAID_OTHERWISE.contains(&code) => Shape::CardError,
        _ => return,
    };
    let Some(validator) = validator_of_cards(version, shape) else { return };
    let faults: Vec<_> = validator.iter_errors(answer).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{version}: {faults:#?}\n{answer:#}");
}

fn validator(shape: Shape) -> Option<Validator> {
    validator_of(VERSION, shape)
}

fn validator_of(version: &str, shape: Shape) -> Option<Validator> {
    let bundle = std::fs::read_to_string(bundle_path(version)).ok()?;
    // The first version says it as drafts did that its dialect does not know.
    let bundle = bundle.replace("\"exclusiveMinimum\": true", "\"minimum\": 0").into_bytes();
    let mut bundle: Value = serde_json::from_slice(&bundle).unwrap();
    let root = bundle.as_object_mut().unwrap();
    root.remove("$id");
    root.insert("$ref".to_owned(), shape.definition().into());
    Some(jsonschema::options().should_validate_formats(true).build(&bundle).unwrap())
}

/// The bundle of carts refers to a neighbour by a name that leads nowhere; here both are one.
fn validator_of_carts() -> Option<Validator> {
    let read = |path: PathBuf| -> Option<Value> {
        let text = std::fs::read_to_string(path).ok()?;
        let text = text.replace("schema.agentic_checkout.json#", "#");
        Some(serde_json::from_str(&text).unwrap())
    };
    let mut bundle = read(bundle_path(VERSION))?;
    let carts = read(bundle_path(VERSION).with_file_name("schema.cart.json"))?;
    let root = bundle.as_object_mut().unwrap();
    root.remove("$id");
    root.insert("$ref".to_owned(), Shape::Cart.definition().into());
    let known = root["$defs"].as_object_mut().unwrap();
    known.extend(carts["$defs"].as_object().unwrap().clone());
    Some(jsonschema::options().should_validate_formats(true).build(&bundle).unwrap())
}

static SESSION: LazyLock<Option<Validator>> = LazyLock::new(|| validator(Shape::Session));
static CART: LazyLock<Option<Validator>> = LazyLock::new(validator_of_carts);
static ORDER: LazyLock<Option<Validator>> = LazyLock::new(|| validator(Shape::Order));
static ERROR: LazyLock<Option<Validator>> = LazyLock::new(|| validator(Shape::Error));

/// Fails the test when an order is not what the official schema of a version says.
pub(crate) fn check_order(version: &str, order: &Value) {
    let Some(validator) = validator_of(version, Shape::Order) else {
        return;
    };
    let faults: Vec<_> = validator.iter_errors(order).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{version}: {faults:#?}\n{order:#}");
}

/// Fails the test when a document is not what the official schema of the version says.
pub(crate) fn check(shape: Shape, document: &Value) {
    let validator = match shape {
        Shape::Session => &*SESSION,
        Shape::Cart => &*CART,
        Shape::Order => &*ORDER,
        Shape::Error => &*ERROR,
        Shape::Token | Shape::CardError => panic!("these differ by version"),
    };
    let Some(validator) = validator else {
        return;
    };
    let faults: Vec<_> = validator
        .iter_errors(document)
        .map(|fault| format!("{} at {}", fault, fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{shape:?}: {faults:#?}\n{document:#}");
}

#[test]
fn the_official_schemas_are_checked_where_they_are_at_hand() {
    assert_eq!(SESSION.is_some(), bundle_path(VERSION).exists());
    if SESSION.is_none() {
        let line = format!(
            "left out: the official schemas are not at {}\n",
            bundle_path(VERSION).display()
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let nonsense = serde_json::json!({"id": 7});
    assert!(!SESSION.as_ref().unwrap().is_valid(&nonsense), "the schema refuses something");
    assert!(!CART.as_ref().unwrap().is_valid(&nonsense), "the schema refuses something");
    assert!(!ERROR.as_ref().unwrap().is_valid(&nonsense), "the schema refuses something");
}
