//! The committed schema and the loader agree.

use std::collections::BTreeSet;

use acp_gateway::config::{Config, schema};
use serde_json::{Value, json};

use super::bounds::BOUNDS;
use super::entries::{PLACE, option};
use super::told::example;
use super::{SCHEMA, both_accept, complaint, expected_names, names_of};

#[test]
fn the_committed_schema_is_the_one_the_code_makes() {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/config.schema.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(place, schema()).unwrap();
    }
    let committed = std::fs::read_to_string(place).unwrap_or_default();
    assert!(committed == schema(), "{place} is out of date; UPDATE=1 cargo test writes it anew");
}

#[test]
fn the_schema_is_one_and_every_table_in_it_is_closed_and_described() {
    assert!(jsonschema::meta::is_valid(&SCHEMA));
    let mut open = vec![(String::new(), &*SCHEMA)];
    let mut tables = 0;
    while let Some((path, schema)) = open.pop() {
        if !path.ends_with("/items") || schema["type"] == "object" {
            assert!(
                schema["description"].as_str().is_some_and(|text| text.ends_with('.')),
                "{path}"
            );
        }
        match schema["type"].as_str() {
            Some("object") => {
                assert_eq!(schema["additionalProperties"], false, "{path}");
                let properties = schema["properties"].as_object().unwrap();
                open.extend(properties.iter().map(|(name, each)| (format!("{path}/{name}"), each)));
                tables += 1;
            }
            Some("array") => {
                let items = &schema["items"];
                let each = items["oneOf"]
                    .as_array()
                    .map_or_else(|| vec![items], |types| types.iter().collect());
                open.extend(each.into_iter().map(|item| (format!("{path}/items"), item)));
            }
            Some("string" | "integer" | "boolean") => {}
            other => assert_eq!(other, Some("a type"), "{path}"),
        }
    }
    assert_eq!(tables, 1 + 29 + 12 + 4, "the file, its sections, and the entries of lists");
}

#[test]
fn the_schema_knows_the_defaults_and_accepts_them() {
    let written = toml::to_string(&Config::default()).unwrap();
    assert!(both_accept(&written) && both_accept("") && both_accept(example()));
    let defaults = serde_json::to_value(written.parse::<toml::Table>().unwrap()).unwrap();
    for (section, schema) in SCHEMA["properties"].as_object().unwrap() {
        for (key, schema) in schema["properties"].as_object().unwrap() {
            assert_eq!(schema.get("default"), defaults[section].get(key), "{section}.{key}");
        }
    }
}

/// What the loader refuses and JSON Schema has no words for.
const UNSAYABLE: &[(&str, &str)] = &[
    // A number without a fraction is a whole number there, however it is written.
    ("server.request_timeout_ms", "1e3"),
];

#[test]
fn the_schema_has_the_bounds_of_the_loader() {
    for (key, around, good, bad) in BOUNDS {
        for value in good.iter().chain(*bad).filter(|value| !UNSAYABLE.contains(&(key, value))) {
            both_accept(&format!("{around}\n{key} = {value}"));
        }
    }
    let keys = |(section, schema): (&String, &Value)| {
        let keys = names_of(&schema["properties"]).into_iter();
        keys.map(|key| format!("{section}.{key}")).collect::<Vec<_>>()
    };
    let keys: BTreeSet<_> =
        SCHEMA["properties"].as_object().unwrap().iter().flat_map(keys).collect();
    assert_eq!(keys, BOUNDS.iter().map(|(key, ..)| (*key).to_owned()).collect());
}

#[test]
fn the_schema_has_the_names_of_the_loader() {
    for (section, schema) in SCHEMA["properties"].as_object().unwrap() {
        for (key, schema) in schema["properties"].as_object().unwrap() {
            let Some(names) = schema["enum"].as_array() else { continue };
            let known = expected_names(&complaint(&format!("{section}.{key} = 'none of them'")));
            let names: BTreeSet<_> =
                names.iter().map(|name| name.as_str().unwrap().to_owned()).collect();
            assert_eq!(names, known, "{section}.{key}");
        }
    }
    let types = SCHEMA.pointer(FULFILLMENT_TYPES).unwrap().as_array().unwrap();
    let kinds: BTreeSet<_> = types.iter().map(|each| type_of(each).to_owned()).collect();
    assert_eq!(kinds, expected_names(&complaint(&option("express", ""))));
    let keys: BTreeSet<_> = types.iter().flat_map(|each| names_of(&each["properties"])).collect();
    assert_eq!(keys, expected_names(&complaint(&option("digital", "no_key = 1"))));

    let keys = names_of(&SCHEMA.pointer(TAX_ENTRY).unwrap()["properties"]);
    assert_eq!(keys, expected_names(&complaint("shop.tax = [{ no_key = 1 }]")));
}

const TAX_ENTRY: &str = "/properties/shop/properties/tax/items";

const FULFILLMENT_TYPES: &str = "/properties/shop/properties/fulfillment/items/oneOf";

fn type_of(entry: &Value) -> &str {
    entry.pointer("/properties/type/enum/0").and_then(Value::as_str).unwrap()
}

#[test]
fn the_schema_and_the_loader_agree_on_every_key_of_an_entry() {
    let tax = "shop.tax = [{ country = 'US', state = 'CA', standard = '0.1', reduced = '0', \
               shipping_taxed = true }]";
    agree_on_entries("tax", tax, SCHEMA.pointer(TAX_ENTRY).unwrap());
    for entry in SCHEMA.pointer(FULFILLMENT_TYPES).unwrap().as_array().unwrap() {
        let own = match type_of(entry) {
            "shipping" => "carrier = 'C', days_min = 0, days_max = 365",
            "pickup" => PLACE,
            "local_delivery" => "postal_prefixes = ['9'], hours_min = 0, hours_max = 720",
            _ => "",
        };
        let comma = if own.is_empty() { "" } else { ", " };
        let full = format!("description = 'D', free_from = 1, countries = ['US']{comma}{own}");
        agree_on_entries("fulfillment", &option(type_of(entry), &full), entry);
    }
}

/// Takes every key of `full`, the one entry of a list, to the edges `schema` has for it, over
/// them, and away.
fn agree_on_entries(list: &str, full: &str, schema: &Value) {
    assert!(both_accept(full), "{full}");
    let full: toml::Table = full.parse().unwrap();
    let given = full["shop"][list][0].as_table().unwrap();
    assert_eq!(names_of(&schema["properties"]), given.keys().cloned().collect());
    let with = |key: &str, value: Option<toml::Value>| {
        let mut file = full.clone();
        let entry = file["shop"][list][0].as_table_mut().unwrap();
        entry.remove(key);
        entry.extend(value.map(|value| (key.to_owned(), value)));
        both_accept(&file.to_string())
    };
    for (key, property) in schema["properties"].as_object().unwrap() {
        let is_required = schema["required"].as_array().unwrap().contains(&json!(key));
        assert_eq!(with(key, None), !is_required, "without {key}");
        for (value, fits) in edges(property) {
            assert_eq!(with(key, Some(value.clone())), fits, "{key} = {value}");
        }
    }
}

/// Values at and over the edges of what a schema allows, and whether they fit.
fn edges(schema: &Value) -> Vec<(toml::Value, bool)> {
    let bound = |name: &str| schema[name].as_i64();
    let length = |name: &str| bound(name).map(|length| usize::try_from(length).unwrap());
    let text = |length| toml::Value::from("9".repeat(length));
    match schema["type"].as_str().unwrap() {
        "boolean" => vec![(true.into(), true), (false.into(), true), (text(1), false)],
        "integer" => {
            let (min, max) = (bound("minimum").unwrap(), bound("maximum").unwrap());
            [(min, true), (max, true), (min - 1, false), (max + 1, false)]
                .map(|(number, fits)| (number.into(), fits))
                .to_vec()
        }
        "array" => {
            let item = &schema["items"];
            let (min, max) = (length("minItems").unwrap(), length("maxItems").unwrap());
            let usual = if item["maxLength"].is_null() { "US".into() } else { text(1) };
            let list = |entries| toml::Value::Array(vec![usual.clone(); entries]);
            let inner = edges(item).into_iter();
            let mut edges: Vec<_> =
                inner.map(|(value, fits)| (toml::Value::Array(vec![value]), fits)).collect();
            edges.extend([(list(min), true), (list(max), true), (list(max + 1), false)]);
            edges.extend(min.checked_sub(1).map(|below| (list(below), false)));
            edges
        }
        _ => {
            let mut edges = vec![(text(0), false), (" 9".into(), false), (9.into(), false)];
            if let Some(max) = length("maxLength") {
                edges.extend([(text(1), true), (text(max), true), (text(max + 1), false)]);
                // What ends a line or begins with a space is seen in every alphabet.
                edges.extend(["a\u{85}b", "\u{3000}a", "a\u{a0}"].map(|text| (text.into(), false)));
                edges.push(("\u{feff}".into(), true));
            }
            edges
        }
    }
}
