use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use serde_json::{Value, json};

use super::blank::billing_details;
use super::charge::stored_card;
use super::intent::seconds;
use super::methods::Method;

/// A shared payment token an agent has granted to the shop.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) id: String,
    pub(super) made_at: Timestamp,
    pub(super) method: Method,
    pub(super) currency: String,
    pub(super) amount_max: i64,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) captured: i64,
    /// What is held and not yet taken. It counts against the limit, so that two holds cannot
    /// become more than it.
    pub(super) held: i64,
    pub(super) ended: Option<(Timestamp, End)>,
    pub(super) shared_metadata: BTreeMap<String, String>,
}

/// Why a token is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Consumed,
    Expired,
    Revoked,
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::Consumed => "consumed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Token {
    /// Ends it if its time has come.
    pub(super) fn age(&mut self, now: Timestamp) {
        if let Some(expires_at) = self.expires_at.filter(|expires_at| *expires_at <= now)
            && self.ended.is_none()
        {
            self.ended = Some((expires_at, End::Expired));
        }
    }

    /// Why this much cannot be paid with it.
    pub(super) fn objection(&self, amount: i64, currency: &str) -> Option<String> {
        let id = &self.id;
        if let Some((_, end)) = self.ended {
            let end = end.name();
            return Some(format!("The shared payment token {id} has been deactivated: {end}."));
        }
        if self.currency != currency {
            let limit = &self.currency;
            return Some(format!("The shared payment token {id} is for {limit}, not {currency}."));
        }
        let left = self.amount_max.saturating_sub(self.captured).saturating_sub(self.held);
        (amount > left).then(|| {
            format!(
                "The amount {amount} is more than the {left} left on the shared payment token {id}."
            )
        })
    }

    pub(super) fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "shared_payment.granted_token",
            "agent_details": { "network_business_profile": "profile_test_acp_mock" },
            "created": seconds(self.made_at),
            "deactivated_at": self.ended.map(|(at, _)| seconds(at)),
            "deactivated_reason": self.ended.map(|(_, end)| end.name()),
            "livemode": false,
            "payment_method_details": {
                "billing_details": billing_details(),
                "card": stored_card(&self.method),
                "type": "card",
            },
            "risk_details": null,
            "shared_metadata": self.shared_metadata,
            "usage_details": {
                "amount_captured": { "currency": self.currency, "value": self.captured },
            },
            "usage_limits": {
                "currency": self.currency,
                "expires_at": self.expires_at.map(seconds),
                "max_amount": self.amount_max,
            },
        })
    }
}
