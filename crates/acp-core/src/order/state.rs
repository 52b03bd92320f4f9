use super::adjustment::{Adjustment, AdjustmentKind, AdjustmentStatus, NewAdjustment};
use super::event::{CancelReason, OrderEvent, Recorded};
use super::fulfillment::{Fulfillment, Progress};
use super::ordered::{ChosenDelivery, Ordered, OrderedLine};
use crate::ids::{LineId, MerchantOrderId, OrderId, PaymentId, SessionId};
use crate::money::{Currency, Money};
use crate::session::PurchaseOrder;
use crate::time::Timestamp;

/// Where the money of an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Held for us.
    Authorized,
    /// Taken.
    Captured,
    /// Given back.
    Canceled(CancelReason),
}

/// Where an order stands for whoever waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderStage {
    /// It is placed.
    Confirmed,
    /// Some of it is being prepared, or was sent.
    Processing,
    /// All of it was sent.
    Shipped,
    /// All of it has arrived.
    Completed,
    /// Nothing of it is left.
    Canceled,
}

impl OrderStage {
    /// Every stage.
    pub const ALL: [Self; 5] =
        [Self::Confirmed, Self::Processing, Self::Shipped, Self::Completed, Self::Canceled];
}

/// Where a line of an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineStage {
    /// Nothing of it was sent.
    Processing,
    /// Some of it was sent.
    Partial,
    /// All of it was sent.
    Fulfilled,
    /// Nothing of it is left.
    Removed,
}

/// How many of a line there are, in which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineCount {
    /// How many were ordered. It never changes.
    pub ordered: u32,
    /// How many of them the buyer still gets or keeps.
    pub current: u32,
    /// How many of these were sent.
    pub fulfilled: u32,
    /// How many of these have arrived.
    pub delivered: u32,
    /// How many are in no fulfillment yet.
    pub open: u32,
}

impl LineCount {
    /// Where the line stands. The order of the questions is the protocol's.
    pub const fn stage(self) -> LineStage {
        match (self.current, self.fulfilled) {
            (0, _) => LineStage::Removed,
            (current, fulfilled) if current == fulfilled => LineStage::Fulfilled,
            (_, 0) => LineStage::Processing,
            (_, _) => LineStage::Partial,
        }
    }
}

/// An order, as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The session it came from.
    pub session: SessionId,
    /// Its payment.
    pub payment: PaymentId,
    /// What was authorized.
    pub authorized: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back of it.
    pub refunded: Money,
    /// Where the money is.
    pub status: OrderStatus,
    /// What a business promised instead of money.
    pub purchase_order: Option<Box<PurchaseOrder>>,
    /// What the merchant's own system calls it, once it has taken it.
    pub merchant_order: Option<MerchantOrderId>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When something last happened to it.
    pub changed_at: Timestamp,
    /// What was ordered, where the order itself says so.
    pub ordered: Option<Box<Ordered>>,
    /// What is on its way, in the order in which it was sent.
    pub fulfillments: Vec<Fulfillment>,
    /// What was agreed on afterwards, oldest first.
    pub adjustments: Vec<Adjustment>,
}

impl Order {
    /// Reads an order out of its events; `None` when the first one does not place it.
    pub fn replay(
        id: OrderId,
        events: impl IntoIterator<Item = Recorded<OrderEvent>>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let Recorded { at, event } = events.next()?;
        let OrderEvent::Placed { session, payment, authorized, purchase_order, ordered, .. } =
            event
        else {
            return None;
        };
        let nothing = Money::zero(authorized.currency());
        let placed = Self {
            id,
            session,
            payment,
            authorized,
            captured: nothing,
            refunded: nothing,
            status: OrderStatus::Authorized,
            purchase_order,
            merchant_order: None,
            placed_at: at,
            changed_at: at,
            ordered,
            fulfillments: Vec::new(),
            adjustments: Vec::new(),
        };
        Some(events.fold(placed, |order, recorded| order.after(&recorded)))
    }

    /// The order after something happened to it.
    #[must_use]
    pub fn after(mut self, recorded: &Recorded<OrderEvent>) -> Self {
        let at = recorded.at;
        self.changed_at = at;
        match &recorded.event {
            OrderEvent::Placed { .. } => {}
            OrderEvent::PaymentCaptured { amount } => {
                self.captured = *amount;
                self.status = OrderStatus::Captured;
            }
            OrderEvent::PaymentRefunded { amount } => self.give_all_back(*amount, at),
            OrderEvent::Canceled { reason } => self.status = OrderStatus::Canceled(*reason),
            OrderEvent::FulfillmentMade(made) => {
                self.fulfillments.push(Fulfillment::new(made, at));
            }
            OrderEvent::FulfillmentMoved(to) => {
                let mut own = self.fulfillments.iter_mut();
                if let Some(fulfillment) = own.find(|it| it.number == to.number) {
                    fulfillment.moved(to, at);
                }
            }
            OrderEvent::Adjusted(made) => self.adjustments.push(Adjustment::new(made, at)),
            OrderEvent::AdjustmentSettled { number, status } => {
                let mut own = self.adjustments.iter_mut();
                if let Some(adjustment) = own.find(|it| it.number == *number) {
                    adjustment.status = *status;
                }
            }
            // It keeps the name it was given first.
            OrderEvent::HandedOver { merchant_order } => {
                self.merchant_order.get_or_insert_with(|| merchant_order.clone());
            }
        }
        self.refunded = self.refunds(AdjustmentStatus::Completed);
        self
    }

    /// What was not given back before is one more refund.
    fn give_all_back(&mut self, by_now: Money, at: Timestamp) {
        let rest = by_now.minus(self.refunds(AdjustmentStatus::Completed));
        if let Some(rest) = rest.ok().filter(|rest| !rest.is_zero()) {
            let made = NewAdjustment {
                number: self.next_adjustment(),
                kind: AdjustmentKind::Refund,
                status: AdjustmentStatus::Completed,
                lines: Vec::new(),
                amount: Some(rest),
                reason: None,
                description: None,
            };
            self.adjustments.push(Adjustment::new(&made, at));
        }
    }

    /// The number of the adjustment that comes next.
    pub(super) fn next_adjustment(&self) -> u32 {
        let last = self.adjustments.last().map_or(0, |adjustment| adjustment.number);
        last.saturating_add(1)
    }

    /// The number of the fulfillment that comes next.
    pub(super) fn next_fulfillment(&self) -> u32 {
        let last = self.fulfillments.last().map_or(0, |fulfillment| fulfillment.number);
        last.saturating_add(1)
    }

    /// The currency of all its amounts.
    pub const fn currency(&self) -> Currency {
        self.authorized.currency()
    }

    /// All refunds that stand like this. Amounts that cannot be added up are as much as there can
    /// be, so that no more is given back.
    pub(super) fn refunds(&self, status: AdjustmentStatus) -> Money {
        let refunds = self.adjustments.iter().filter_map(|it| it.refund(status));
        Money::sum(self.currency(), refunds).unwrap_or(self.captured)
    }

    /// Whether the merchant's own system would still have to be given it, which may have been tried
    /// before. Nobody is given an order that failed before that, or one that does not say what was
    /// ordered.
    pub const fn is_to_hand_over(&self, was_tried: bool) -> bool {
        let is_wanted = was_tried || !self.is_canceled();
        self.merchant_order.is_none() && is_wanted && self.ordered.is_some()
    }

    /// Whether it failed after it was placed.
    pub const fn is_canceled(&self) -> bool {
        matches!(self.status, OrderStatus::Canceled(_))
    }

    /// How many of a line were ordered, are wanted and were sent.
    pub fn count(&self, line: &OrderedLine) -> LineCount {
        let in_fulfillments = |counts: fn(Progress) -> bool| {
            let counted = self.fulfillments.iter().filter(|it| counts(it.progress));
            counted.fold(0_u32, |sum, it| sum.saturating_add(it.units_of(&line.id)))
        };
        let returned = self.taken_off(AdjustmentKind::Return, &line.id);
        let allotted = in_fulfillments(|progress| !progress.is_void());
        let canceled = self.taken_off(AdjustmentKind::Cancellation, &line.id);
        let wanted = line.quantity.saturating_sub(canceled);
        let open = wanted.saturating_sub(allotted);
        // Of an order that failed, nothing more is sent.
        let wanted = if self.is_canceled() { wanted.min(allotted) } else { wanted };
        LineCount {
            ordered: line.quantity,
            current: wanted.saturating_sub(returned),
            fulfilled: in_fulfillments(Progress::is_dispatched).saturating_sub(returned),
            delivered: in_fulfillments(|it| it == Progress::Delivered).saturating_sub(returned),
            open: if self.is_canceled() { 0 } else { open },
        }
    }

    /// What is still to be taken when the goods are sent: what is held, less what was called off
    /// of it. What was taken off the order as a whole is taken off its lines alike.
    pub fn due(&self) -> Money {
        let lines = self.ordered.iter().flat_map(|ordered| &ordered.lines);
        let (mut whole, mut wanted) = (0_i128, 0_i128);
        for line in lines {
            let total = i128::from(line.totals.total.minor());
            let canceled = self.taken_off(AdjustmentKind::Cancellation, &line.id);
            let kept = i128::from(line.quantity.saturating_sub(canceled));
            let share = total.saturating_mul(kept).checked_div(i128::from(line.quantity));
            whole = whole.saturating_add(total);
            wanted = wanted.saturating_add(share.unwrap_or(total));
        }
        let held = i128::from(self.authorized.minor());
        // Delivery is part of what is held, and of no line.
        let goods = held.min(whole);
        let off = goods.saturating_mul(whole.saturating_sub(wanted)).checked_div(whole);
        // A provider takes no thousandths; what is held has none.
        let grain = if self.currency().exponent() > 2 { 10_i128 } else { 1 };
        let off = off.map(|off| off.saturating_sub(off.checked_rem(grain).unwrap_or(0)));
        let off = off.and_then(|off| i64::try_from(off).ok()).unwrap_or(0);
        let off = Money::new(off, self.currency()).unwrap_or(self.authorized);
        self.authorized.minus(off).unwrap_or(self.authorized)
    }

    /// Whether some of it ever left for the buyer, wherever it is now.
    pub fn is_sent(&self) -> bool {
        let mut steps = self.fulfillments.iter().flat_map(|it| &it.steps);
        steps.any(|step| step.progress.is_dispatched())
    }

    /// Whether all that costs anything was called off before any of it was sent.
    pub fn is_called_off(&self) -> bool {
        let lines = self.ordered.iter().flat_map(|ordered| &ordered.lines);
        let mut left = lines.map(|line| {
            line.quantity.saturating_sub(self.taken_off(AdjustmentKind::Cancellation, &line.id))
        });
        !self.is_sent() && (left.all(|left| left == 0) || self.due().is_zero())
    }

    /// The refund that was asked for first and is not settled yet.
    pub fn refund_under_way(&self) -> Option<(u32, Money)> {
        let mut pending = self.adjustments.iter();
        pending.find_map(|it| Some((it.number, it.refund(AdjustmentStatus::Pending)?)))
    }

    /// How many of a line were taken off in this way.
    fn taken_off(&self, kind: AdjustmentKind, line: &LineId) -> u32 {
        let counts = |it: &&Adjustment| it.kind == kind && it.status != AdjustmentStatus::Failed;
        let own = self.adjustments.iter().filter(counts);
        let units = own.flat_map(|it| &it.lines).filter(|units| units.line == *line);
        units.fold(0_u32, |sum, units| sum.saturating_add(units.quantity.get()))
    }

    /// How a fulfillment was to reach the buyer when it was ordered.
    pub fn chosen_for(&self, fulfillment: &Fulfillment) -> Option<&ChosenDelivery> {
        let ordered = self.ordered.as_deref()?;
        let first: &LineId = &fulfillment.lines.first()?.line;
        ordered.delivery_of(first).filter(|delivery| delivery.kind == fulfillment.kind)
    }

    /// Where it stands.
    pub fn stage(&self) -> OrderStage {
        let lines = self.ordered.iter().flat_map(|ordered| &ordered.lines);
        let counts: Vec<_> = lines.map(|line| self.count(line)).collect();
        let all = |holds: fn(&LineCount) -> bool| counts.iter().all(holds);
        let is_empty = !counts.is_empty() && all(|count| count.current == 0);
        let is_begun = |progress: Progress| !progress.is_void() && progress != Progress::Pending;
        let has_begun = self.fulfillments.iter().any(|it| is_begun(it.progress));
        if self.is_canceled() || is_empty {
            OrderStage::Canceled
        } else if counts.is_empty() || !has_begun {
            OrderStage::Confirmed
        } else if all(|count| count.delivered == count.current) {
            OrderStage::Completed
        } else if all(|count| count.fulfilled == count.current) {
            OrderStage::Shipped
        } else {
            OrderStage::Processing
        }
    }
}
