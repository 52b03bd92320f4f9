//! The form of an answer, in the part of JSON Schema that servers have in common: every member is
//! required, what may be missing is null, nothing else is allowed, and there are no limits on
//! numbers and lengths, which we look at ourselves.

use acp_core::ports::{Inquiry, Verb};
use serde_json::{Value, json};

/// The form for one question. What was not offered cannot be written down in it.
pub(super) fn schema(inquiry: &Inquiry) -> Value {
    let verbs: Vec<&str> = inquiry.verbs.iter().copied().map(Verb::name).collect();
    let ids: Vec<&str> = inquiry.candidates.iter().map(|known| known.item.as_str()).collect();
    let or_null: Vec<Value> =
        ids.iter().map(|id| json!(id)).chain(std::iter::once(Value::Null)).collect();
    let mut operation = json!({
        "op": { "type": "string", "enum": verbs },
        "item": { "type": ["string", "null"], "enum": or_null },
        "old_item": { "type": ["string", "null"], "enum": or_null },
        "quantity": { "type": ["integer", "null"] },
        "results": { "type": "array", "items": { "type": "string", "enum": ids } },
    });
    if inquiry.has_fallback
        && let Some(members) = operation.as_object_mut()
    {
        let fallbacks = json!({ "type": "array", "items": { "type": "string", "enum": ids } });
        members.insert("fallbacks".to_owned(), fallbacks);
    }
    object(&json!({
        "operations": { "type": "array", "items": object(&operation) },
        "certainty": { "type": "integer" },
    }))
}

/// An object with exactly these members.
fn object(properties: &Value) -> Value {
    let names: Vec<&String> =
        properties.as_object().into_iter().flat_map(|all| all.keys()).collect();
    json!({
        "type": "object", "additionalProperties": false, "required": names,
        "properties": properties,
    })
}
