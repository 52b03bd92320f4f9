//! What the arguments of a tool look like, made of the description of the REST API, so that both
//! bindings say the same.
//!
//! The payload is described as the newest version writes it. Nothing refers to elsewhere: clients
//! and the models behind them read a schema as it is.

use acp_core::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use acp_core::order::OrderStage;
use acp_wire::shape::order_event::stage_word;
use acp_wire::version::Version;
use serde_json::{Map, Value, json};

use super::inputs::{ID_CHARS_MAX, META_CHARS_MAX, SEEN_CHARS_MAX};
use super::tools::{Argument, Payload, Place, Tool};
use crate::http::{KeyRule, openapi_document};

/// Deepest nesting of definitions that is followed. The description has no circles.
const DEPTH_MAX: usize = 64;

/// The description of the REST API.
pub(super) struct Described(Value);

impl Described {
    /// That of the newest version.
    pub(super) fn newest() -> Self {
        Self(serde_json::from_str(&openapi_document(Version::NEWEST)).unwrap_or_default())
    }

    /// The schema of the arguments of a tool.
    pub(super) fn arguments(&self, tool: &Tool) -> Map<String, Value> {
        let mut properties = Map::new();
        let mut required = vec!["meta"];
        properties.insert("meta".to_owned(), meta(tool));
        for argument in tool.arguments {
            properties.insert(argument.name.to_owned(), schema_of(argument));
            required.extend(argument.is_required.then_some(argument.name));
        }
        if tool.payload != Payload::No {
            properties.insert("payload".to_owned(), self.payload(tool));
            required.extend((tool.payload == Payload::Yes).then_some("payload"));
        }
        let mut schema = json!({
            "type": "object",
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        });
        // Whether objects keep their order depends on who else is in the build; a list of tools
        // must not.
        schema.sort_all_objects();
        match schema {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }

    /// The body of the request a tool is.
    fn payload(&self, tool: &Tool) -> Value {
        let items = self.0.pointer("/paths").and_then(Value::as_object);
        let operations = items.into_iter().flatten().filter_map(|(_, item)| item.as_object());
        let mut operations = operations.flatten().map(|(_, operation)| operation);
        let found = operations.find(|it| it.get("operationId") == Some(&json!(tool.operation)));
        let body = found.and_then(|it| it.pointer("/requestBody/content/application~1json/schema"));
        body.map(|schema| self.whole(schema, 0)).unwrap_or_default()
    }

    /// A schema with everything it refers to in it.
    fn whole(&self, schema: &Value, depth: usize) -> Value {
        if depth > DEPTH_MAX {
            return json!({});
        }
        let below = |value: &Value| self.whole(value, depth.saturating_add(1));
        match schema {
            Value::Object(members) => {
                let mut whole = Map::new();
                let target = members.get("$ref").and_then(Value::as_str);
                if let Some(target) = target.and_then(|it| self.0.pointer(it.strip_prefix('#')?))
                    && let Value::Object(meant) = below(target)
                {
                    whole.extend(meant);
                }
                let others = members.iter().filter(|(name, _)| *name != "$ref");
                whole.extend(others.map(|(name, value)| (name.clone(), below(value))));
                Value::Object(whole)
            }
            Value::Array(values) => Value::Array(values.iter().map(below).collect()),
            plain => plain.clone(),
        }
    }
}

/// What is a header elsewhere.
fn meta(tool: &Tool) -> Value {
    let is_of_carts = tool.path.starts_with("/carts");
    let versions = Version::RELEASED.into_iter().filter(|it| !is_of_carts || it.has_carts());
    let versions: Vec<_> = versions.map(Version::as_str).collect();
    let mut properties = json!({
        "api_version": {
            "type": "string",
            "enum": versions,
            "default": Version::NEWEST.as_str(),
            "description": format!(
                "The version of the protocol the payload is written in. It is described here as \
                 {} writes it.",
                Version::NEWEST.as_str()
            ),
        },
        "request_id": printable(0, META_CHARS_MAX, "Names the call in the log."),
        "user_agent": printable(0, META_CHARS_MAX, "What calls."),
        "accept_language": printable(
            0,
            META_CHARS_MAX,
            "The language to answer in, such as `de-AT`.",
        ),
        "signature": printable(
            0,
            META_CHARS_MAX,
            "A signature over the request of the REST API that this call is, where the shop asks \
             for one.",
        ),
        "timestamp": {
            "type": "string",
            "format": "date-time",
            "description": "When it was signed.",
        },
    });
    let mut required = vec!["api_version"];
    if let (Some(rule), Some(properties)) = (tool.key, properties.as_object_mut()) {
        let about = "Names the call, so that it can be repeated safely: a new one for each new \
                     call, and the same one to repeat a call.";
        let key = printable(1, IDEMPOTENCY_KEY_CHARS_MAX, about);
        properties.insert("idempotency_key".to_owned(), key);
        required.extend((rule == KeyRule::Demanded).then_some("idempotency_key"));
    }
    json!({
        "type": "object",
        "description": "What is said about the call itself.",
        "additionalProperties": true,
        "required": required,
        "properties": properties,
    })
}

fn text(least: usize, most: usize, about: &str) -> Value {
    json!({"type": "string", "minLength": least, "maxLength": most, "description": about})
}

/// The same of what stands in a header.
fn printable(least: usize, most: usize, about: &str) -> Value {
    let mut schema = text(least, most, about);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("pattern".to_owned(), json!("^[\\t -~]*$"));
    }
    schema
}

fn schema_of(argument: &Argument) -> Value {
    let about = argument.about;
    match argument.place {
        Place::Path => text(1, ID_CHARS_MAX, about),
        Place::Seen => printable(1, SEEN_CHARS_MAX, about),
        Place::Query(most) => text(1, most, about),
        Place::Stage => {
            let stages = OrderStage::ALL.map(stage_word);
            json!({"type": "string", "enum": stages, "description": about})
        }
        Place::Count(most) => {
            json!({"type": "integer", "minimum": 1, "maximum": most, "description": about})
        }
        Place::Patience(most) => {
            json!({"type": "integer", "minimum": 0, "maximum": most, "description": about})
        }
    }
}
