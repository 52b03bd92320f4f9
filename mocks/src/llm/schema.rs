//! The JSON Schemas answers have to fit, as far as structured outputs know them.

use serde_json::{Map, Value, json};

/// How deep a schema goes that is looked at.
const DEPTH_MAX: usize = 16;

/// What keeps a schema from being one for strict answers; nothing is said of others.
pub(super) fn objection(schema: &Value) -> Option<String> {
    if schema["type"] != "object" {
        return Some("schema must be a JSON Schema of 'type: \"object\"'".to_owned());
    }
    objection_below(schema, "()")
}

fn objection_below(schema: &Value, place: &str) -> Option<String> {
    let members = schema.as_object()?;
    if let Some(properties) = members.get("properties").and_then(Value::as_object) {
        if members.get("additionalProperties") != Some(&Value::Bool(false)) {
            return Some(format!(
                "In context={place}, 'additionalProperties' is required to be supplied and to be \
                 false."
            ));
        }
        let required = members.get("required").and_then(Value::as_array);
        let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|it| it == name));
        if let Some(missing) = properties.keys().find(|name| !is_required(name)) {
            return Some(format!(
                "In context={place}, 'required' is required to be supplied and to be an array \
                 including every key in properties. Missing '{missing}'."
            ));
        }
    }
    let mut parts = members.iter().flat_map(|(name, value)| parts(name, value));
    parts.find_map(|(name, part)| objection_below(part, &format!("({name})")))
}

/// The schemas inside of a word of one.
fn parts<'a>(word: &'a str, value: &'a Value) -> Vec<(&'a str, &'a Value)> {
    match word {
        "properties" | "$defs" | "definitions" => {
            let named = value.as_object().into_iter().flatten();
            named.map(|(name, part)| (name.as_str(), part)).collect()
        }
        "anyOf" => value.as_array().into_iter().flatten().map(|part| (word, part)).collect(),
        "items" => vec![(word, value)],
        _ => Vec::new(),
    }
}

/// The plainest document that fits a schema: what may be nothing is nothing, lists are empty, and
/// of several choices it is the first.
pub(super) fn plainest(schema: &Value) -> Value {
    plainest_below(schema, schema, DEPTH_MAX)
}

fn plainest_below(schema: &Value, whole: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    if let Some(pointer) = schema["$ref"].as_str().and_then(|text| text.strip_prefix('#')) {
        return whole.pointer(pointer).map_or(Value::Null, |it| plainest_below(it, whole, depth));
    }
    if let Some(fixed) = schema.get("const") {
        return fixed.clone();
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    if kinds.contains(&"null") {
        return Value::Null;
    }
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
        return first.clone();
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let is_nothing = |choice: &&Value| choice["type"] == "null";
        let choice = choices.iter().find(is_nothing).or(choices.first());
        return choice.map_or(Value::Null, |it| plainest_below(it, whole, depth));
    }
    match kinds.first().copied() {
        Some("object") => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let plain = |(name, part): (&String, &Value)| {
                (name.clone(), plainest_below(part, whole, depth))
            };
            Value::Object(properties.map(plain).collect::<Map<_, _>>())
        }
        Some("array") => json!([]),
        Some("string") => json!(""),
        Some("integer" | "number") => json!(0),
        Some("boolean") => json!(false),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Value {
        json!({
            "type": "object", "additionalProperties": false,
            "required": ["kind", "steps", "note", "first", "sure", "units"],
            "properties": {
                "kind": { "type": "string", "enum": ["buy", "ask"] },
                "steps": { "type": "array", "items": { "$ref": "#/$defs/step" } },
                "note": { "type": ["string", "null"] },
                "first": { "anyOf": [{ "$ref": "#/$defs/step" }] },
                "sure": { "type": "boolean" },
                "units": { "type": "integer" },
            },
            "$defs": { "step": {
                "type": "object", "additionalProperties": false, "required": ["op", "next"],
                "properties": {
                    "op": { "const": "add" },
                    "next": { "anyOf": [{ "$ref": "#/$defs/step" }, { "type": "null" }] },
                },
            } },
        })
    }

    #[test]
    fn the_plainest_document_fits() {
        let plainest = plainest(&plan());
        let expected = json!({
            "kind": "buy", "steps": [], "note": null, "first": { "op": "add", "next": null },
            "sure": false, "units": 0,
        });
        assert_eq!(plainest, expected);
        assert!(jsonschema::is_valid(&plan(), &plainest));
    }

    #[test]
    fn a_schema_that_goes_round_in_circles_ends() {
        let round = json!({ "$ref": "#/$defs/a", "$defs": { "a": { "$ref": "#/$defs/a" } } });
        assert_eq!(plainest(&round), Value::Null);
    }

    #[test]
    fn strict_schemas_say_everything() {
        assert_eq!(objection(&plan()), None);
        let mut open = plan();
        open["$defs"]["step"]["additionalProperties"] = Value::Null;
        assert!(objection(&open).unwrap().contains("'additionalProperties'"));
        let mut optional = plan();
        optional["required"] = json!(["kind"]);
        assert!(objection(&optional).unwrap().contains("Missing 'first'"), "in alphabetical order");
        assert!(objection(&json!({ "type": "array" })).is_some());
    }
}
