//! What is read of Stripe's objects, and nothing else of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What was written on an object.
pub(super) type Metadata = BTreeMap<Box<str>, Box<str>>;

/// A payment.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Intent {
    pub(super) id: Box<str>,
    pub(super) status: Box<str>,
    pub(super) currency: Box<str>,
    #[serde(default)]
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) amount_capturable: i64,
    #[serde(default)]
    pub(super) amount_received: i64,
    #[serde(default)]
    pub(super) created: i64,
    #[serde(default)]
    pub(super) metadata: Metadata,
    #[serde(default)]
    pub(super) last_payment_error: Option<Complaint>,
    #[serde(default)]
    pub(super) latest_charge: Option<Expandable<Charge>>,
    #[serde(default)]
    pub(super) payment_method: Option<Expandable<Method>>,
}

/// An object, or only its id where nobody asked for more.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Whole(T),
    Id(serde::de::IgnoredAny),
}

impl<T> Expandable<T> {
    pub(super) const fn whole(&self) -> Option<&T> {
        match self {
            Self::Whole(whole) => Some(whole),
            Self::Id(_) => None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Charge {
    #[serde(default)]
    pub(super) amount_refunded: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Method {
    #[serde(default)]
    pub(super) card: Option<Card>,
}

/// What was made of a card.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct NewMethod {
    pub(super) id: Box<str>,
    #[serde(default)]
    pub(super) card: Option<Card>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    pub(super) brand: Box<str>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Refund {
    #[serde(default)]
    pub(super) status: Option<Box<str>>,
    #[serde(default)]
    pub(super) metadata: Metadata,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It was made.
    Done,
    /// Nobody knows yet what comes of it.
    Pending,
    /// It came to nothing.
    Failed,
}

impl Refund {
    pub(super) fn standing(&self) -> Standing {
        match self.status.as_deref() {
            Some("failed" | "canceled") => Standing::Failed,
            Some("pending" | "requires_action") => Standing::Pending,
            _ => Standing::Done,
        }
    }
}

/// What a buyer's agent granted this shop.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GrantedToken {
    pub(super) usage_limits: UsageLimits,
    #[serde(default)]
    pub(super) usage_details: Option<UsageDetails>,
    #[serde(default)]
    pub(super) deactivated_at: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct UsageLimits {
    pub(super) currency: Box<str>,
    pub(super) max_amount: i64,
    #[serde(default)]
    pub(super) expires_at: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct UsageDetails {
    #[serde(default)]
    pub(super) amount_captured: Option<Captured>,
}

/// How much a granted token has paid: an amount, or an object with one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Captured {
    Amount(i64),
    Object { value: i64 },
}

impl Captured {
    pub(super) const fn amount(&self) -> i64 {
        match self {
            Self::Amount(amount) | Self::Object { value: amount } => *amount,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Envelope {
    pub(super) error: Complaint,
}

impl Complaint {
    /// Whether the buyer's bank would pay if the buyer authenticated.
    pub(super) fn wants_authentication(&self) -> bool {
        self.code.as_deref() == Some("authentication_required")
            || self.decline_code.as_deref() == Some("authentication_required")
    }
}

/// Why something did not go as was asked.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Complaint {
    #[serde(default, rename = "type")]
    pub(super) kind: Box<str>,
    #[serde(default)]
    pub(super) code: Option<Box<str>>,
    #[serde(default)]
    pub(super) decline_code: Option<Box<str>>,
    #[serde(default)]
    pub(super) advice_code: Option<Box<str>>,
    #[serde(default)]
    pub(super) param: Option<Box<str>>,
    #[serde(default)]
    pub(super) message: Option<Box<str>>,
    #[serde(default)]
    pub(super) payment_method: Option<Method>,
}
