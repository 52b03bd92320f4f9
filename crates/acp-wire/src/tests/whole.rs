//! A whole session, word for word, in every version.

use serde_json::{Value, json};

use super::session::{SESSION, said, session};

/// The object with some members more.
fn with(mut whole: Value, more: Value) -> Value {
    let (Some(members), Value::Object(more)) = (whole.as_object_mut(), more) else {
        panic!("both are objects");
    };
    members.extend(more);
    whole
}

/// What every version says in the same words.
fn common() -> Value {
    json!({
        "id": SESSION,
        "buyer": {
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "ada@example.com",
            "phone_number": "+12025550114",
        },
        "status": "ready_for_payment",
        "currency": "usd",
        "totals": [
            { "type": "items_base_amount", "display_text": "Items", "amount": 3399 },
            { "type": "items_discount", "display_text": "Item discounts", "amount": 400 },
            { "type": "subtotal", "display_text": "Subtotal", "amount": 2999 },
            { "type": "discount", "display_text": "Discount", "amount": 0 },
            { "type": "fulfillment", "display_text": "Delivery", "amount": 599 },
            { "type": "tax", "display_text": "Tax", "amount": 165 },
            { "type": "total", "display_text": "Total", "amount": 3763 },
        ],
        "messages": [],
    })
}

fn address() -> Value {
    json!({
        "name": "Ada Lovelace",
        "line_one": "1 Main St",
        "line_two": "Floor 2",
        "city": "San Francisco",
        "state": "CA",
        "country": "US",
        "postal_code": "94107",
    })
}

/// What the two later versions say in the same words.
fn since_december() -> Value {
    let more = json!({
        "line_items": [
            {
                "id": "li_mug",
                "item": { "id": "mug", "quantity": 2 },
                "name": "Mug",
                "description": "Stoneware.",
                "images": ["https://shop.example/mug.jpg"],
                "unit_amount": 1200,
                "disclosures": [
                    { "type": "disclaimer", "content_type": "plain", "content": "Hot when hot." },
                ],
                "custom_attributes": [{ "display_name": "color", "value": "slate" }],
                "marketplace_seller_details": { "name": "Kiln & Co" },
                "base_amount": 2400,
                "discount": 400,
                "subtotal": 2000,
                "tax": 165,
                "total": 2165,
            },
            {
                "id": "li_ebook",
                "item": { "id": "ebook", "quantity": 1 },
                "name": "ebook",
                "unit_amount": 999,
                "base_amount": 999,
                "discount": 0,
                "subtotal": 999,
                "tax": 0,
                "total": 999,
            },
        ],
        "fulfillment_details": {
            "name": "Ada Lovelace",
            "phone_number": "+12025550199",
            "email": "ada@example.com",
            "address": address(),
        },
        "selected_fulfillment_options": [
            { "type": "shipping", "shipping": { "option_id": "standard", "item_ids": ["mug"] } },
            { "type": "digital", "digital": { "option_id": "download", "item_ids": ["ebook"] } },
        ],
        "links": [
            { "type": "terms_of_use", "url": "https://shop.example/terms" },
            { "type": "privacy_policy", "url": "https://shop.example/privacy" },
            { "type": "return_policy", "url": "https://shop.example/returns" },
        ],
    });
    with(common(), more)
}

/// The options, as they were said until December 2025.
fn priced_options() -> Value {
    json!([
        {
            "type": "shipping",
            "id": "standard",
            "title": "By standard",
            "subtitle": "Tomorrow.",
            "carrier": "Post",
            "earliest_delivery_time": "2026-01-16T00:00:00Z",
            "latest_delivery_time": "2026-01-17T00:00:00Z",
            "subtotal": 599,
            "tax": 0,
            "total": 599,
        },
        {
            "type": "shipping",
            "id": "express",
            "title": "By express",
            "subtotal": 1499,
            "tax": 0,
            "total": 1499,
        },
        {
            "type": "digital",
            "id": "download",
            "title": "By download",
            "subtotal": 0,
            "tax": 0,
            "total": 0,
        },
    ])
}

#[test]
fn the_first_release_says_a_session_so() {
    let more = json!({
        "payment_provider": { "provider": "stripe", "supported_payment_methods": ["card"] },
        "line_items": [
            {
                "id": "li_mug",
                "item": { "id": "mug", "quantity": 2 },
                "base_amount": 2400,
                "discount": 400,
                "subtotal": 2000,
                "tax": 165,
                "total": 2165,
            },
            {
                "id": "li_ebook",
                "item": { "id": "ebook", "quantity": 1 },
                "base_amount": 999,
                "discount": 0,
                "subtotal": 999,
                "tax": 0,
                "total": 999,
            },
        ],
        "fulfillment_address": address(),
        "fulfillment_options": priced_options(),
        "fulfillment_option_id": "standard",
        "links": [
            { "type": "terms_of_use", "url": "https://shop.example/terms" },
            { "type": "privacy_policy", "url": "https://shop.example/privacy" },
            { "type": "seller_shop_policies", "url": "https://shop.example/returns" },
        ],
    });
    let [first, _, _] = said(&session());
    assert_eq!(first, with(common(), more));
}

#[test]
fn the_release_of_december_says_a_session_so() {
    let networks = ["visa", "amex"];
    let more = json!({
        "payment_provider": {
            "provider": "stripe",
            "supported_payment_methods": [
                { "type": "card", "supported_card_networks": networks },
            ],
        },
        "fulfillment_options": priced_options(),
    });
    let [_, december, _] = said(&session());
    assert_eq!(december, with(since_december(), more));
}

#[test]
fn the_release_of_january_says_a_session_so() {
    let networks = ["visa", "amex"];
    let total = |text: &str, amount: i64| json!([{ "type": "total", "display_text": text, "amount": amount }]);
    let more = json!({
        "payment_provider": {
            "provider": "stripe",
            "merchant_id": "acct_1",
            "supported_payment_methods": [
                { "type": "card", "supported_card_networks": networks },
            ],
        },
        "authentication_provider": {
            "provider": "stripe",
            "merchant_id": "acct_1",
            "supported_authentication_methods": ["3ds"],
        },
        "fulfillment_options": [
            {
                "type": "shipping",
                "id": "standard",
                "title": "By standard",
                "description": "Tomorrow.",
                "carrier": "Post",
                "earliest_delivery_time": "2026-01-16T00:00:00Z",
                "latest_delivery_time": "2026-01-17T00:00:00Z",
                "totals": total("By standard", 599),
            },
            {
                "type": "shipping",
                "id": "express",
                "title": "By express",
                "totals": total("By express", 1499),
            },
            {
                "type": "digital",
                "id": "download",
                "title": "By download",
                "totals": total("By download", 0),
            },
        ],
    });
    let [_, _, january] = said(&session());
    assert_eq!(january, with(since_december(), more));
}
