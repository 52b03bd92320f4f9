//! The official JSON Schemas of every version, where they are at hand: they lie beside the
//! repository, never in it.
//!
//! Two faults of theirs are mended when they are read, and tests say when that is needed no
//! longer. The first version says `exclusiveMinimum` as its drafts did, with a truth value, which
//! the dialect it names does not know. And all bundles call themselves the same, while those that
//! refer to a neighbour do so by a name that leads nowhere; so each file gets the address it would
//! have if a version were a folder on a web server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

use super::version::Version;

/// The variable that makes a missing folder of schemas a failure.
const REQUIRED: &str = "ACP_REQUIRE_SPEC";
/// The bundle that is about checkout sessions.
const CHECKOUT: &str = "schema.agentic_checkout.json";
/// What a document may be, by the name of its definition.
const SHAPES: [&str; 10] = [
    "CheckoutSession",
    "CheckoutSessionWithOrder",
    "Order",
    "Error",
    "CheckoutSessionCreateRequest",
    "CheckoutSessionUpdateRequest",
    "CheckoutSessionCompleteRequest",
    "CancelSessionRequest",
    "AuthenticationResult",
    "DiscoveryResponse",
];

/// The bundle that is about carts, and what is in it.
const CART: &str = "schema.cart.json";
const SHAPES_OF_CARTS: [&str; 3] = ["Cart", "CartCreateRequest", "CartUpdateRequest"];

/// The bundle that is about cards, and what is in it. It has a refusal of its own.
const DELEGATION: &str = "schema.delegate_payment.json";
const SHAPES_OF_CARDS: [(&str, &str); 3] = [
    ("DelegatePaymentRequest", "DelegatePaymentRequest"),
    ("DelegatePaymentResponse", "DelegatePaymentResponse"),
    ("CardError", "Error"),
];

/// The bundle that is about whose a card is, which came late, and what is in it.
const AUTHENTICATION: &str = "schema.delegate_authentication.json";
const SHAPES_OF_AUTHENTICATIONS: [(&str, &str); 5] = [
    ("DelegateAuthenticationCreateRequest", "DelegateAuthenticationCreateRequest"),
    ("DelegateAuthenticationAuthenticateRequest", "DelegateAuthenticationAuthenticateRequest"),
    ("DelegateAuthenticationSession", "DelegateAuthenticationSession"),
    ("FoundOut", "AuthenticationResult"),
    ("AuthenticationError", "Error"),
];

type Validators = BTreeMap<(Version, &'static str), Validator>;

static VALIDATORS: LazyLock<Option<Validators>> = LazyLock::new(load);

/// The folder of the protocol's own files.
pub(super) fn official(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/spec").join(below)
}

/// A JSON file of the protocol; `None` where it is not at hand.
pub(super) fn official_json(below: &str) -> Option<Value> {
    let text = std::fs::read(official(below)).ok()?;
    Some(serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{below}: {error}")))
}

fn bundle(version: Version, file: &str) -> Option<Value> {
    official_json(&format!("spec/{version}/json-schema/{file}"))
}

fn address(version: Version, file: &str) -> String {
    format!("https://schemas.test/{version}/{file}")
}

fn build(schema: &Value, registry: Option<&Registry<'_>>) -> Result<Validator, String> {
    let options = jsonschema::options().should_validate_formats(true);
    let options = match registry {
        Some(registry) => options.with_registry(registry),
        None => options,
    };
    options.build(schema).map_err(|error| error.to_string())
}

/// Says `exclusiveMinimum` with a number, everywhere below.
fn mend_bounds(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("exclusiveMinimum") == Some(&Value::Bool(true)) {
                let bound = members.remove("minimum").unwrap();
                members.insert("exclusiveMinimum".to_owned(), bound);
            }
            members.values_mut().for_each(mend_bounds);
        }
        Value::Array(values) => values.iter_mut().for_each(mend_bounds),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A bundle as it can be used.
fn mended(version: Version, file: &str) -> Option<Value> {
    let mut bundle = bundle(version, file)?;
    mend_bounds(&mut bundle);
    bundle["$id"] = json!(address(version, file));
    Some(bundle)
}

fn registry(resources: Vec<(String, Value)>) -> Registry<'static> {
    let mut registry = Registry::new();
    for (address, bundle) in resources {
        registry = registry.add(address, bundle).unwrap();
    }
    registry.prepare().unwrap()
}

fn load() -> Option<Validators> {
    let mut validators = Validators::new();
    for version in Version::RELEASED.into_iter().chain([Version::Unreleased]) {
        let bundle = mended(version, CHECKOUT)?;
        let address = address(version, CHECKOUT);
        let known = bundle["$defs"].clone();
        let mut bundles = vec![(address.clone(), bundle)];
        // Carts came late.
        let carts = mended(version, CART);
        bundles.extend(carts.clone().map(|carts| (self::address(version, CART), carts)));
        let registry = registry(bundles);
        for shape in SHAPES.into_iter().filter(|shape| known.get(shape).is_some()) {
            let schema = json!({"$ref": format!("{address}#/$defs/{shape}")});
            validators.insert((version, shape), build(&schema, Some(&registry)).unwrap());
        }
        for (file, shapes) in
            [(DELEGATION, &SHAPES_OF_CARDS[..]), (AUTHENTICATION, &SHAPES_OF_AUTHENTICATIONS)]
        {
            let Some(bundle) = mended(version, file) else { continue };
            let of_cards = self::address(version, file);
            let registry_of_cards = self::registry(vec![(of_cards.clone(), bundle)]);
            for (name, shape) in shapes {
                let schema = json!({"$ref": format!("{of_cards}#/$defs/{shape}")});
                let validator = build(&schema, Some(&registry_of_cards)).unwrap();
                validators.insert((version, name), validator);
            }
        }
        for shape in SHAPES_OF_CARTS.into_iter().filter(|_| carts.is_some()) {
            let schema =
                json!({"$ref": format!("{}#/$defs/{shape}", self::address(version, CART))});
            validators.insert((version, shape), build(&schema, Some(&registry)).unwrap());
        }
    }
    Some(validators)
}

/// What is wrong with a document; nothing where the schemas are not at hand.
pub(super) fn faults(version: Version, shape: &'static str, document: &Value) -> Vec<String> {
    let Some(validators) = &*VALIDATORS else { return Vec::new() };
    let validator = validators
        .get(&(version, shape))
        .unwrap_or_else(|| panic!("version {version} has no {shape}"));
    let faults = validator.iter_errors(document);
    faults.map(|fault| format!("{fault} at {}", fault.instance_path())).collect()
}

/// Fails the test when a document is not what its version says it is.
pub(super) fn check(version: Version, shape: &'static str, document: &Value, what: &str) {
    let faults = faults(version, shape, document);
    assert!(faults.is_empty(), "{what}: no {shape} of {version}: {faults:#?}\n{document:#}");
}

/// Fails the test when a session is not what its version says.
///
/// The first version has an order, and a place for it that its schema forbids to be filled; the
/// order is then looked at on its own.
pub(super) fn check_session(version: Version, session: &Value, what: &str) {
    let mut session = session.clone();
    let order = session.get("order").cloned();
    if version == Version::V2025_09_29
        && let Some(order) = &order
    {
        session.as_object_mut().unwrap().remove("order");
        check(version, "Order", order, what);
        check(version, "CheckoutSession", &session, what);
    } else if order.is_some() {
        check(version, "CheckoutSessionWithOrder", &session, what);
    } else {
        check(version, "CheckoutSession", &session, what);
    }
}

/// Fails the test when a refusal is not what its version says.
///
/// Who asks in no version, or in one that is not spoken, is answered in the newest. And a conflict
/// of keys carries `messages` up to 2026-01-30, beyond what the schema lists: agents of that time
/// look for them.
pub(super) fn check_error(version: Version, error: &Value, what: &str) {
    let code = error["code"].as_str().unwrap_or_default();
    let is_about_version = ["missing_api_version", "unsupported_api_version"].contains(&code);
    let version = if is_about_version { Version::NEWEST } else { version };
    let mut error = error.clone();
    if code == "idempotency_conflict" && version <= Version::V2026_01_30 {
        error.as_object_mut().unwrap().remove("messages");
    }
    check(version, "Error", &error, what);
}

/// Fails the test when an answer about an authentication is not what its version says. The schema
/// forbids the result it speaks of, which is looked at on its own; and its codes are a closed list.
pub(super) fn check_authentication(version: Version, status: u16, answer: &Value, what: &str) {
    let code = answer["code"].as_str().unwrap_or_default();
    if status >= 400 {
        let has_code = ["invalid_card", "idempotency_conflict"].contains(&code);
        let is_known = has_code && version >= Version::V2026_04_17;
        if is_known {
            check(version, "AuthenticationError", answer, what);
        } else {
            check_error(version, answer, what);
        }
        return;
    }
    let mut session = answer.clone();
    if let Some(result) = session.as_object_mut().unwrap().remove("authentication_result") {
        check(version, "FoundOut", &result, what);
    }
    check(version, "DelegateAuthenticationSession", &session, what);
}

/// Fails the test when an answer to a delegation is not what its version says. The codes of that
/// schema are a closed list, which has none for some statuses and, before 2026-04-17, none for keys.
pub(super) fn check_delegated(version: Version, status: u16, answer: &Value, what: &str) {
    let code = answer["code"].as_str().unwrap_or_default();
    let has_code = !["missing_api_version", "unsupported_api_version"].contains(&code)
        && (code != "idempotency_key_required" || version.needs_key());
    match status {
        201 => check(version, "DelegatePaymentResponse", answer, what),
        400 | 409 | 422 | 429 if has_code => check(version, "CardError", answer, what),
        _ => {}
    }
}

/// Whether the official files are at hand. Where they must be and are not, the test fails.
pub(super) fn are_at_hand() -> bool {
    let is_required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
    let are_at_hand = VALIDATORS.is_some();
    assert!(
        are_at_hand || !is_required,
        "{REQUIRED} is set, but there are no schemas in {}",
        official("spec").display()
    );
    are_at_hand
}

#[test]
fn the_official_files_are_used_where_they_are_at_hand() {
    use std::io::Write;
    assert_eq!(VALIDATORS.is_some(), official("spec").exists());
    if !are_at_hand() {
        let folder = official("").display().to_string();
        let line = format!("left out: schemas and examples of the protocol; not at {folder}\n");
        std::io::stderr().write_all(line.as_bytes()).unwrap();
        return;
    }
    let nonsense = json!({"id": 7, "email": "no"});
    for version in Version::RELEASED {
        for shape in ["CheckoutSession", "Error", "CheckoutSessionCreateRequest"] {
            assert!(!faults(version, shape, &nonsense).is_empty(), "{version} refuses something");
        }
    }
}

#[test]
fn formats_are_looked_at() {
    if !are_at_hand() {
        return;
    }
    let order = |url| json!({"id": "o", "checkout_session_id": "s", "permalink_url": url});
    for version in Version::RELEASED {
        assert_eq!(faults(version, "Order", &order("https://shop.example/o")), [""; 0]);
        assert_ne!(faults(version, "Order", &order("no address")), [""; 0], "{version}");
    }
}

#[test]
fn bounds_still_have_to_be_mended_in_the_first_version_and_only_there() {
    for version in Version::RELEASED {
        let Some(mut bundle) = bundle(version, CHECKOUT) else { return };
        bundle.as_object_mut().unwrap().remove("$id");
        let is_first = version == Version::V2025_09_29;
        assert_eq!(build(&bundle, None).is_err(), is_first, "{version}");
        mend_bounds(&mut bundle);
        build(&bundle, None).unwrap_or_else(|error| panic!("{version}: {error}"));
    }
}

#[test]
fn names_of_bundles_still_have_to_be_mended() {
    let name = |version| bundle(version, CHECKOUT).map(|bundle| bundle["$id"].clone());
    let Some(first) = name(Version::V2025_09_29) else { return };
    assert!(Version::RELEASED.into_iter().all(|version| name(version).as_ref() == Some(&first)));

    for file in ["schema.cart.json", "schema.discount.json"] {
        let version = Version::NEWEST;
        let (checkout, neighbour) = (bundle(version, CHECKOUT), bundle(version, file));
        let (checkout, neighbour) = (checkout.unwrap(), neighbour.unwrap());
        let id = checkout["$id"].as_str().unwrap().to_owned();
        let unmended = registry(vec![(id, checkout)]);
        assert!(build(&neighbour, Some(&unmended)).is_err(), "{file} finds its neighbour");
        let checkout = mended(version, CHECKOUT).unwrap();
        let mended_registry = registry(vec![(address(version, CHECKOUT), checkout)]);
        build(&mended(version, file).unwrap(), Some(&mended_registry)).unwrap();
    }
}
