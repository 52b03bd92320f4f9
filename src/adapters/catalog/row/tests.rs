use serde_json::{Value, json};

use super::*;
use crate::adapters::catalog::problem::{Problem, Warning};
use crate::adapters::catalog::report::Finding;

/// Everything a row must have, and `more` on top of it.
fn row_with(more: Value) -> Value {
    let mut row = json!({
        "id": "mug", "title": "Mug", "kind": "physical", "price": 900, "currency": "usd",
        "tax_class": "standard",
    });
    let Value::Object(more) = more else { panic!("an object") };
    row.as_object_mut().unwrap().extend(more);
    row
}

fn read_text(text: &str) -> Result<Reading, Vec<Finding<Problem>>> {
    let Found::Pairs(given) = serde_json::from_str(text).unwrap() else { panic!("an object") };
    read(1, given)
}

fn read_with(more: Value) -> Result<Reading, Vec<Finding<Problem>>> {
    read_text(&row_with(more).to_string())
}

#[track_caller]
fn assert_refused(more: Value, field: &str, problem: Problem) {
    let shown = more.to_string();
    assert_eq!(read_with(more), Err(vec![Finding::about(1, field, problem)]), "{shown}");
}

#[track_caller]
fn assert_accepted(more: Value) -> Row {
    let reading = read_with(more).unwrap();
    assert_eq!(reading.warnings, []);
    reading.row
}

#[test]
fn the_least_row_is_filled_with_nothing_but_what_follows_from_it() {
    let Row { item, stock } = assert_accepted(json!({}));
    assert_eq!((&*item.product_id, stock), ("mug", None));
    assert_eq!(item.price.to_string(), "9.00 USD");
    assert!(item.description.is_empty() && item.category.is_empty());
    assert!(item.options.is_empty() && item.tags.is_empty() && item.images.is_empty());
    assert_eq!((item.brand, item.sku, item.seller), (None, None, None));
    assert_eq!((item.sold_as, item.max_per_order, item.weight_grams), (None, None, None));
}

#[test]
fn a_required_field_is_missed() {
    for field in FIELDS.iter().filter(|field| field.is_required) {
        assert_refused(json!({ field.name: null }), field.name, Problem::Missing);
    }
    assert_refused(json!({ "title": " \n<b></b>" }), "title", Problem::Missing);
}

#[test]
fn a_price_is_an_integer_of_minor_units_in_its_range() {
    for (price, is_good) in [(0, true), (99_999_999, true), (-1, false), (100_000_000, false)] {
        assert_eq!(read_with(json!({ "price": price })).is_ok(), is_good, "{price}");
    }
    for price in [json!("9"), json!("9.00"), json!(9.0), json!(9.5), json!(true), json!([9])] {
        assert_refused(json!({ "price": price }), "price", Problem::NotMinorUnits);
    }
    for digits in ["1e2", "900.0", "1E400", "10000000000000000000000000000000"] {
        let text = row_with(json!({})).to_string().replace("900", digits);
        let read = serde_json::from_str::<Found>(&text).map(|_| read_text(&text));
        assert!(read.is_err() || read.is_ok_and(|read| read.is_err()), "{digits}");
    }
    let problem = Problem::OutOfRange { number: i64::MAX, min: 0, max: 99_999_999 };
    assert_refused(json!({ "price": u64::MAX }), "price", problem);
}

#[test]
fn an_id_has_few_kinds_of_characters() {
    for id in ["a", "A.b_c-9", &"x".repeat(128)] {
        assert_eq!(assert_accepted(json!({ "id": id })).item.id.as_str(), id);
    }
    for id in ["", " a", "a b", "a/b", "caf\u{e9}", "a\n", "<b>", &"x".repeat(129)] {
        assert_refused(json!({ "id": id }), "id", Problem::NotAnId { max: 128 });
        assert_refused(json!({ "product_id": id }), "product_id", Problem::NotAnId { max: 128 });
    }
    assert_refused(json!({ "id": 7 }), "id", Problem::NotText);
}

#[test]
fn counts_have_their_least() {
    assert_eq!(assert_accepted(json!({ "stock": 0 })).stock, Some(0));
    assert_eq!(assert_accepted(json!({ "stock": u32::MAX })).stock, Some(u32::MAX));
    assert_eq!(assert_accepted(json!({ "stock": null })).stock, None);
    let max = i64::from(u32::MAX);
    for (field, number, min) in
        [("stock", -1, 0), ("stock", max + 1, 0), ("max_per_order", 0, 1), ("weight_grams", -5, 0)]
    {
        assert_refused(json!({ field: number }), field, Problem::OutOfRange { number, min, max });
        assert_refused(json!({ field: "1" }), field, Problem::NotWhole);
        assert_refused(json!({ field: 1.5 }), field, Problem::NotWhole);
    }
}

#[test]
fn texts_have_their_length_in_characters() {
    for (field, max) in
        [("title", 300), ("description", 5_000), ("brand", 200), ("category", 200), ("seller", 200)]
    {
        assert_accepted(json!({ field: "\u{8336}".repeat(max) }));
        let long = json!({ field: "\u{8336}".repeat(max + 1) });
        assert_refused(long, field, Problem::TooLong { max });
        assert_refused(json!({ field: ["a"] }), field, Problem::NotText);
    }
    assert_refused(json!({ "sku": "x".repeat(129) }), "sku", Problem::TooLong { max: 128 });
    assert_eq!(assert_accepted(json!({ "brand": "" })).item.brand, None);
}

#[test]
fn lists_have_their_length() {
    let pictures = |count| vec!["https://shop.example/a.jpg"; count];
    for (field, entries, max) in [
        ("tags", json!(vec!["red"; 21]), 20),
        ("images", json!(pictures(11)), 10),
        ("options", (0..11).map(|n| (format!("o{n}"), json!("v"))).collect(), 10),
    ] {
        assert_refused(json!({ field: entries }), field, Problem::TooMany { max });
    }
    assert_accepted(json!({ "tags": vec!["red"; 20], "images": pictures(10) }));
    assert_refused(json!({ "tags": "red" }), "tags", Problem::NotTexts);
    assert_refused(json!({ "tags": [1] }), "tags", Problem::NotTexts);
    assert_refused(json!({ "tags": ["red", " "] }), "tags", Problem::EmptyEntry);
    assert_refused(json!({ "options": ["a"] }), "options", Problem::NotPairs);
    assert_refused(json!({ "options": { "size": 5 } }), "options", Problem::NotPairs);
    assert_refused(json!({ "options": { "size": "" } }), "options", Problem::EmptyEntry);
}

#[test]
fn options_keep_their_order_and_tags_their_words() {
    let row = r#"{"options": {"size": "M", "color": "navy"}, "tags": ["Wool", "SOFT"], "#;
    let row = row_with(json!({})).to_string().replacen('{', row, 1);
    let item = read_text(&row).unwrap().row.item;
    let options: Vec<(&str, &str)> = item.options.iter().map(|(n, v)| (&**n, &**v)).collect();
    assert_eq!(options, [("size", "M"), ("color", "navy")]);
    assert_eq!(item.tags, ["wool", "soft"].map(Box::from));
}

#[test]
fn an_image_is_a_link_to_the_web() {
    for good in ["http://a.example/b.jpg", "HTTPS://a.example:8443/\u{8336}.png?w=1#x"] {
        assert_accepted(json!({ "images": [good] }));
    }
    for bad in [
        "",
        "a.jpg",
        "ftp://a/b",
        "javascript:alert(1)",
        "data:image/png;base64,AA",
        "https://",
        "https:///b",
        "https://a b/c",
        "https://a/\"><script>",
        "https://shop@evil.example/",
        "//a.example/b",
        "https://a/b\\c",
    ] {
        assert_refused(json!({ "images": [bad] }), "images", Problem::NotALink);
    }
    let long = format!("https://a/{}", "x".repeat(2_048));
    assert_refused(json!({ "images": [long] }), "images", Problem::TooLong { max: 2_048 });
}

#[test]
fn choices_and_currencies_are_known_names() {
    for (field, names) in [
        ("kind", "physical, digital"),
        ("tax_class", "standard, reduced, exempt"),
        ("sold_as", "pair, dozen, pack, jar, bag, bottle, carton, bunch"),
    ] {
        for name in names.split(", ") {
            assert_accepted(json!({ field: name }));
        }
        assert_refused(json!({ field: "odd" }), field, Problem::NotOneOf { names: names.into() });
    }
    for bad in ["XXX", "us", "dollar", ""] {
        assert_refused(json!({ "currency": bad }), "currency", Problem::UnknownCurrency);
    }
}

#[test]
fn all_problems_of_a_row_are_found_at_once() {
    let bad = json!({ "price": "9", "currency": "XXX", "stock": -1, "colour": "red" });
    let problems = read_with(bad).unwrap_err();
    let fields: Vec<_> = problems.iter().map(|found| found.field.as_deref().unwrap()).collect();
    assert_eq!(fields, ["colour", "price", "currency", "stock"]);
}

#[test]
fn a_field_is_given_once() {
    let twice = |more: &str| read_text(&row_with(json!({})).to_string().replacen('{', more, 1));
    let refused = |field| Err(vec![Finding::about(1, field, Problem::Twice)]);
    assert_eq!(twice(r#"{"price": 900, "#), refused("price"));
    assert_eq!(twice(r#"{"options": {"a": "1", "a": "2"}, "#), refused("options"));
}

#[test]
fn an_unknown_field_is_named_briefly_and_harmlessly() {
    let name = format!("\u{1b}[2J{}", "x".repeat(1_000));
    let problems = read_with(json!({ name: 1 })).unwrap_err();
    let field = problems[0].field.as_deref().unwrap();
    assert_eq!(field, format!(" [2J{}", "x".repeat(56)));
}

#[test]
fn tags_of_html_are_taken_out_with_a_warning() {
    let fields = json!({ "title": "<b>Mug</b> <i>", "tags": ["<i>a", "<i>b"], "brand": "A & B" });
    let reading = read_with(fields).unwrap();
    assert_eq!(&*reading.row.item.title, "Mug");
    let warned: Vec<_> = reading.warnings.iter().map(|w| w.field.as_deref().unwrap()).collect();
    assert_eq!(warned, ["title", "tags"]);
    assert!(reading.warnings.iter().all(|warning| warning.problem == Warning::TagsTakenOut));
}
