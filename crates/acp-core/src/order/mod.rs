//! The order: a stream of facts. Every document about an order is made from it.
//!
//! What was ordered is part of the first fact and never changes. What becomes of it is told by
//! the others: fulfillments that carry so many of each line, and adjustments that take lines off
//! or give money back. Counts and stages are worked out from those and never written down.

mod adjustment;
mod command;
mod erasing;
mod event;
mod fulfillment;
mod head;
mod ordered;
mod state;

pub use adjustment::{Adjustment, AdjustmentKind, AdjustmentStatus, NewAdjustment};
pub use command::{OrderCommand, OrderRefusal, decide};
pub use erasing::ERASED;
pub use event::{CancelReason, OrderEvent, Recorded};
pub use fulfillment::{
    Fulfillment, FulfillmentKind, FulfillmentMove, FulfillmentStep, NewFulfillment, Progress,
    Tracking, Units,
};
pub use head::OrderHead;
pub use ordered::{ChosenDelivery, Ordered, OrderedLine};
pub use state::{LineCount, LineStage, Order, OrderStage, OrderStatus};

#[cfg(test)]
mod tests;
