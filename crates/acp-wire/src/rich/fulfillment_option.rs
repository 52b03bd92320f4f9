//! The ways a session offers to get goods to the buyer.

use acp_core::session::{FulfillmentOption as CoreOption, MethodKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::total::{Till, Total};
use crate::scalar::DateTime;
use crate::shape::FulfillmentType;
use crate::shape::address::Address;
use crate::voice::Saying;

/// A fulfillment option that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct FulfillmentOption<'a> {
    /// What kind of option it is.
    #[serde(rename = "type")]
    kind: FulfillmentType,
    /// Sent back as `option_id` to choose it.
    id: &'a str,
    /// What people call it.
    title: &'a str,
    /// What there is to know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// For shipping: who carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    carrier: Option<&'a str>,
    /// For shipping: not before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    earliest_delivery_time: Option<DateTime>,
    /// For shipping: not after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    latest_delivery_time: Option<DateTime>,
    /// For pickup: where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    location: Option<PickupLocation<'a>>,
    /// For local delivery: when.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    delivery_window: Option<DeliveryWindow>,
    /// What it costs: one row.
    totals: Vec<Total<'a>>,
}

/// Where a buyer fetches things.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickupLocation<'a> {
    /// What the place is called.
    name: &'a str,
    /// Where it is.
    address: Address<'a>,
}

/// When a local delivery arrives.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryWindow {
    /// Not before.
    #[schema(value_type = String, format = DateTime)]
    start: DateTime,
    /// Not after.
    #[schema(value_type = String, format = DateTime)]
    end: DateTime,
}

impl<'a> FulfillmentOption<'a> {
    pub(super) fn of(
        kind: MethodKind,
        option: &'a CoreOption,
        saying: &Saying<'_>,
        till: Till<'_>,
    ) -> Self {
        let window_of = |wanted: MethodKind| option.window.filter(|_| kind == wanted);
        let shipping = window_of(MethodKind::Shipping);
        Self {
            kind: kind.into(),
            id: option.id.as_str(),
            title: &option.title,
            description: option.description.as_deref(),
            carrier: option.carrier.as_deref(),
            earliest_delivery_time: shipping.map(|window| DateTime(window.earliest)),
            latest_delivery_time: shipping.map(|window| DateTime(window.latest)),
            location: option.pickup.as_ref().map(|location| PickupLocation {
                name: &location.name,
                address: Address::of(&location.address, saying),
            }),
            delivery_window: window_of(MethodKind::LocalDelivery).map(|window| DeliveryWindow {
                start: DateTime(window.earliest),
                end: DateTime(window.latest),
            }),
            totals: vec![Total::alone(&option.title, option.price, till)],
        }
    }
}
