//! Cards that are handed over: how they are taken, what their tokens pay for, and where nothing of
//! them is left; and whose they are.

pub(crate) mod hiding;
mod spending;
mod taking;
pub(crate) mod three_ds;

use serde_json::{Value, json};

/// A card that pays.
const VISA: &str = "4242424242424242";
const DELEGATE: &str = "/agentic_commerce/delegate_payment";

/// A card, for the whole of what [`crate::http::app::basket`] costs.
pub(crate) fn delegation(session: &str, number: &str) -> Value {
    json!({
        "payment_method": {
            "type": "card", "card_number_type": "fpan", "virtual": false, "number": number,
            "exp_month": "11", "exp_year": "2034", "name": "Ada Byron", "cvc": "987",
            "checks_performed": ["avs", "cvv"], "iin": "424242",
            "display_card_funding_type": "credit", "display_brand": "visa",
            "display_last4": "4242", "metadata": {"issuing_bank": "temp"},
        },
        "allowance": {
            "reason": "one_time", "max_amount": 100_000, "currency": "usd",
            "checkout_session_id": session, "merchant_id": "merchant_demo",
            "expires_at": "2026-01-01T12:00:00Z",
        },
        "billing_address": {
            "name": "Ada Byron", "line_one": "4 Pier Road", "line_two": "", "city": "San Francisco",
            "state": "CA", "country": "US", "postal_code": "94105",
        },
        "risk_signals": [{"type": "card_testing", "score": 10, "action": "manual_review"}],
        "metadata": {"campaign": "q4"},
    })
}

/// The same with another value in one place, or without one.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
    body
}
