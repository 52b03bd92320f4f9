//! The ways a session offers to get goods to the buyer.

use serde::Serialize;
use utoipa::ToSchema;

use crate::flat::total::Total;
use crate::flat::{FulfillmentOptionType, Offer};
use crate::scalar::DateTime;

/// A fulfillment option that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct FulfillmentOption<'a> {
    /// What kind of option it is.
    #[serde(rename = "type")]
    kind: FulfillmentOptionType,
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
    /// What it costs: one row.
    totals: [Total<'a>; 1],
}

impl<'a> FulfillmentOption<'a> {
    /// An option as it is said.
    pub(super) fn of(offer: &Offer<'a>) -> Self {
        let Offer { kind, option } = *offer;
        let is_shipping = kind == FulfillmentOptionType::Shipping;
        let window = option.window.filter(|_| is_shipping);
        Self {
            kind,
            id: option.id.as_str(),
            title: &option.title,
            description: option.description.as_deref(),
            carrier: option.carrier.as_deref().filter(|_| is_shipping),
            earliest_delivery_time: window.map(|window| DateTime(window.earliest)),
            latest_delivery_time: window.map(|window| DateTime(window.latest)),
            totals: [Total::alone(&option.title, option.price)],
        }
    }
}
