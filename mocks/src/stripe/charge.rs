use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use serde_json::{Value, json};

use super::blank::{billing_details, with_nulls};
use super::intent::seconds;
use super::methods::{Decline, Method};

/// An attempt to move money.
#[derive(Clone, Debug)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) intent: String,
    pub(super) made_at: Timestamp,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) method: Method,
    pub(super) description: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) outcome: Outcome,
    /// Whether the buyer has proven who he is.
    pub(super) is_proven: bool,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Declined(Decline),
    Held { until: Timestamp },
    Released { until: Timestamp },
    Taken { amount: i64, refunded: i64 },
}

const ALWAYS_NULL: [&str; 18] = [
    "application",
    "application_fee",
    "application_fee_amount",
    "balance_transaction",
    "customer",
    "failure_balance_transaction",
    "on_behalf_of",
    "receipt_email",
    "receipt_number",
    "receipt_url",
    "review",
    "shipping",
    "source",
    "source_transfer",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];

impl Charge {
    /// What can still be given back.
    pub(super) const fn refundable(&self) -> Option<i64> {
        match self.outcome {
            Outcome::Taken { amount, refunded } => Some(amount.saturating_sub(refunded)),
            Outcome::Declined(_) | Outcome::Held { .. } | Outcome::Released { .. } => None,
        }
    }

    /// As the caller sees it; `intent` stands in the place of the id.
    pub(super) fn render(&self, intent: Option<Value>) -> Value {
        let (taken, refunded) = match self.outcome {
            Outcome::Taken { amount, refunded } => (amount, refunded),
            Outcome::Declined(_) | Outcome::Held { .. } | Outcome::Released { .. } => (0, 0),
        };
        let decline = match self.outcome {
            Outcome::Declined(decline) => Some(decline),
            Outcome::Held { .. } | Outcome::Released { .. } | Outcome::Taken { .. } => None,
        };
        let object = json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": taken,
            "amount_refunded": refunded,
            "billing_details": billing_details(),
            "calculated_statement_descriptor": "ACP MOCK",
            "captured": taken > 0,
            "created": seconds(self.made_at),
            "currency": self.currency,
            "description": self.description,
            "disputed": false,
            "failure_code": decline.map(|decline| decline.code),
            "failure_message": decline.map(|decline| decline.message),
            "fraud_details": {},
            "livemode": false,
            "metadata": self.metadata,
            "outcome": outcome(decline),
            "paid": decline.is_none(),
            "payment_intent": intent.unwrap_or_else(|| self.intent.clone().into()),
            "payment_method": self.method.id,
            "payment_method_details": { "card": self.card(), "type": "card" },
            "refunded": taken > 0 && taken == refunded,
            "status": if decline.is_some() { "failed" } else { "succeeded" },
        });
        with_nulls(object, &ALWAYS_NULL)
    }

    fn card(&self) -> Value {
        let capture_before = match self.outcome {
            Outcome::Held { until } | Outcome::Released { until } => Some(seconds(until)),
            Outcome::Declined(_) | Outcome::Taken { .. } => None,
        };
        let proof = self.is_proven.then(|| {
            json!({
                "authentication_flow": "challenge",
                "electronic_commerce_indicator": "05",
                "exemption_indicator": null,
                "result": "authenticated",
                "result_reason": null,
                "transaction_id": null,
                "version": "2.2.0",
            })
        });
        let mut card = with_nulls(card(&self.method), &["installments", "mandate"]);
        if let Value::Object(fields) = &mut card {
            fields.insert("amount_authorized".into(), self.amount.into());
            fields.insert("network".into(), self.method.brand.into());
            fields.insert("three_d_secure".into(), proof.into());
            if let Some(capture_before) = capture_before {
                fields.insert("capture_before".into(), capture_before.into());
            }
        }
        card
    }
}

/// A card that can be paid with.
pub(super) fn stored_card(method: &Method) -> Value {
    let mut card = card(method);
    if let Value::Object(fields) = &mut card {
        fields.insert("display_brand".into(), method.brand.into());
        let networks = json!({ "available": [method.brand], "preferred": null });
        fields.insert("networks".into(), networks);
    }
    card
}

/// A card as everything shows it.
fn card(method: &Method) -> Value {
    json!({
        "brand": method.brand,
        "checks": {
            "address_line1_check": null,
            "address_postal_code_check": null,
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": format!("{}{}", method.brand, method.last4),
        "funding": "credit",
        "last4": method.last4,
        "wallet": null,
    })
}

/// A payment method, as it stands inside errors.
pub(super) fn payment_method(method: &Method, now: Timestamp) -> Value {
    json!({
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": billing_details(),
        "card": stored_card(method),
        "created": seconds(now),
        "customer": null,
        "livemode": false,
        "metadata": {},
        "type": "card",
    })
}

fn outcome(decline: Option<Decline>) -> Value {
    match decline {
        None => json!({
            "advice_code": null,
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": "approved_by_network",
            "reason": null,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": "Payment complete.",
            "type": "authorized",
        }),
        Some(decline) => json!({
            "advice_code": decline.advice_code,
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": "declined_by_network",
            "reason": decline.reason,
            "risk_level": "normal",
            "risk_score": 12,
            "seller_message": decline.message,
            "type": "issuer_declined",
        }),
    }
}
