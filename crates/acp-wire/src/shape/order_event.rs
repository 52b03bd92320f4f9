//! What happened to an order, one fact after the other, and what its parts are called. The same in
//! every version: none has words of its own for it.

use acp_core::ids::OrderId;
use acp_core::money::Money;
use acp_core::order::{
    AdjustmentStatus, CancelReason, OrderEvent as Fact, OrderStage, Progress, Recorded,
};
use acp_core::ports::OrderPlace;
use acp_core::principal::{Proof, Provenance};
use acp_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::{Amount, DateTime};
use crate::voice::written;

/// A page of what happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderEventList<'a> {
    /// The order.
    order_id: &'a str,
    /// What happened, oldest first. What was told once is never told otherwise.
    events: Vec<OrderEvent>,
    /// Whether there is more: ask again with `after` the last `sequence`.
    has_more: bool,
}

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderEvent {
    /// Which it is, from 1 and without gaps.
    #[schema(minimum = 1)]
    sequence: u64,
    /// What happened. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("placed"))]
    kind: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: DateTime,
    /// The money it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Amount>,
    /// The currency of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[a-z]{3}$")]
    currency: Option<String>,
    /// The fulfillment it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    fulfillment_id: Option<String>,
    /// The adjustment it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    adjustment_id: Option<String>,
    /// How far that is now. More words may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("shipped"))]
    status: Option<&'static str>,
    /// Why, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
    /// What the merchant's own system calls the order, since it was handed over to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    merchant_order_id: Option<String>,
    /// Who asked for the order, and by what that was proven. Told to the merchant alone; early
    /// orders do not know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    asked_by: Option<OrderAskedBy>,
}

/// Who asked for an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderAskedBy {
    /// The agent.
    agent: String,
    /// What it showed.
    proofs: Vec<OrderProof>,
}

/// What an agent showed that asked for an order. More kinds may come.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct OrderProof {
    /// What it is: `bearer` (a key), `signature` (of this protocol) or `message_signature` (of
    /// RFC 9421).
    #[serde(rename = "type")]
    #[schema(examples("bearer"))]
    kind: &'static str,
    /// The key, by its public name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    key_id: Option<String>,
    /// How it was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    algorithm: Option<String>,
    /// By which rules a message signature was believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    profile: Option<String>,
    /// The address the key was published at.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    signer: Option<String>,
    /// What the key is (RFC 7638).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    thumbprint: Option<String>,
    /// What the signature says it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tag: Option<String>,
}

impl From<&Proof> for OrderProof {
    fn from(proof: &Proof) -> Self {
        let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        match proof {
            Proof::Bearer { key } => Self { kind: "bearer", key_id: owned(key), ..Self::default() },
            Proof::Jwt { issuer, subject, .. } => Self {
                kind: "jwt",
                key_id: Some(subject.to_string()),
                signer: Some(issuer.to_string()),
                ..Self::default()
            },
            Proof::Signature { key, algorithm } => Self {
                kind: "signature",
                key_id: Some(key.to_string()),
                algorithm: Some(algorithm.as_str().to_owned()),
                ..Self::default()
            },
            Proof::Message(proof) => Self {
                kind: "message_signature",
                key_id: Some(proof.key.to_string()),
                algorithm: Some(proof.algorithm.to_string()),
                profile: Some(proof.profile.to_string()),
                signer: owned(&proof.signer),
                thumbprint: owned(&proof.thumbprint),
                tag: owned(&proof.tag),
            },
        }
    }
}

impl From<&Provenance> for OrderAskedBy {
    fn from(provenance: &Provenance) -> Self {
        Self {
            agent: provenance.agent.to_string(),
            proofs: provenance.proofs.iter().map(OrderProof::from).collect(),
        }
    }
}

/// The part of an order's id that tells it from others, for the ids of its parts.
fn own(order: &OrderId) -> &str {
    order.as_str().trim_start_matches("ord_")
}

/// What a fulfillment of an order is called.
pub(crate) fn fulfillment_id(order: &OrderId, number: u32) -> String {
    format!("ful_{}_{number}", own(order))
}

/// What an adjustment of an order is called.
pub(crate) fn adjustment_id(order: &OrderId, number: u32) -> String {
    format!("adj_{}_{number}", own(order))
}

/// What a step of a fulfillment is called.
pub(crate) fn step_id(order: &OrderId, fulfillment: u32, step: u32) -> String {
    format!("fev_{}_{fulfillment}_{step}", own(order))
}

/// How far a fulfillment is, in a word.
pub(crate) const fn progress_word(progress: Progress) -> &'static str {
    match progress {
        Progress::Pending => "pending",
        Progress::Processing => "processing",
        Progress::Shipped => "shipped",
        Progress::InTransit => "in_transit",
        Progress::OutForDelivery => "out_for_delivery",
        Progress::ReadyForPickup => "ready_for_pickup",
        Progress::Delivered => "delivered",
        Progress::Failed => "failed",
        Progress::Canceled => "canceled",
    }
}

/// Where an order stands, in the newest word for it.
pub const fn stage_word(stage: OrderStage) -> &'static str {
    match stage {
        OrderStage::Confirmed => "confirmed",
        OrderStage::Processing => "processing",
        OrderStage::Shipped => "shipped",
        OrderStage::Completed => "completed",
        OrderStage::Canceled => "canceled",
    }
}

/// What a word means; earlier versions have another one for what has arrived.
pub fn stage_named(word: &str) -> Option<OrderStage> {
    let word = if word == "delivered" { "completed" } else { word };
    OrderStage::ALL.into_iter().find(|stage| stage_word(*stage) == word)
}

const fn status_word(status: AdjustmentStatus) -> &'static str {
    match status {
        AdjustmentStatus::Pending => "pending",
        AdjustmentStatus::Completed => "completed",
        AdjustmentStatus::Failed => "failed",
    }
}

impl OrderEvent {
    fn named(sequence: u64, at: Timestamp, kind: &'static str) -> Self {
        Self {
            sequence,
            kind,
            occurred_at: DateTime(at),
            amount: None,
            currency: None,
            fulfillment_id: None,
            adjustment_id: None,
            status: None,
            reason: None,
            merchant_order_id: None,
            asked_by: None,
        }
    }

    fn with(self, amount: Option<Money>) -> Self {
        let currency = amount.map(|amount| amount.currency().lowercase());
        Self { amount: amount.map(Amount::from), currency, ..self }
    }

    fn of(order: &OrderId, sequence: u64, told: &Recorded<Fact>) -> Self {
        let named = |kind| Self::named(sequence, told.at, kind);
        let of_fulfillment = |kind, number, progress| Self {
            fulfillment_id: Some(fulfillment_id(order, number)),
            status: Some(progress_word(progress)),
            ..named(kind)
        };
        let of_adjustment = |kind, number, status| Self {
            adjustment_id: Some(adjustment_id(order, number)),
            status: Some(status_word(status)),
            ..named(kind)
        };
        match &told.event {
            Fact::Placed { authorized, provenance, .. } => Self {
                asked_by: provenance.as_deref().map(OrderAskedBy::from),
                ..named("placed").with(Some(*authorized))
            },
            Fact::PaymentCaptured { amount } => named("payment_captured").with(Some(*amount)),
            Fact::PaymentRefunded { amount } => named("payment_refunded").with(Some(*amount)),
            Fact::Canceled { reason } => {
                let reason = match reason {
                    CancelReason::PaymentFailed => "payment_failed",
                    CancelReason::OutOfStock => "out_of_stock",
                    CancelReason::CalledOff => "called_off",
                };
                Self { reason: Some(reason.to_owned()), ..named("canceled") }
            }
            Fact::FulfillmentMade(made) => {
                of_fulfillment("fulfillment_created", made.number, made.progress)
            }
            Fact::FulfillmentMoved(to) => {
                of_fulfillment("fulfillment_updated", to.number, to.progress)
            }
            Fact::Adjusted(made) => Self {
                reason: made.reason.as_deref().map(str::to_owned),
                ..of_adjustment("adjustment_created", made.number, made.status).with(made.amount)
            },
            Fact::AdjustmentSettled { number, status } => {
                of_adjustment("adjustment_settled", *number, *status)
            }
            Fact::HandedOver { merchant_order } => Self {
                merchant_order_id: Some(merchant_order.as_str().to_owned()),
                ..named("handed_over")
            },
        }
    }
}

/// The bytes of a page of what happened to an order; `after` is the number of the fact before it.
pub fn render_events(
    order: &OrderId,
    after: u64,
    events: &[Recorded<Fact>],
    has_more: bool,
) -> Vec<u8> {
    let numbered = (after.saturating_add(1)..).zip(events);
    let events = numbered.map(|(sequence, told)| OrderEvent::of(order, sequence, told)).collect();
    written(&OrderEventList { order_id: order.as_str(), events, has_more })
}

/// A place in a listing of orders, as it is told. What it says is nobody's business.
pub fn cursor_of(place: &OrderPlace) -> String {
    format!("{:x}.{}", place.placed_at.unix_ms(), place.order)
}

/// The place a cursor stands for; `None` when it was never told.
pub fn read_cursor(text: &str) -> Option<OrderPlace> {
    let (placed_at, order) = text.split_once('.')?;
    let placed_at = Timestamp::from_unix_ms(i64::from_str_radix(placed_at, 16).ok()?);
    Some(OrderPlace { placed_at, order: OrderId::parse(order).ok()? })
}
