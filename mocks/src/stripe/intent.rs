use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use serde_json::{Value, json};

use super::blank::with_nulls;
use super::methods::Method;

/// A `PaymentIntent`.
#[derive(Clone, Debug)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) made_at: Timestamp,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) capture_method: CaptureMethod,
    pub(super) description: Option<String>,
    pub(super) receipt_email: Option<String>,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) method_types: Vec<String>,
    pub(super) method: Option<Method>,
    /// Whether the shop wants the buyer to prove who he is.
    pub(super) asks_for_proof: bool,
    pub(super) stage: Stage,
    pub(super) last_error: Option<Value>,
    pub(super) latest_charge: Option<String>,
}

/// When money is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaptureMethod {
    Automatic,
    AutomaticAsync,
    Manual,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    NeedsMethod,
    NeedsConfirmation,
    NeedsAction { return_url: Option<String> },
    Held { until: Timestamp },
    Paid { amount: i64 },
    Canceled { at: Timestamp, reason: Option<Reason> },
}

/// Why it was canceled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Abandoned,
    Duplicate,
    Fraudulent,
    RequestedByCustomer,
    /// Nobody took what was held while it was.
    Expired,
}

/// The dialect of a caller: the date in `Stripe-Version`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Version(pub(super) String);

/// What callers get that name no version.
pub(super) const LATEST: &str = "2026-10-28.endive";

impl Version {
    pub(super) fn latest() -> Self {
        Self(LATEST.to_owned())
    }

    /// Since 2025-03-31 an authorization that has run out is told apart from other cancellations
    /// by Stripe itself.
    fn knows_expired(&self) -> bool {
        self.0.as_str() >= "2025-03-31"
    }
}

impl CaptureMethod {
    pub(super) const NAMES: [(&'static str, Self); 3] = [
        ("automatic", Self::Automatic),
        ("automatic_async", Self::AutomaticAsync),
        ("manual", Self::Manual),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::AutomaticAsync => "automatic_async",
            Self::Manual => "manual",
        }
    }
}

impl Reason {
    /// Those a caller may give.
    pub(super) const NAMES: [(&'static str, Self); 4] = [
        ("abandoned", Self::Abandoned),
        ("duplicate", Self::Duplicate),
        ("fraudulent", Self::Fraudulent),
        ("requested_by_customer", Self::RequestedByCustomer),
    ];

    fn name(self, version: &Version) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::Duplicate => "duplicate",
            Self::Fraudulent => "fraudulent",
            Self::RequestedByCustomer => "requested_by_customer",
            Self::Expired if version.knows_expired() => "expired",
            Self::Expired => "automatic",
        }
    }
}

impl Stage {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::NeedsMethod => "requires_payment_method",
            Self::NeedsConfirmation => "requires_confirmation",
            Self::NeedsAction { .. } => "requires_action",
            Self::Held { .. } => "requires_capture",
            Self::Paid { .. } => "succeeded",
            Self::Canceled { .. } => "canceled",
        }
    }
}

pub(super) const fn seconds(time: Timestamp) -> i64 {
    time.unix_ms().div_euclid(1_000)
}

const ALWAYS_NULL: [&str; 17] = [
    "application",
    "application_fee_amount",
    "automatic_payment_methods",
    "customer",
    "customer_account",
    "excluded_payment_method_types",
    "on_behalf_of",
    "payment_method_configuration_details",
    "processing",
    "review",
    "setup_future_usage",
    "shipping",
    "source",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
];

impl Intent {
    /// As the caller sees it; `charge` stands in the place of the charge's id.
    pub(super) fn render(&self, version: &Version, charge: Option<Value>) -> Value {
        let (canceled_at, reason) = match &self.stage {
            Stage::Canceled { at, reason } => (Some(seconds(*at)), *reason),
            Stage::NeedsMethod
            | Stage::NeedsConfirmation
            | Stage::NeedsAction { .. }
            | Stage::Held { .. }
            | Stage::Paid { .. } => (None, None),
        };
        let capturable = if matches!(self.stage, Stage::Held { .. }) { self.amount } else { 0 };
        let received = if let Stage::Paid { amount } = self.stage { amount } else { 0 };
        let asks = if self.asks_for_proof { "any" } else { "automatic" };
        let object = json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": capturable,
            "amount_details": { "tip": {} },
            "amount_received": received,
            "canceled_at": canceled_at,
            "cancellation_reason": reason.map(|reason| reason.name(version)),
            "capture_method": self.capture_method.name(),
            "client_secret": self.secret,
            "confirmation_method": "automatic",
            "created": seconds(self.made_at),
            "currency": self.currency,
            "description": self.description,
            "last_payment_error": self.last_error,
            "latest_charge": charge.or_else(|| self.latest_charge.clone().map(Value::from)),
            "livemode": false,
            "metadata": self.metadata,
            "next_action": self.next_action(),
            "payment_method": self.method.as_ref().map(|method| &method.id),
            "payment_method_options": { "card": {
                "installments": null,
                "mandate_options": null,
                "network": null,
                "request_three_d_secure": asks,
            } },
            "payment_method_types": self.method_types,
            "receipt_email": self.receipt_email,
            "status": self.stage.name(),
        });
        with_nulls(object, &ALWAYS_NULL)
    }

    fn next_action(&self) -> Value {
        let Stage::NeedsAction { return_url } = &self.stage else { return Value::Null };
        let url = format!("https://hooks.stripe.com/redirect/authenticate/{}", self.id);
        match return_url {
            Some(return_url) => json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "return_url": return_url, "url": url },
            }),
            None => json!({
                "type": "use_stripe_sdk",
                "use_stripe_sdk": {
                    "type": "three_d_secure_redirect",
                    "stripe_js": url,
                    "source": format!("src_{}", self.id.trim_start_matches("pi_")),
                },
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ran_out_is_called_as_the_caller_knows_it() {
        let name = |version: &str| Reason::Expired.name(&Version(version.to_owned()));
        assert_eq!(name("2025-02-24.acacia"), "automatic");
        assert_eq!(name("2025-03-31.basil"), "expired");
        assert_eq!(name(LATEST), "expired");
    }
}
