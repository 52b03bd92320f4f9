use acp_core::time::Timestamp;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::kept::Kept;
use crate::server::{Call, Reply};

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Open,
    Metadata(String),
    Products(String),
    Upsert(String),
}

/// A refusal, as the protocol writes it.
pub(super) fn refusal(status: StatusCode, code: &str, message: &str) -> Reply {
    let kind = if status.is_server_error() { "processing_error" } else { "invalid_request" };
    Reply::of(status, json!({ "type": kind, "code": code, "message": message }))
}

/// Does what is asked for.
pub(super) fn perform(
    kept: &mut Kept,
    operation: &Operation,
    call: &Call,
    now: Timestamp,
) -> Reply {
    match operation {
        Operation::Open => open(kept, call, now),
        Operation::Metadata(id) => found(kept.metadata(id)),
        Operation::Products(id) => {
            found(kept.products(id).map(|products| json!({ "products": products })))
        }
        Operation::Upsert(id) => upsert(kept, id, call, now),
    }
}

fn found(told: Option<Value>) -> Reply {
    told.map_or_else(unknown, |told| Reply::of(StatusCode::OK, told))
}

fn unknown() -> Reply {
    refusal(StatusCode::NOT_FOUND, "feed_not_found", "Feed not found")
}

fn open(kept: &mut Kept, call: &Call, now: Timestamp) -> Reply {
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let country = body.get("target_country").map(|country| country.as_str().unwrap_or_default());
    let is_country =
        |country: &str| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
    if !body.is_object() || country.is_some_and(|country| !is_country(country)) {
        let message = "target_country must be an ISO 3166-1 alpha-2 code";
        return refusal(StatusCode::BAD_REQUEST, "invalid_target_country", message);
    }
    let key = call.key.as_ref();
    let answer = kept.answer_to(key).unwrap_or_else(|| kept.open(country.map(str::to_owned), now));
    kept.remember(key, &answer);
    Reply::of(StatusCode::CREATED, answer)
}

fn upsert(kept: &mut Kept, id: &str, call: &Call, now: Timestamp) -> Reply {
    if kept.metadata(id).is_none() {
        return unknown();
    }
    let body: Value = serde_json::from_slice(&call.body).unwrap_or_default();
    let products = match body.get("products").and_then(Value::as_array) {
        Some(products) if !products.is_empty() => products.clone(),
        _ => return invalid("products must contain at least one valid Product"),
    };
    for product in &products {
        let id = text(product, "id");
        if kept.refused.contains(id) || !is_product(product) {
            return invalid(&format!("the product {id:?} is none"));
        }
    }
    if let Some(answer) = kept.answer_to(call.key.as_ref()) {
        return Reply::of(StatusCode::OK, answer);
    }
    let answer = kept.upsert(id, products, now).unwrap_or_default();
    kept.remember(call.key.as_ref(), &answer);
    Reply::of(StatusCode::OK, answer)
}

pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn invalid(message: &str) -> Reply {
    refusal(StatusCode::BAD_REQUEST, "invalid_product_payload", message)
}

/// Whether it has what a product must have.
fn is_product(product: &Value) -> bool {
    let has_text = |value: &Value, name: &str| !text(value, name).is_empty();
    let is_variant = |variant: &Value| has_text(variant, "id") && has_text(variant, "title");
    let variants = product.get("variants").and_then(Value::as_array);
    has_text(product, "id") && variants.is_some_and(|variants| variants.iter().all(is_variant))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn call(key: &str, body: &Value) -> Call {
        Call { key: Some(key.to_owned()), body: body.to_string().into(), ..Call::default() }
    }

    fn product(id: &str, title: &str) -> Value {
        json!({ "id": id, "variants": [{ "id": id, "title": title }] })
    }

    #[test]
    fn products_are_put_in_the_place_of_others_and_each_key_counts_once() {
        let mut kept = Kept::default();
        let country = json!({ "target_country": "US" });
        for _ in 0..2 {
            let opened = perform(&mut kept, &Operation::Open, &call("a", &country), NOON);
            assert_eq!((opened.status.as_u16(), &opened.body["id"]), (201, &json!("feed_1")));
        }
        let upsert = Operation::Upsert("feed_1".to_owned());
        for (key, products) in [
            ("b", vec![product("x", "X"), product("y", "Y")]),
            ("b", vec![product("x", "X"), product("y", "Y")]),
            ("c", vec![product("x", "Z")]),
        ] {
            let body = json!({ "products": products });
            let taken = perform(&mut kept, &upsert, &call(key, &body), NOON);
            assert_eq!(taken.body["accepted"], true);
        }
        assert_eq!(kept.pieces(), [vec!["x", "y"], vec!["x"]]);
        assert_eq!(kept.products("feed_1").unwrap(), [product("x", "Z"), product("y", "Y")]);
    }

    #[test]
    fn what_is_no_product_is_not_taken() {
        let mut kept = Kept::default();
        perform(&mut kept, &Operation::Open, &call("a", &json!({})), NOON);
        kept.refused.insert("bad".to_owned());
        let upsert = Operation::Upsert("feed_1".to_owned());
        for products in [
            json!([]),
            json!([{ "id": "x" }]),
            json!([{ "id": "x", "variants": [{ "id": "x" }] }]),
            json!([product("good", "G"), product("bad", "B")]),
        ] {
            let body = json!({ "products": products });
            let answer = perform(&mut kept, &upsert, &call("b", &body), NOON);
            assert_eq!(answer.status, 400, "{body}");
        }
        let nowhere = Operation::Upsert("feed_2".to_owned());
        assert_eq!(perform(&mut kept, &nowhere, &call("c", &json!({})), NOON).status, 404);
        assert!(kept.pieces().is_empty());
    }
}
