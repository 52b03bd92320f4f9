use acp_core::order::{LineCount, LineStage, Order, OrderedLine};
use acp_core::session::QuotedLine;
use serde::Serialize;
use utoipa::ToSchema;

use crate::rich::total::{Till, Total};
use crate::scalar::Amount;

/// A line of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderLineItem<'a> {
    /// The id of the line in the session.
    id: &'a str,
    /// What people call the item.
    title: &'a str,
    /// The product the item is a variant of.
    product_id: &'a str,
    /// A picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    image_url: Option<&'a str>,
    /// How many.
    quantity: OrderLineItemQuantity,
    /// The price of one.
    unit_price: Amount,
    /// The price of all, without tax.
    subtotal: Amount,
    /// What all of them cost, row by row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    totals: Vec<Total<'a>>,
    /// Where the line stands: `processing` when the order is placed, then `partial` and
    /// `fulfilled` as it is sent, and `removed` when nothing of it is left. More words may come.
    #[schema(examples("processing"))]
    status: &'static str,
}

/// How many were ordered, are still wanted and have been sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderLineItemQuantity {
    /// How many were ordered.
    ordered: u32,
    /// How many are still wanted.
    current: u32,
    /// How many have been sent, fetched or downloaded.
    fulfilled: u32,
}

impl From<LineCount> for OrderLineItemQuantity {
    fn from(count: LineCount) -> Self {
        Self { ordered: count.ordered, current: count.current, fulfilled: count.fulfilled }
    }
}

const fn word(stage: LineStage) -> &'static str {
    match stage {
        LineStage::Processing => "processing",
        LineStage::Partial => "partial",
        LineStage::Fulfilled => "fulfilled",
        LineStage::Removed => "removed",
    }
}

impl<'a> OrderLineItem<'a> {
    /// A line of an order that is just placed.
    pub(super) fn placed(line: &'a QuotedLine) -> Self {
        Self {
            id: line.id.as_str(),
            title: &line.item.title,
            product_id: &line.item.product_id,
            image_url: None,
            quantity: OrderLineItemQuantity {
                ordered: line.quantity,
                current: line.quantity,
                fulfilled: 0,
            },
            unit_price: line.item.price.into(),
            subtotal: line.totals.subtotal.into(),
            totals: Vec::new(),
            status: word(LineStage::Processing),
        }
    }

    /// A line as it is now.
    pub(super) fn of(order: &Order, line: &'a OrderedLine, till: Till<'_>) -> Self {
        let count = order.count(line);
        Self {
            id: line.id.as_str(),
            title: &line.title,
            product_id: &line.product_id,
            image_url: line.image.as_deref(),
            quantity: count.into(),
            unit_price: line.unit_price.into(),
            subtotal: line.totals.subtotal.into(),
            totals: Total::of_line(&line.totals, till),
            status: word(count.stage()),
        }
    }
}
