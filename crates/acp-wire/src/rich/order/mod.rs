//! The order: as it was placed, in the session it ended, and as it is now.

mod afterwards;
mod line;

pub use afterwards::{
    Adjustment, Fulfillment, FulfillmentEvent, FulfillmentMethod, LineItemReference,
};
pub use line::{OrderLineItem, OrderLineItemQuantity};

use acp_core::catalog::Kind;
use acp_core::order::{Order as OrderNow, OrderStage, Ordered};
use acp_core::session::{Metadata, MethodKind, PlacedOrder, Quote, Session, Window};
use serde::Serialize;
use utoipa::ToSchema;

use super::total::{Till, Total};
use crate::scalar::DateTime;
use crate::shape::order_event::stage_word;
use crate::voice::{Feature, Saying, written};

/// An order. In a session it is as it was when it was placed; on its own it is as it is now.
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
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("confirmed"))]
    status: Option<&'static str>,
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
    /// What is on its way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    fulfillments: Vec<Fulfillment<'a>>,
    /// What was agreed on afterwards: money back, returns, lines that are not sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    adjustments: Vec<Adjustment<'a>>,
    /// What it cost. The row `total` is what the buyer was charged, whatever is given back;
    /// that stands in `amount_refunded`.
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

impl From<Window> for EstimatedDelivery {
    fn from(window: Window) -> Self {
        Self { earliest: DateTime(window.earliest), latest: DateTime(window.latest) }
    }
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderList<'a> {
    /// The orders, the last one first.
    orders: Vec<Order<'a>>,
    /// Where the next page begins; there if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<&'a str>,
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
fn client_reference(metadata: Option<&Metadata>) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Known {
        client_reference_id: Option<String>,
    }
    serde_json::from_str::<Known>(&metadata?.0).ok()?.client_reference_id
}

/// Where an order stands, in a word. Versions that tell little of orders have a word for what has
/// arrived, and none for what was canceled.
fn status(stage: OrderStage, saying: &Saying<'_>) -> Option<&'static str> {
    let is_whole = saying.knows(Feature::WholeOrder);
    match stage {
        OrderStage::Completed if !is_whole => Some("delivered"),
        OrderStage::Canceled if !is_whole => None,
        OrderStage::Confirmed
        | OrderStage::Processing
        | OrderStage::Shipped
        | OrderStage::Completed
        | OrderStage::Canceled => Some(stage_word(stage)),
    }
}

impl<'a> Order<'a> {
    /// The order as it is now.
    fn now(order: &'a OrderNow, ordered: &'a Ordered, saying: &Saying<'a>) -> Self {
        let is_whole = saying.knows(Feature::WholeOrder);
        let till = Till { locale: saying.locale, exchange: ordered.exchange.as_ref() };
        let lines = ordered.lines.iter().filter(|_| is_whole);
        let rows = ordered.totals.rows().iter().filter(|_| is_whole);
        let mut totals: Vec<_> = rows.map(|row| Total::of_session(row, till)).collect();
        if is_whole && !order.refunded.is_zero() {
            totals.push(Total::refunded(order.refunded, till));
        }
        Self {
            kind: is_whole.then_some("order"),
            id: order.id.as_str(),
            checkout_session_id: order.session.as_str(),
            number: &ordered.number,
            permalink_url: saying.shop.order_link(order.id.as_str()),
            status: status(order.stage(), saying),
            estimated_delivery: ordered.window().map(EstimatedDelivery::from),
            confirmation: OrderConfirmation {
                confirmation_number: &ordered.number,
                order_notes: ordered.notes.as_deref().filter(|_| saying.knows(Feature::OrderNotes)),
            },
            support: saying.shop.support_email.as_deref().map(|email| SupportInfo { email }),
            client_reference_id: client_reference(ordered.metadata.as_ref()).filter(|_| is_whole),
            line_items: lines.map(|line| OrderLineItem::of(order, line, till)).collect(),
            fulfillments: order
                .fulfillments
                .iter()
                .filter(|_| is_whole)
                .map(|made| Fulfillment::of(order, made, saying))
                .collect(),
            adjustments: order
                .adjustments
                .iter()
                .filter(|_| is_whole)
                .map(|made| Adjustment::of(order, made))
                .collect(),
            totals,
        }
    }

    /// The order as it was placed.
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
            status: Some("confirmed"),
            estimated_delivery: estimated_delivery(&session.quote),
            confirmation: OrderConfirmation {
                confirmation_number: &placed.number,
                order_notes: notes.filter(|_| saying.knows(Feature::OrderNotes)),
            },
            support: saying.shop.support_email.as_deref().map(|email| SupportInfo { email }),
            client_reference_id: client_reference(session.basket.metadata.as_ref())
                .filter(|_| is_whole),
            line_items: lines.map(OrderLineItem::placed).collect(),
            fulfillments: Vec::new(),
            adjustments: Vec::new(),
            totals: rows.map(|row| Total::of_session(row, till)).collect(),
        }
    }
}

/// The bytes of an order, as it is now; none where it does not say what was ordered.
pub(crate) fn render_order<'a>(
    order: &'a OrderNow,
    saying: impl Fn(&Ordered) -> Saying<'a>,
) -> Vec<u8> {
    let said = order.ordered.as_deref().map(|ordered| {
        let saying = saying(ordered);
        written(&Order::now(order, ordered, &saying))
    });
    said.unwrap_or_default()
}

/// The bytes of a page of orders. Each is said in the language it was ordered in.
pub(crate) fn render_orders<'a>(
    orders: &'a [OrderNow],
    next_cursor: Option<&'a str>,
    saying: impl Fn(&Ordered) -> Saying<'a>,
) -> Vec<u8> {
    let said = orders.iter().filter_map(|order| {
        let ordered = order.ordered.as_deref()?;
        Some(Order::now(order, ordered, &saying(ordered)))
    });
    written(&OrderList { orders: said.collect(), next_cursor })
}
