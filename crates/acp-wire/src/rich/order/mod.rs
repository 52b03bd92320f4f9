//! The order a session ended in.

use acp_core::catalog::Kind;
use acp_core::session::{MethodKind, PlacedOrder, Quote, QuotedLine, Session};
use serde::Serialize;
use utoipa::ToSchema;

use super::total::{Till, Total};
use crate::scalar::{Amount, DateTime};
use crate::voice::{Feature, Saying};

/// The order a session ended in, as it was when it was placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order<'a> {
    /// Always `order`.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, pattern = "^order$", examples("order"))]
    kind: Option<&'static str>,
    /// Names the order.
    id: &'a str,
    /// The session it came from.
    checkout_session_id: &'a str,
    /// The short number people use on the telephone.
    #[serde(rename = "order_number")]
    number: &'a str,
    /// Where the buyer can look at it.
    #[schema(format = "uri")]
    permalink_url: String,
    /// Where the order stands: `confirmed` when it is placed. More words may come.
    #[schema(examples("confirmed"))]
    status: &'static str,
    /// When everything will have arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    estimated_delivery: Option<EstimatedDelivery>,
    /// What confirms it.
    confirmation: OrderConfirmation<'a>,
    /// Where the buyer can ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    support: Option<SupportInfo<'a>>,
    /// What the client calls the order: the `client_reference_id` of the session's metadata.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    client_reference_id: Option<String>,
    /// What was ordered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    line_items: Vec<OrderLineItem<'a>>,
    /// What it cost. The row `total` is what the buyer was charged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    totals: Vec<Total<'a>>,
}

/// What confirms an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderConfirmation<'a> {
    /// The number on the confirmation.
    confirmation_number: &'a str,
    /// What the buyer said about the order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order_notes: Option<&'a str>,
}

/// Where the buyer can ask.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupportInfo<'a> {
    /// Where to write to.
    #[schema(format = Email)]
    email: &'a str,
}

/// When everything will have arrived.
#[derive(Debug, Serialize, ToSchema)]
pub struct EstimatedDelivery {
    /// Not before.
    #[schema(value_type = String, format = DateTime)]
    earliest: DateTime,
    /// Not after.
    #[schema(value_type = String, format = DateTime)]
    latest: DateTime,
}

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderLineItem<'a> {
    /// The id of the line in the session.
    id: &'a str,
    /// What people call the item.
    title: &'a str,
    /// The product the item is a variant of.
    product_id: &'a str,
    /// How many.
    quantity: OrderLineItemQuantity,
    /// The price of one.
    unit_price: Amount,
    /// The price of all, without tax.
    subtotal: Amount,
    /// Where the line stands: `processing` when the order is placed. More words may come.
    #[schema(examples("processing"))]
    status: &'static str,
}

/// How many were ordered, are still wanted and have been delivered.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderLineItemQuantity {
    /// How many were ordered.
    ordered: u32,
    /// How many are still wanted.
    current: u32,
    /// How many have been delivered.
    fulfilled: u32,
}

impl<'a> OrderLineItem<'a> {
    fn of(line: &'a QuotedLine) -> Self {
        Self {
            id: line.id.as_str(),
            title: &line.item.title,
            product_id: &line.item.product_id,
            quantity: OrderLineItemQuantity {
                ordered: line.quantity,
                current: line.quantity,
                fulfilled: 0,
            },
            unit_price: line.item.price.into(),
            subtotal: line.totals.subtotal.into(),
            status: "processing",
        }
    }
}

/// From the earliest first to the latest last arrival of what is carried to the buyer.
fn estimated_delivery(quote: &Quote) -> Option<EstimatedDelivery> {
    if quote.lines.iter().all(|line| line.item.kind == Kind::Digital) {
        return None;
    }
    let windows = || {
        quote
            .methods
            .iter()
            .filter(|method| method.kind != MethodKind::Digital)
            .flat_map(|method| {
                method.groups.iter().filter_map(|group| {
                    method.options.iter().find(|option| option.id == group.option)
                })
            })
            .filter_map(|option| option.window)
    };
    let earliest = windows().map(|window| window.earliest).min()?;
    let latest = windows().map(|window| window.latest).max()?;
    Some(EstimatedDelivery { earliest: DateTime(earliest), latest: DateTime(latest) })
}

/// What the client calls the order. There is no field for it in any request, so that clients put
/// it into the metadata.
fn client_reference(session: &Session) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Known {
        client_reference_id: Option<String>,
    }
    let metadata = session.basket.metadata.as_ref()?;
    serde_json::from_str::<Known>(&metadata.0).ok()?.client_reference_id
}

impl<'a> Order<'a> {
    pub(super) fn of(
        session: &'a Session,
        placed: &'a PlacedOrder,
        saying: &Saying<'a>,
        till: Till<'_>,
    ) -> Self {
        let is_whole = saying.knows(Feature::WholeOrder);
        let notes = session.basket.order_notes.as_deref();
        let lines = session.quote.lines.iter().filter(|_| is_whole);
        let rows = session.quote.totals.rows().iter().filter(|_| is_whole);
        Self {
            kind: is_whole.then_some("order"),
            id: placed.id.as_str(),
            checkout_session_id: session.id.as_str(),
            number: &placed.number,
            permalink_url: saying.shop.order_link(placed.id.as_str()),
            status: "confirmed",
            estimated_delivery: estimated_delivery(&session.quote),
            confirmation: OrderConfirmation {
                confirmation_number: &placed.number,
                order_notes: notes.filter(|_| saying.knows(Feature::OrderNotes)),
            },
            support: saying.shop.support_email.as_deref().map(|email| SupportInfo { email }),
            client_reference_id: is_whole.then(|| client_reference(session)).flatten(),
            line_items: lines.map(OrderLineItem::of).collect(),
            totals: rows.map(|row| Total::of_session(row, till)).collect(),
        }
    }
}
