//! What a session says, whatever the version it says it in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::agent::Answer;
use super::version::Version;
use super::wishes::Choice;

/// The amounts of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) item: String,
    pub(super) quantity: i64,
    pub(super) base: i64,
    pub(super) discount: i64,
    pub(super) subtotal: i64,
    pub(super) tax: i64,
    pub(super) total: i64,
}

/// A way of delivery as it is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) title: String,
    pub(super) tax: i64,
    pub(super) total: i64,
}

/// The sum of the rows of a type; rows may come twice, and one that is missing is nothing.
pub(super) fn total(rows: &Value, kind: &str) -> i64 {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    let of_kind = rows.iter().filter(|row| row["type"] == kind);
    of_kind.map(|row| amount(&row["amount"])).sum()
}

fn amount(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The amounts of every line.
pub(super) fn lines(answer: &Answer) -> Vec<Line> {
    let lines = answer.body["line_items"].as_array().unwrap();
    lines.iter().map(|line| read_line(answer.version, line)).collect()
}

fn read_line(version: Version, line: &Value) -> Line {
    let item = text(&line["item"]["id"]);
    if version.has_capabilities() {
        let of = |kind| total(&line["totals"], kind);
        return Line {
            item,
            quantity: amount(&line["quantity"]),
            base: of("items_base_amount"),
            discount: of("items_discount") + of("discount"),
            subtotal: of("subtotal"),
            tax: of("tax"),
            total: of("total"),
        };
    }
    let of = |member: &str| amount(&line[member]);
    Line {
        item,
        quantity: amount(&line["item"]["quantity"]),
        base: of("base_amount"),
        discount: of("discount"),
        subtotal: of("subtotal"),
        tax: of("tax"),
        total: of("total"),
    }
}

/// The totals of the session that are not nothing, summed by type.
pub(super) fn totals(answer: &Answer) -> BTreeMap<String, i64> {
    let mut totals = BTreeMap::new();
    for row in answer.body["totals"].as_array().unwrap() {
        *totals.entry(text(&row["type"])).or_default() += amount(&row["amount"]);
    }
    totals.retain(|_, amount| *amount != 0);
    totals
}

/// Every way of delivery that is offered.
pub(super) fn offers(answer: &Answer) -> Vec<Offer> {
    let version = answer.version;
    let options = answer.body["fulfillment_options"].as_array().unwrap();
    let read = |option: &Value| {
        let (tax, total) = if version >= Version::V2026_01_16 {
            (total(&option["totals"], "tax"), total(&option["totals"], "total"))
        } else {
            (option["tax"].as_i64().unwrap_or(0), amount(&option["total"]))
        };
        let (kind, id, title) =
            (text(&option["type"]), text(&option["id"]), text(&option["title"]));
        Offer { kind, id, title, tax, total }
    };
    options.iter().map(read).collect()
}

/// What was chosen. The oldest version says no more of it than an id.
pub(super) fn choices(answer: &Answer) -> Vec<Choice> {
    if answer.version == Version::V2025_09_29 {
        let chosen = answer.body.get("fulfillment_option_id").map(text);
        let choice = |option: String| {
            let offered = offers(answer).into_iter().find(|offer| offer.id == option);
            let kind = offered.map(|offer| offer.kind).unwrap_or_default();
            Choice { kind, option, items: Vec::new() }
        };
        return chosen.map(choice).into_iter().collect();
    }
    let is_flat = answer.version.has_capabilities();
    let read = |chosen: &Value| {
        let kind = text(&chosen["type"]);
        let within = if is_flat { chosen } else { &chosen[kind.as_str()] };
        let items = within["item_ids"].as_array().map(|ids| ids.iter().map(text).collect());
        Choice { option: text(&within["option_id"]), items: items.unwrap_or_default(), kind }
    };
    let chosen = answer.body["selected_fulfillment_options"].as_array();
    chosen.into_iter().flatten().map(read).collect()
}

/// Where the goods go.
pub(super) fn address(answer: &Answer) -> Value {
    if answer.version == Version::V2025_09_29 {
        return answer.body["fulfillment_address"].clone();
    }
    answer.body["fulfillment_details"]["address"].clone()
}

/// Calls `look` with every value below, and with the name or number it goes by.
pub(super) fn walk(value: &Value, name: &str, look: &mut impl FnMut(&str, &Value)) {
    look(name, value);
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| walk(value, name, look)),
        Value::Array(values) => values.iter().for_each(|value| walk(value, name, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How often a text occurs, as the whole of a value or a part of it.
pub(super) fn occurrences(value: &Value, wanted: &str) -> usize {
    let mut count = 0;
    walk(value, "", &mut |_, value| {
        count += usize::from(value.as_str().is_some_and(|text| text.contains(wanted)));
    });
    count
}

/// Every object below that has this member.
pub(super) fn objects_with(value: &Value, member: &str) -> Vec<Value> {
    let mut found = Vec::new();
    walk(value, "", &mut |_, value| {
        if value.get(member).is_some() {
            found.push(value.clone());
        }
    });
    found
}
