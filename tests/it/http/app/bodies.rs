//! What most tests send.

use serde_json::{Value, json};

/// A basket that lacks only the choice of an option.
pub(crate) fn basket() -> Value {
    json!({
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "line_items": [{"id": HONEY, "quantity": 2}],
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    })
}

/// An item of which there are 140.
pub(crate) const HONEY: &str = "honey-wildflower-350g";

/// The choice it lacks.
pub(crate) fn standard_shipping() -> Value {
    json!({"selected_fulfillment_options": [
        {"type": "shipping", "option_id": "standard", "item_ids": [HONEY]},
    ]})
}

pub(crate) fn address(state: &str, postal_code: &str) -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
        "state": state, "country": "US", "postal_code": postal_code,
    })
}

pub(crate) fn payment(token: &str) -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
    }})
}
