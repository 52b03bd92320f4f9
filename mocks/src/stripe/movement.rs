use std::collections::BTreeMap;

use serde::Serialize;

/// What happened to money, or to the promise of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A `PaymentIntent` was made; no money is concerned yet.
    Create,
    /// Money is held for the shop.
    Hold,
    /// Money that was held was taken.
    Capture,
    /// A hold, or the rest of one, is over.
    Release,
    /// Money that was taken was given back.
    Refund,
}

/// A line in the books. None is ever changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// When, in milliseconds since 1970 by the clock of the mock.
    pub at_ms: i64,
    /// What happened.
    pub way: Way,
    /// How much, in minor units.
    pub amount: i64,
    /// Of which currency.
    pub currency: String,
    /// For which `PaymentIntent`.
    pub payment_intent: String,
    /// With which charge.
    pub charge: Option<String>,
    /// By which refund.
    pub refund: Option<String>,
    /// The key of the request that caused it; none when time did.
    pub idempotency_key: Option<String>,
    /// The metadata of the refund, and of the `PaymentIntent` for everything else.
    pub metadata: BTreeMap<String, String>,
}
