//! What is told of a product, in every form.

use std::sync::Arc;

use acp_core::catalog::{CatalogItem, GoneItem, Kind, OfferedItem, OfferedProduct, TaxClass};
use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_core::stock::Availability;
use serde_json::{Value, json};

use super::csv::{CSV_HEADING, add_rows};
use super::feed::{is_address, render_product, title};

fn item(id: &str, title: &str) -> CatalogItem {
    CatalogItem {
        id: ItemId::new(id),
        product_id: "tee".into(),
        title: title.into(),
        description: "Cotton.".into(),
        brand: None,
        category: "clothing/t-shirts".into(),
        kind: Kind::Physical,
        price: Money::new(1_999, Currency::parse("usd").unwrap()).unwrap(),
        options: vec![("Size".into(), "S".into())],
        tags: Vec::new(),
        images: vec!["https://shop.example/tee.jpg".into()],
        sku: Some("SKU-7".into()),
        sold_as: None,
        max_per_order: None,
        tax_class: TaxClass::Standard,
        weight_grams: None,
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

fn offered(items: Vec<(CatalogItem, Availability)>) -> OfferedProduct {
    let offered = |(item, available)| OfferedItem { item: Arc::new(item), available };
    OfferedProduct { id: "tee".into(), items: items.into_iter().map(offered).collect() }
}

fn told(product: &OfferedProduct, gone: &[GoneItem]) -> Value {
    serde_json::from_slice(&render_product(product, gone)).unwrap()
}

#[test]
fn a_product_is_told_with_all_of_its_variants() {
    let blue = CatalogItem {
        description: "Cotton, and blue.".into(),
        images: vec!["https://shop.example/blue.jpg".into(), "https://bücher.example/".into()],
        sku: None,
        seller: Some("Ada".into()),
        ..item("tee-blue", "Classic Tee - Blue")
    };
    let product = offered(vec![
        (item("tee-red", "Classic Tee - Red"), Availability::Units(7)),
        (blue, Availability::Units(2)),
    ]);
    let category = json!([{"value": "clothing > t-shirts", "taxonomy": "merchant"}]);
    let price = json!({"amount": 1_999, "currency": "USD"});
    let options = json!([{"name": "Size", "value": "S"}]);
    let picture =
        |name: &str| json!([{"type": "image", "url": format!("https://shop.example/{name}.jpg")}]);
    assert_eq!(
        told(&product, &[]),
        json!({
            "id": "tee", "title": "Classic Tee", "description": {"plain": "Cotton."},
            "media": picture("tee"),
            "variants": [
                {
                    "id": "tee-red", "title": "Classic Tee - Red", "price": price,
                    "barcodes": [{"type": "SKU", "value": "SKU-7"}],
                    "availability": {"available": true, "status": "in_stock"},
                    "categories": category, "variant_options": options,
                },
                {
                    "id": "tee-blue", "title": "Classic Tee - Blue", "price": price,
                    "description": {"plain": "Cotton, and blue."},
                    "availability": {"available": true, "status": "limited_stock"},
                    "categories": category, "variant_options": options,
                    "media": picture("blue"), "seller": {"name": "Ada"},
                },
            ],
        })
    );
}

#[test]
fn what_cannot_be_bought_is_told_as_such() {
    let status = |item: CatalogItem, available| {
        let told = told(&offered(vec![(item, available)]), &[]);
        let availability = &told["variants"][0]["availability"];
        let status = availability["status"].as_str().unwrap().to_owned();
        (availability["available"].as_bool().unwrap(), status)
    };
    let withdrawn = CatalogItem { is_withdrawn: true, ..item("a", "A") };
    for (item, available, expected) in [
        (item("a", "A"), Availability::Units(0), (false, "out_of_stock")),
        (item("a", "A"), Availability::Units(5), (true, "limited_stock")),
        (item("a", "A"), Availability::Units(6), (true, "in_stock")),
        (item("a", "A"), Availability::Unlimited, (true, "in_stock")),
        (withdrawn, Availability::Units(7), (false, "discontinued")),
    ] {
        let (is_available, word) = expected;
        assert_eq!(status(item, available), (is_available, word.to_owned()));
    }
    let gone = [GoneItem { id: ItemId::new("tee-old"), title: "Old Tee".into() }];
    let last = told(&offered(Vec::new()), &gone);
    let discontinued = json!({"available": false, "status": "discontinued"});
    let expected = json!({"id": "tee-old", "title": "Old Tee", "availability": discontinued});
    assert_eq!(last, json!({"id": "tee", "variants": [expected]}));
}

#[test]
fn titles_have_their_first_words_in_common() {
    for (one, other, common) in [
        ("Tee - Red", "Tee - Blue", "Tee"),
        ("Tee", "Tee (Blue)", "Tee"),
        ("Tea", "Teapot", ""),
        ("Große Kanne, rot", "Große Kanne, grün", "Große Kanne"),
        ("Tee", "Tee", "Tee"),
    ] {
        let items = [one, other].map(|title| (item("a", title), Availability::Unlimited));
        let product = offered(items.into());
        assert_eq!(title(&product).unwrap_or_default(), common, "{one} and {other}");
    }
}

#[test]
fn only_addresses_are_told() {
    for good in ["https://a.example/b%20c?d=(1)", "http://a.example"] {
        assert!(is_address(good), "{good}");
    }
    for bad in ["https://ä.example/", "https://a.example/{b}", "https://a.example/%2", "%zz"] {
        assert!(!is_address(bad), "{bad}");
    }
}

#[test]
fn a_variant_is_a_line_and_text_is_never_a_command() {
    let item = CatalogItem {
        description: "=HYPERLINK(\"https://evil.example\")\nand more".into(),
        seller: Some(" @ada".into()),
        images: ["a", "b", "c"].map(|name| format!("https://x.example/{name}").into()).into(),
        ..item("-5", "Tee, \"red\"")
    };
    let mut table = Vec::new();
    add_rows(&offered(vec![(item, Availability::Units(0))]), &mut table);
    let expected = "\"tee\",\"Tee, \"\"red\"\"\",\"'-5\",\"Tee, \"\"red\"\"\",\
        \"'=HYPERLINK(\"\"https://evil.example\"\")\nand more\",1999,USD,false,out_of_stock,\
        \"clothing > t-shirts\",\"Size: S\",\"SKU-7\",\"https://x.example/a\",\
        \"https://x.example/b https://x.example/c\",\"' @ada\"\r\n";
    assert_eq!(String::from_utf8(table).unwrap(), expected);
    assert_eq!(CSV_HEADING.split(',').count(), 15);
}
