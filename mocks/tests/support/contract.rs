//! An OpenAPI document as a judge: it says whether an answer is one the contract describes.

use serde_json::{Map, Value, json};

/// What any call may be answered, as the text of the contract says, and what tells a caller that
/// it makes no sense. The contract does not describe their bodies.
const EVERYWHERE: [u16; 6] = [400, 401, 422, 429, 500, 503];

/// What a service has agreed to answer.
#[derive(Debug)]
pub(crate) struct Contract(Value);

impl Contract {
    /// One that is written as an OpenAPI document.
    pub(crate) fn written(text: &str) -> Self {
        let mut document = serde_saphyr::from_str(text).unwrap();
        close(&mut document, Place::Component);
        Self(document)
    }

    /// Whether the contract describes such an answer; otherwise, what is wrong with it.
    pub(crate) fn judge(
        &self,
        method: &str,
        path: &str,
        status: u16,
        body: &Value,
    ) -> Result<(), String> {
        let call = self.call(method, path).ok_or_else(|| format!("{method} {path} is no call"))?;
        let said = format!("{method} {path}: {status} {body}");
        let response = &call["responses"][status.to_string()];
        if response.is_null() {
            let is_known = EVERYWHERE.contains(&status);
            return if is_known { Ok(()) } else { Err(format!("{said}: no such status")) };
        }
        let response = self.resolved(response);
        let mut schema = response["content"]["application/json"]["schema"].clone();
        close(&mut schema, Place::Use);
        schema["components"] = self.0["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        let validator = options.build(&schema).map_err(|error| error.to_string())?;
        let wrong: Vec<_> = validator.iter_errors(body).map(|error| error.to_string()).collect();
        if wrong.is_empty() { Ok(()) } else { Err(format!("{said}: {}", wrong.join("; "))) }
    }

    fn call(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let paths = self.0["paths"].as_object()?;
        // What is written out goes before what stands for anything.
        let exact = paths.get(path).map(|calls| &calls[method.to_ascii_lowercase()]);
        let exact = exact.filter(|call| !call.is_null());
        exact.or_else(|| {
            let fitting = paths.iter().filter(|(template, _)| fits(template, path));
            let mut calls = fitting.map(|(_, calls)| &calls[method.to_ascii_lowercase()]);
            calls.find(|call| !call.is_null())
        })
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let pointer = value["$ref"].as_str().and_then(|text| text.strip_prefix('#'));
        pointer.map_or(value, |pointer| self.0.pointer(pointer).unwrap())
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let mut pairs = template.iter().zip(&path);
    template.len() == path.len()
        && pairs.all(|(part, asked)| part.starts_with('{') || part == asked)
}

/// Where a schema stands. A part of another one, or one with a name that others refer to, must
/// not forbid what stands beside it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Component,
    Use,
}

/// Forbids members nobody describes: the contract lets a caller ignore them, and whoever answers
/// has no reason to send any.
fn close(schema: &mut Value, place: Place) {
    match schema {
        Value::Object(members) => close_object(members, place),
        Value::Array(parts) => parts.iter_mut().for_each(|part| close(part, place)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn close_object(members: &mut Map<String, Value>, place: Place) {
    for (name, member) in members.iter_mut() {
        match name.as_str() {
            // The names below are of members, and not words of the schema.
            "properties" => {
                for (_, member) in member.as_object_mut().unwrap() {
                    close(member, Place::Use);
                }
            }
            "items" | "oneOf" => close(member, Place::Use),
            // Parts of `allOf` among them.
            _ => close(member, Place::Component),
        }
    }
    let is_open = ["$ref", "properties", "allOf"].iter().any(|word| members.contains_key(*word));
    if place == Place::Use && is_open {
        members.insert("unevaluatedProperties".to_owned(), json!(false));
    }
}
