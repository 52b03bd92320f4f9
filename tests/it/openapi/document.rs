use acp_wire::version::Version;
use serde_json::Value;

use super::kept;
use super::reading::Document;

#[test]
fn the_documents_in_the_repository_are_those_the_code_makes() {
    for version in Version::RELEASED {
        let made = acp_gateway::http::openapi_document(version);
        kept::check(&format!("openapi/acp-{version}.json"), &made);
    }
}

#[test]
fn the_document_says_what_it_describes() {
    let Document(document) = Document::made();
    assert_eq!(document["openapi"], "3.1.0");
    let info = &document["info"];
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["license"]["identifier"], "Apache-2.0");
    assert_eq!(info.get("contact"), None);
    for tag in document["tags"].as_array().unwrap() {
        assert!(tag["description"].is_string(), "{tag}");
    }
    let scheme = &document["components"]["securitySchemes"]["agentKey"];
    assert_eq!((&scheme["type"], &scheme["scheme"]), (&"http".into(), &"bearer".into()));
    assert!(scheme["description"].is_string());
}

/// The policy of the page forbids it too; this says so before a browser does.
#[test]
fn the_page_that_shows_the_document_needs_nothing_from_elsewhere() {
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/docs/page.html"));
    for elsewhere in ["http:", "https:", "src=", "@import", ": url(", "innerHTML", "eval("] {
        assert!(!page.contains(elsewhere), "the page has {elsewhere:?}");
    }
    assert!(page.contains("fetch('/openapi.json')"));
}

/// Calls `visit` with every value below a value, and with the way there.
fn walk(value: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    visit(path, value);
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| walk(value, &format!("{path}/{name}"), visit));
        }
        Value::Array(values) => {
            let values = values.iter().enumerate();
            values.for_each(|(index, value)| walk(value, &format!("{path}/{index}"), visit));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let Document(document) = Document::made();
    let mut referenced = Vec::new();
    walk(&document, "", &mut |_, value| {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            let pointer = reference.trim_start_matches('#').to_owned();
            assert!(document.pointer(&pointer).is_some(), "{reference}");
            referenced.push(pointer);
        }
    });
    for kind in ["schemas", "parameters", "headers"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let pointer = format!("/components/{kind}/{name}");
            assert!(referenced.contains(&pointer), "nobody refers to {pointer}");
        }
    }
}

#[test]
fn every_schema_and_every_property_says_what_it_is() {
    let Document(document) = Document::made();
    let mut silent = Vec::new();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        if !schema["description"].is_string() {
            silent.push(name.clone());
        }
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let alternatives = schema["oneOf"].as_array().into_iter().flatten();
            let mut said = alternatives.chain([schema]).map(|schema| &schema["description"]);
            if !said.any(Value::is_string) {
                silent.push(format!("{name}.{property}"));
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn no_schema_forbids_fields_it_does_not_know() {
    let Document(document) = Document::made();
    walk(&document["components"]["schemas"], "", &mut |path, value| {
        assert_ne!(value.get("additionalProperties"), Some(&Value::Bool(false)), "{path}");
    });
}

/// An answer never says `null`, and in a request it means something only where a session can be
/// emptied of something, or a bound be taken away.
#[test]
fn null_is_possible_only_where_it_empties() {
    let Document(document) = Document::made();
    let mut nullable = Vec::new();
    walk(&document["components"]["schemas"], "", &mut |path, value| {
        let kind = &value["type"];
        let listed = kind.as_array().is_some_and(|kinds| kinds.contains(&"null".into()));
        if kind == "null" || listed {
            let path = path.split("/oneOf").next().unwrap();
            nullable.push(path.replace("/properties/", ".").replace('/', ""));
        }
    });
    nullable.sort();
    assert_eq!(
        nullable,
        [
            "CheckoutSessionUpdateRequest.buyer",
            "CheckoutSessionUpdateRequest.discounts",
            "CheckoutSessionUpdateRequest.fulfillment_details",
            "CheckoutSessionUpdateRequest.order_notes",
            "CheckoutSessionUpdateRequest.selected_fulfillment_options",
            "MandateBudgetUpdate.max_orders",
            "MandateUpdateRequest.approval_above",
            "MandateUpdateRequest.max_unit_price",
            "ShopItemUpdateRequest.max_per_order",
            "StockCountRequest.free",
        ]
    );
}
