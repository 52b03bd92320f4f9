use acp_core::order::{
    Adjustment as AdjustmentMade, AdjustmentKind, AdjustmentStatus, Fulfillment as FulfillmentMade,
    FulfillmentKind, FulfillmentStep, Order, Progress, Units,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::EstimatedDelivery;
use crate::scalar::{Amount, DateTime};
use crate::shape::address::{Address, mirrored};
use crate::shape::order_event::{adjustment_id, fulfillment_id, progress_word, step_id};
use crate::voice::Saying;

mirrored!(
    /// How goods reach the buyer.
    FulfillmentMethod = FulfillmentKind { Shipping, Pickup, Digital }
);

/// So many of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineItemReference<'a> {
    /// The id of the line.
    id: &'a str,
    /// How many of it.
    #[schema(minimum = 1)]
    quantity: u32,
}

impl<'a> LineItemReference<'a> {
    fn of(units: &'a Units) -> Self {
        Self { id: units.line.as_str(), quantity: units.quantity.get() }
    }
}

/// Some of the order, on its way to the buyer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Fulfillment<'a> {
    /// Names it.
    id: String,
    /// How it reaches the buyer.
    #[serde(rename = "type")]
    kind: FulfillmentMethod,
    /// How far it is. More words may come.
    #[schema(examples("shipped"))]
    status: &'static str,
    /// What is in it.
    line_items: Vec<LineItemReference<'a>>,
    /// Who carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    carrier: Option<&'a str>,
    /// The carrier's number for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    tracking_number: Option<&'a str>,
    /// Where the carrier shows how far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    tracking_url: Option<&'a str>,
    /// Where it goes, or where it is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    destination: Option<Address<'a>>,
    /// When it arrives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    estimated_delivery: Option<EstimatedDelivery>,
    /// What else there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// What happened to it, oldest first. It only grows.
    events: Vec<FulfillmentEvent<'a>>,
}

/// Something that happened to a fulfillment.
#[derive(Debug, Serialize, ToSchema)]
pub struct FulfillmentEvent<'a> {
    /// Names it.
    id: String,
    /// What happened. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("shipped"))]
    kind: &'static str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: DateTime,
    /// The same in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<&'a str>,
}

/// Something that was agreed on after the order was placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Adjustment<'a> {
    /// Names it.
    id: String,
    /// What it is: `refund`, `return` or `cancellation`. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("refund"))]
    kind: &'static str,
    /// When it was agreed on.
    #[schema(value_type = String, format = DateTime)]
    occurred_at: DateTime,
    /// Where it stands: `pending`, `completed` or `failed`. More words may come.
    #[schema(examples("completed"))]
    status: &'static str,
    /// What it is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    line_items: Vec<LineItemReference<'a>>,
    /// What the buyer gets back, with the tax in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    amount: Option<Amount>,
    /// The currency of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, pattern = "^[a-z]{3}$")]
    currency: Option<String>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// Why, in one word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'a str>,
}

/// What a step is called: a fulfillment has failed when it cannot be delivered.
const fn event_word(progress: Progress) -> &'static str {
    match progress {
        Progress::Failed => "undeliverable",
        Progress::Pending
        | Progress::Processing
        | Progress::Shipped
        | Progress::InTransit
        | Progress::OutForDelivery
        | Progress::ReadyForPickup
        | Progress::Delivered
        | Progress::Canceled => progress_word(progress),
    }
}

impl<'a> FulfillmentEvent<'a> {
    fn of(id: String, step: &'a FulfillmentStep) -> Self {
        Self {
            id,
            kind: event_word(step.progress),
            occurred_at: DateTime(step.at),
            description: step.note.as_deref(),
            location: step.location.as_deref(),
        }
    }
}

impl<'a> Fulfillment<'a> {
    pub(super) fn of(order: &'a Order, made: &'a FulfillmentMade, saying: &Saying<'a>) -> Self {
        let chosen = order.chosen_for(made);
        let own = made.tracking.carrier.as_deref();
        let steps = (1_u32..).zip(&made.steps);
        Self {
            id: fulfillment_id(&order.id, made.number),
            kind: made.kind.into(),
            status: progress_word(made.progress),
            line_items: made.lines.iter().map(LineItemReference::of).collect(),
            carrier: own.or_else(|| chosen?.carrier.as_deref()),
            tracking_number: made.tracking.number.as_deref(),
            tracking_url: made.tracking.url.as_deref(),
            destination: chosen
                .and_then(|chosen| chosen.destination.as_ref())
                .map(|address| Address::of(address, saying)),
            estimated_delivery: chosen
                .and_then(|chosen| chosen.window)
                .map(EstimatedDelivery::from),
            description: made.description.as_deref(),
            events: steps
                .map(|(at, step)| FulfillmentEvent::of(step_id(&order.id, made.number, at), step))
                .collect(),
        }
    }
}

impl<'a> Adjustment<'a> {
    pub(super) fn of(order: &Order, made: &'a AdjustmentMade) -> Self {
        Self {
            id: adjustment_id(&order.id, made.number),
            kind: match made.kind {
                AdjustmentKind::Refund => "refund",
                AdjustmentKind::Return => "return",
                AdjustmentKind::Cancellation => "cancellation",
            },
            occurred_at: DateTime(made.at),
            status: match made.status {
                AdjustmentStatus::Pending => "pending",
                AdjustmentStatus::Completed => "completed",
                AdjustmentStatus::Failed => "failed",
            },
            line_items: made.lines.iter().map(LineItemReference::of).collect(),
            amount: made.amount.map(Amount::from),
            currency: made.amount.map(|amount| amount.currency().lowercase()),
            description: made.description.as_deref(),
            reason: made.reason.as_deref(),
        }
    }
}
