//! New orders on their way to the merchant's own system. That one has still to be handed over is
//! written in the commit that ends its completion, or lets it wait for the money: whoever dies
//! afterwards, somebody finds it there.

use std::sync::Arc;

use acp_core::ids::{MerchantOrderId, OrderId};
use acp_core::order::{Order, OrderCommand, OrderHead, decide};
use acp_core::ports::{OrderDesk, OrderTurn, PortError, Retry};
use acp_core::refusal::Broken;
use acp_core::run::{Lease, Standing, Trouble};
use tokio::time::{Instant, timeout_at};

use super::{Errand, Errands, Progress, Written};
use crate::app::tally::Count;
use crate::app::{App, Failure};
use crate::seeded::{Bug, has};

/// Who keeps the orders.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub enum OrderKeeper {
    /// The gateway alone.
    #[default]
    Gateway,
    /// The merchant too: each new order is handed over there.
    Merchant(Arc<dyn OrderDesk>),
}

/// How handing orders over went since the start of this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HandOverCounts {
    /// How many orders were handed over.
    pub handed_over: u64,
    /// How often one was not, and has to be tried again.
    pub failed: u64,
}

/// Counts how that goes.
#[derive(Debug, Default)]
pub(in crate::app) struct HandOverTally {
    handed_over: Count,
    failed: Count,
}

impl App {
    /// How handing orders over went.
    pub fn hand_over_counts(&self) -> HandOverCounts {
        let HandOverTally { handed_over, failed } = &self.hand_overs;
        HandOverCounts { handed_over: handed_over.get(), failed: failed.get() }
    }

    /// The head of an order that is as good as it gets, so that it is to be handed over; nothing
    /// where nobody wants it. Nobody is at work on the errand yet: it is due at once.
    pub(in crate::app) async fn begin_hand_over(
        &self,
        order: &OrderId,
    ) -> Result<Option<OrderTurn>, Failure> {
        if matches!(self.orders, OrderKeeper::Gateway) || has(Bug::HandOverForgotten) {
            return Ok(None);
        }
        let checkouts = &self.ports.checkouts;
        let head = checkouts.order_head(order).await?;
        let (was, before) = head.map_or((OrderHead::default(), None), |(was, at)| (was, Some(at)));
        let due = Lease { until: checkouts.now().await?, epoch: checkouts.epoch() };
        let begun = || Standing::begun(self.ports.entropy.random128(), due);
        let errand = Some(was.errand.unwrap_or_else(begun));
        let head = OrderHead { errand, hand_over_pending: true, ..was };
        Ok(Some(OrderTurn { order: order.clone(), before, head, completed: None }))
    }

    /// The head of an order whose errand somebody goes on with now. That it is tried to hand the
    /// order over is written before that: whoever dies, whichever answer is lost, nobody takes it
    /// for certain that the merchant does not have it.
    pub(in crate::app) const fn trying_to_hand_over(&self, head: OrderHead) -> OrderHead {
        let is_tried = head.hand_over_pending && matches!(self.orders, OrderKeeper::Merchant(_));
        OrderHead { hand_over_tried: head.hand_over_tried || is_tried, ..head }
    }
}

impl Errands {
    /// Hands an order over as it was placed, and writes down what it is called there. `rested` is
    /// why money could not go back before that; then the errand goes on with it. `end` is when the
    /// step has no more time for calls.
    pub(super) async fn hand_over(
        &self,
        errand: &mut Errand,
        placed: &Order,
        order: &Order,
        rested: Option<Trouble>,
        end: Instant,
    ) -> Result<Progress, Failure> {
        errand.was_tried |= errand.hand_over_tried;
        let merchant_order = match self.give(placed, end).await {
            Ok(merchant_order) => merchant_order,
            Err(trouble) => {
                self.0.hand_overs.failed.grow();
                return Ok(Progress::Rest(rested.unwrap_or(trouble)));
            }
        };
        let command = OrderCommand::HandOver { merchant_order: merchant_order.clone() };
        let events = decide(order, command);
        let events = events.map_err(|_refusal| Broken("an order can be handed over"))?;
        let standing = order.refund_under_way().map(|_| errand.standing);
        let head = OrderHead { errand: standing, ..OrderHead::default() };
        if self.write(errand, head, events).await? == Written::NotOnThis {
            return Ok(Progress::On);
        }
        self.0.hand_overs.handed_over.grow();
        let id = &order.id;
        tracing::info!(order.id = %id, "order {id} was handed over, and is {merchant_order} there");
        Ok(rested.map_or(Progress::Over(None), Progress::Rest))
    }

    async fn give(&self, placed: &Order, end: Instant) -> Result<MerchantOrderId, Trouble> {
        let id = &placed.id;
        let OrderKeeper::Merchant(desk) = &self.0.orders else {
            tracing::warn!(
                order.id = %id,
                "order {id} is to be handed over, and orders.base_url does not say where"
            );
            return Err(Trouble::Unreachable);
        };
        match timeout_at(end, desk.take(placed)).await {
            Ok(Ok(merchant_order)) => Ok(merchant_order),
            Ok(Err(error)) => Err(trouble_with(id, &error)),
            Err(_elapsed) => {
                tracing::warn!(order.id = %id, "order {id} was not handed over within a step");
                Err(Trouble::Unreachable)
            }
        }
    }
}

/// What it means that an order was not taken. It can always be given again, so that nothing is
/// unclear.
fn trouble_with(id: &OrderId, error: &PortError) -> Trouble {
    let cause = error as &dyn std::error::Error;
    match error.retry {
        Retry::Safe | Retry::After(_) | Retry::AskFirst => {
            tracing::warn!(
                order.id = %id,
                error = cause,
                "order {id} could not be handed over; it is tried again"
            );
            Trouble::Unreachable
        }
        Retry::Never => {
            tracing::error!(
                order.id = %id,
                error = cause,
                "the merchant's service does not take order {id}; it is tried again now and then"
            );
            Trouble::NotAccepted
        }
    }
}
