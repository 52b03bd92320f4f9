//! The official schemas of feeds, where they are at hand: they lie beside the repository, never in
//! it.

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

/// Versions with feeds.
const VERSIONS: [&str; 2] = ["2026-04-17", "unreleased"];
/// The variable that makes missing schemas a failure.
const REQUIRED: &str = "ACP_REQUIRE_SPEC";

fn validator(version: &str, shape: &str) -> Option<Validator> {
    let file = format!("../shared/spec/spec/{version}/json-schema/schema.feed.json");
    let Ok(text) = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)) else {
        let is_required = std::env::var_os(REQUIRED).is_some_and(|value| value == "1");
        assert!(!is_required, "{REQUIRED} is set, but there are no schemas of {version}");
        return None;
    };
    let mut bundle: Value = serde_json::from_slice(&text).unwrap();
    bundle["$ref"] = json!(format!("#/$defs/{shape}"));
    Some(jsonschema::options().should_validate_formats(true).build(&bundle).unwrap())
}

/// Fails the test when something is not what every version with feeds says it is.
pub(crate) fn check(shape: &str, document: &Value) {
    check_all(shape, std::slice::from_ref(document));
}

/// The same of many.
pub(crate) fn check_all(shape: &str, documents: &[Value]) {
    for version in VERSIONS {
        let Some(validator) = validator(version, shape) else { continue };
        for document in documents {
            let faults = validator.iter_errors(document);
            let faults: Vec<_> =
                faults.map(|fault| format!("{fault} at {}", fault.instance_path())).collect();
            assert!(faults.is_empty(), "no {shape} of {version}: {faults:#?}\n{document:#}");
        }
    }
}

#[test]
fn the_schemas_refuse_something() {
    if let Some(validator) = validator("2026-04-17", "Product") {
        assert!(!validator.is_valid(&json!({"id": "a"})));
        let priced = |currency: &str| {
            let price = json!({"amount": 1, "currency": currency});
            json!({"id": "a", "variants": [{"id": "a", "title": "A", "price": price}]})
        };
        assert!(validator.is_valid(&priced("USD")) && !validator.is_valid(&priced("usd")));
    }
}
