//! Catalogues as files, in the format of the shared sample.

use std::path::{Path, PathBuf};

use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_language::{Delivery, Index, Product, Shop, Variant};
use serde_json::Value;

pub(crate) struct Store {
    pub products: Vec<Product>,
    pub index: Index,
    pub shop: Shop,
}

pub(crate) fn beside(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(String::new, str::to_owned)
}

fn attributes(value: &Value) -> Vec<(String, String)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.clone(), text(value))).collect()
}

fn stock(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|stock| u32::try_from(stock).ok())
}

pub(crate) fn product(value: &Value, currency: Currency) -> Product {
    let price = |value: &Value| Money::new(value["price"].as_i64().unwrap(), currency).unwrap();
    let variants = value["variants"].as_array().into_iter().flatten();
    Product {
        id: ItemId::new(text(&value["id"])),
        title: text(&value["title"]),
        description: text(&value["description"]),
        brand: text(&value["brand"]),
        category: text(&value["category"]),
        attributes: attributes(&value["attributes"]),
        price: price(value),
        stock: stock(&value["stock"]),
        variants: variants
            .map(|variant| Variant {
                id: ItemId::new(text(&variant["id"])),
                title: text(&variant["title"]),
                attributes: attributes(&variant["attributes"]),
                price: price(variant),
                stock: stock(&variant["stock"]),
            })
            .collect(),
    }
}

fn days(option: &Value) -> Option<u32> {
    let eta = text(&option["eta"]);
    let digits: Vec<u32> =
        eta.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect();
    digits.last().copied().or(match eta.as_str() {
        "next business day" => Some(1),
        "same day" => Some(0),
        _ => None,
    })
}

pub(crate) fn store(path: &Path) -> Store {
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let currency = Currency::parse(file["currency"].as_str().unwrap()).unwrap();
    let products: Vec<Product> =
        file["products"].as_array().unwrap().iter().map(|value| product(value, currency)).collect();
    let deliveries = file["delivery_options"].as_array().into_iter().flatten();
    let codes = file["discounts"].as_array().into_iter().flatten();
    let shop = Shop {
        deliveries: deliveries
            .map(|option| Delivery {
                id: text(&option["id"]),
                title: text(&option["title"]),
                price_minor: option["price"].as_i64(),
                days: days(option),
            })
            .collect(),
        codes: codes.map(|code| text(&code["code"])).collect(),
    };
    Store { index: Index::build(&products), products, shop }
}

/// The catalogue the gateway shows itself with: rows of items, gathered into products.
pub(crate) fn demo() -> Store {
    let rows =
        std::fs::read_to_string(beside("../../src/adapters/catalog/demo/usd.jsonl")).unwrap();
    let currency = Currency::parse("USD").unwrap();
    let mut products: Vec<Product> = Vec::new();
    for row in rows.lines().filter(|row| !row.trim().is_empty()) {
        let row: Value = serde_json::from_str(row).unwrap();
        let tags: Vec<String> = row["tags"].as_array().into_iter().flatten().map(text).collect();
        let item = Variant {
            id: ItemId::new(text(&row["id"])),
            title: text(&row["title"]),
            attributes: attributes(&row["options"]),
            price: Money::new(row["price"].as_i64().unwrap(), currency).unwrap(),
            stock: stock(&row["stock"]),
        };
        let id = ItemId::new(text(&row["product_id"]));
        if let Some(known) = products.iter_mut().find(|product| product.id == id) {
            known.variants.push(item);
            continue;
        }
        let sold_as = row["sold_as"].as_str().map(|unit| ("sold_as".to_owned(), unit.to_owned()));
        let is_lone = item.attributes.is_empty();
        products.push(Product {
            id,
            title: text(&row["title"]),
            description: text(&row["description"]),
            brand: text(&row["brand"]),
            category: format!("{} {}", text(&row["category"]), tags.join(" ")),
            attributes: sold_as.into_iter().collect(),
            price: item.price,
            stock: item.stock,
            variants: if is_lone { Vec::new() } else { vec![item] },
        });
    }
    Store { index: Index::build(&products), products, shop: Shop::default() }
}
