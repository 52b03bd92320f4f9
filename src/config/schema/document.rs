//! Makes the document of the lists of keys and the default configuration.

use serde_json::{Map, Value, json};

use super::super::Config;
use super::super::forms::Form;
use super::super::keys::{Entry, Item, Key, Kind, List, Outline};
use super::super::settings::SECTIONS;

const ABOUT: &str = "The configuration file of acp-gateway; every section and key may be left out.";

/// The JSON Schema (draft 2020-12) of the configuration file, as `schemas/config.schema.json`
/// holds it.
pub fn schema() -> String {
    // Texts, numbers and lists of them are always JSON; a test would miss the defaults.
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let section = |section: &Outline| {
        (section.name.to_owned(), of_section(section, defaults.get(section.name)))
    };
    let mut document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "acp-gateway.toml",
        "description": ABOUT,
        "type": "object",
        "additionalProperties": false,
        "properties": SECTIONS.iter().map(section).collect::<Map<_, _>>(),
    });
    // Whether objects keep their order depends on who else is in the build; bytes must not.
    document.sort_all_objects();
    format!("{document:#}\n")
}

fn of_section(section: &Outline, defaults: Option<&Value>) -> Value {
    let property = |key: &Key| {
        let default = defaults.and_then(|defaults| defaults.get(key.name)).cloned();
        (key.name.to_owned(), of_key(key, default))
    };
    json!({
        "description": section.about,
        "type": "object",
        "additionalProperties": false,
        "properties": section.keys.iter().map(property).collect::<Map<_, _>>(),
    })
}

fn of_entry(entry: &Entry) -> Value {
    let keys = || entry.keys.iter().copied().flatten();
    let required: Vec<_> = keys().filter(|key| key.is_required).map(|key| key.name).collect();
    let property = |key: &Key| (key.name.to_owned(), of_key(key, default_in_entry(key)));
    json!({
        "title": entry.heading,
        "description": entry.about,
        "type": "object",
        "additionalProperties": false,
        "properties": keys().map(property).collect::<Map<_, _>>(),
        "required": required,
    })
}

/// In an entry, a flag nobody set is down and a list nobody gave is empty; nothing else has a
/// default of its own.
fn default_in_entry(key: &Key) -> Option<Value> {
    match key.kind {
        _ if key.is_required => None,
        Kind::Flag => Some(json!(false)),
        Kind::List(_) => Some(json!([])),
        Kind::Whole { .. } | Kind::Choice(_) | Kind::Text(_) | Kind::Secret(_) => None,
    }
}

fn of_key(key: &Key, default: Option<Value>) -> Value {
    let mut property = of_kind(key.kind);
    property.insert("description".to_owned(), json!(key.about));
    property.extend(default.map(|default| ("default".to_owned(), default)));
    Value::Object(property)
}

fn of_kind(kind: Kind) -> Map<String, Value> {
    match kind {
        Kind::Flag => typed("boolean", []),
        Kind::Whole { min, max } => {
            typed("integer", [("minimum", json!(min)), ("maximum", json!(max))])
        }
        Kind::Choice(names) => typed("string", [("enum", json!(names))]),
        Kind::Text(form) => text(form),
        Kind::Secret(form) => {
            let mut secret = text(form);
            secret.insert("writeOnly".to_owned(), json!(true));
            secret
        }
        Kind::List(list) => {
            let List { entries_min, entries_max, item } = list;
            let [min, max] = [entries_min, entries_max].map(|entries| json!(entries));
            typed("array", [("minItems", min), ("maxItems", max), ("items", items(item))])
        }
    }
}

fn text(form: Form) -> Map<String, Value> {
    let mut text = typed("string", [("pattern", json!(form.pattern.concat()))]);
    if let Some((min, max)) = form.chars {
        text.insert("minLength".to_owned(), json!(min));
        text.insert("maxLength".to_owned(), json!(max));
    }
    text
}

fn items(item: Item) -> Value {
    match item {
        Item::Text(form) => Value::Object(text(form)),
        Item::Entry(one) => of_entry(one),
        Item::EntryByType(types) => {
            json!({ "oneOf": types.iter().map(of_entry).collect::<Vec<_>>() })
        }
    }
}

fn typed<const N: usize>(name: &str, keywords: [(&str, Value); N]) -> Map<String, Value> {
    let keywords = keywords.into_iter().map(|(keyword, value)| (keyword.to_owned(), value));
    std::iter::once(("type".to_owned(), json!(name))).chain(keywords).collect()
}
