//! Rows written out again, to see that reading one loses nothing.

use serde_json::{Map, Value, json};

use super::field::FIELDS;
use super::values::{KINDS, SOLD_AS, TAX_CLASSES};
use super::{Form, Row};

/// A row as one line of JSON.
pub(in crate::adapters::catalog) fn print(row: &Row) -> String {
    let item = &row.item;
    let currency = item.price.currency();
    // Written by hand, because a map of `serde_json` would sort them.
    let options: Vec<String> = item
        .options
        .iter()
        .map(|(name, value)| format!("{}:{}", json!(name), json!(value)))
        .collect();
    let Value::Object(mut fields) = json!({
        "id": item.id.as_str(),
        "product_id": item.product_id,
        "title": item.title,
        "description": item.description,
        "brand": item.brand,
        "category": item.category,
        "kind": name_of(KINDS, &item.kind),
        "price": item.price.minor(),
        "currency": currency.to_string(),
        "stock": row.stock,
        "tags": item.tags,
        "images": item.images,
        "sku": item.sku,
        "sold_as": item.sold_as.as_ref().map(|sold_as| name_of(SOLD_AS, sold_as)),
        "max_per_order": item.max_per_order,
        "tax_class": name_of(TAX_CLASSES, &item.tax_class),
        "weight_grams": item.weight_grams,
        "seller": item.seller,
        "disclosures": item.disclosures.iter().map(|told| &told.text).collect::<Vec<_>>(),
    }) else {
        panic!("an object")
    };
    fields.retain(|_, value| !value.is_null());
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{},\"options\":{{{}}}}}", fields.join(","), options.join(","))
}

/// Rows as a CSV file. What CSV cannot say, a `;` inside an entry, must not be in them.
pub(in crate::adapters::catalog) fn print_csv(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(FIELDS.iter().map(|field| field.name)).unwrap();
    for row in rows {
        let fields: Map<String, Value> = serde_json::from_str(&print(row)).unwrap();
        let cell = |(name, form)| match (form, fields.get(name).unwrap_or(&Value::Null)) {
            (Form::Pairs, _) => {
                let pair = |(name, value): &(Box<str>, Box<str>)| format!("{name}={value}");
                row.item.options.iter().map(pair).collect::<Vec<_>>().join(";")
            }
            (_, Value::Null) => String::new(),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Array(list)) => {
                list.iter().map(|entry| entry.as_str().unwrap()).collect::<Vec<_>>().join(";")
            }
            (_, other) => other.to_string(),
        };
        writer.write_record(FIELDS.iter().map(|field| cell((field.name, field.form)))).unwrap();
    }
    writer.into_inner().unwrap()
}

fn name_of<T: PartialEq>(choices: &[(&'static str, T)], choice: &T) -> &'static str {
    choices.iter().find(|(_, known)| known == choice).unwrap().0
}
