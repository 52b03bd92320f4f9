use super::adjustment::{AdjustmentKind, AdjustmentStatus, NewAdjustment};
use super::event::OrderEvent;
use super::fulfillment::{
    Fulfillment, FulfillmentKind, FulfillmentMove, NewFulfillment, Progress, Tracking, Units,
};
use super::ordered::{Ordered, OrderedLine};
use super::state::{LineCount, Order};
use crate::catalog::Kind;
use crate::ids::{LineId, MerchantOrderId};
use crate::limits::{FULFILLMENT_STEPS_MAX, ORDER_ADJUSTMENTS_MAX, ORDER_FULFILLMENTS_MAX};
use crate::money::Money;
use crate::session::Quantity;

/// What a merchant wants of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderCommand {
    /// To send some of it.
    Fulfill {
        /// How it reaches the buyer.
        kind: FulfillmentKind,
        /// What is in it; everything that can go this way and is in no fulfillment yet, where
        /// nothing is named.
        lines: Vec<Units>,
        /// How far it is.
        progress: Progress,
        /// How it can be followed.
        tracking: Tracking,
        /// What else there is to say about it.
        description: Option<Box<str>>,
    },
    /// To tell how far a fulfillment is.
    Move {
        /// Which.
        fulfillment: u32,
        /// How far it is; as far as before, where only the tracking is news.
        progress: Option<Progress>,
        /// How it can be followed, where that is news.
        tracking: Tracking,
        /// What happened, in words.
        note: Option<Box<str>>,
        /// Where it happened.
        location: Option<Box<str>>,
    },
    /// To send less than was ordered.
    Cancel {
        /// What is not sent; everything that is in no fulfillment yet, where nothing is named.
        lines: Vec<Units>,
        /// Why, in one word.
        reason: Option<Box<str>>,
    },
    /// To take goods back that have arrived.
    Return {
        /// What came back.
        lines: Vec<Units>,
        /// Why, in one word.
        reason: Option<Box<str>>,
    },
    /// To begin to give money back.
    Refund {
        /// How much, with the tax in it; all that is left of it, where it is not said.
        amount: Option<Money>,
        /// What it is for.
        lines: Vec<Units>,
        /// Why, in one word.
        reason: Option<Box<str>>,
    },
    /// To say what came of giving money back.
    Settle {
        /// Which adjustment.
        adjustment: u32,
        /// How it ended.
        status: AdjustmentStatus,
    },
    /// To say that the merchant's own system has taken the order.
    HandOver {
        /// What it is called there.
        merchant_order: MerchantOrderId,
    },
}

/// Why an order is not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefusal {
    /// It failed after it was placed.
    #[error("the order is canceled")]
    Canceled,
    /// It was placed before orders knew what was ordered.
    #[error("the order does not say what was ordered")]
    NotTracked,
    /// No lines are named where some have to be, or none are left.
    #[error("there are no lines to do this with")]
    NoLines,
    /// The order has no such line.
    #[error("the order has no line {}", .0.as_str())]
    UnknownLine(LineId),
    /// A line is named twice.
    #[error("the line {} is named twice", .0.as_str())]
    LineTwice(LineId),
    /// So many of a line are not there to do this with.
    #[error("only {left} of the line {} are left for this", .line.as_str())]
    TooMany {
        /// The line.
        line: LineId,
        /// How many are left.
        left: u32,
    },
    /// A line cannot reach the buyer in this way.
    #[error("the line {} cannot reach the buyer in this way", .0.as_str())]
    WrongWay(LineId),
    /// There is no such fulfillment.
    #[error("the order has no such fulfillment")]
    UnknownFulfillment,
    /// A fulfillment of this kind is never so far.
    #[error("a fulfillment of this kind is never {0:?}")]
    Unsuited(Progress),
    /// A fulfillment does not go this way.
    #[error("a fulfillment that is {from:?} cannot become {to:?}")]
    NoWay {
        /// How far it is.
        from: Progress,
        /// How far it should be.
        to: Progress,
    },
    /// There is nothing to give back.
    #[error("there is nothing to give back")]
    NothingToRefund,
    /// More money than there is to give back.
    #[error("only {left} are left to give back")]
    RefundTooLarge {
        /// How much is left.
        left: Money,
    },
    /// There is no such adjustment.
    #[error("the order has no such adjustment")]
    UnknownAdjustment,
    /// The adjustment is not pending any more, or would be again.
    #[error("the adjustment is settled")]
    Settled,
    /// So much has happened to it that nothing more is kept.
    #[error("too much has happened to this order")]
    TooMuch,
}

/// What becomes of an order when somebody wants something of it. Nothing, where it is as wanted.
///
/// # Errors
/// Refuses what cannot be: more than is there, further than is possible, more money than came in.
pub fn decide(order: &Order, command: OrderCommand) -> Result<Vec<OrderEvent>, OrderRefusal> {
    match command {
        OrderCommand::Fulfill { kind, lines, progress, tracking, description } => {
            let made = NewFulfillment {
                number: order.next_fulfillment(),
                kind,
                lines,
                progress,
                tracking,
                description,
            };
            fulfill(order, made)
        }
        OrderCommand::Move { fulfillment, progress, tracking, note, location } => {
            let known = order.fulfillments.iter().find(|it| it.number == fulfillment);
            let known = known.ok_or(OrderRefusal::UnknownFulfillment)?;
            let progress = progress.unwrap_or(known.progress);
            let number = fulfillment;
            go_on(known, FulfillmentMove { number, progress, tracking, note, location })
        }
        OrderCommand::Cancel { lines, reason } => {
            let kind = AdjustmentKind::Cancellation;
            let lines = named_or_open(order, lines, |_| true);
            take_off(order, kind, lines, reason, |count| count.open)
        }
        OrderCommand::Return { lines, reason } => {
            take_off(order, AdjustmentKind::Return, lines, reason, |count| count.delivered)
        }
        OrderCommand::Refund { amount, lines, reason } => refund(order, amount, lines, reason),
        OrderCommand::Settle { adjustment, status } => settle(order, adjustment, status),
        // It was taken, whatever became of the order meanwhile; once is enough.
        OrderCommand::HandOver { merchant_order } => Ok(match order.merchant_order {
            None => vec![OrderEvent::HandedOver { merchant_order }],
            Some(_) => Vec::new(),
        }),
    }
}

fn tracked(order: &Order) -> Result<&Ordered, OrderRefusal> {
    order.ordered.as_deref().ok_or(OrderRefusal::NotTracked)
}

/// The lines that are named, each once.
fn named<'a>(ordered: &'a Ordered, units: &[Units]) -> Result<Vec<&'a OrderedLine>, OrderRefusal> {
    let mut lines: Vec<&OrderedLine> = Vec::with_capacity(units.len());
    for Units { line: id, .. } in units {
        if lines.iter().any(|line| line.id == *id) {
            return Err(OrderRefusal::LineTwice(id.clone()));
        }
        let line = ordered.line(id).ok_or_else(|| OrderRefusal::UnknownLine(id.clone()))?;
        lines.push(line);
    }
    Ok(lines)
}

/// What is named, or everything that is still open of lines like this.
fn named_or_open(
    order: &Order,
    named: Vec<Units>,
    is_meant: impl Fn(&OrderedLine) -> bool,
) -> Vec<Units> {
    if !named.is_empty() {
        return named;
    }
    let lines = order.ordered.iter().flat_map(|ordered| &ordered.lines);
    let open = |line: &OrderedLine| {
        let quantity = Quantity::new(order.count(line).open)?;
        Some(Units { line: line.id.clone(), quantity })
    };
    lines.filter(|line| is_meant(line)).filter_map(open).collect()
}

/// That of every line so many are left as are named.
fn enough(
    order: &Order,
    units: &[Units],
    left: impl Fn(LineCount) -> u32,
) -> Result<(), OrderRefusal> {
    if units.is_empty() {
        return Err(OrderRefusal::NoLines);
    }
    let lines = named(tracked(order)?, units)?;
    for (line, units) in lines.into_iter().zip(units) {
        let left = left(order.count(line));
        if units.quantity.get() > left {
            return Err(OrderRefusal::TooMany { line: line.id.clone(), left });
        }
    }
    Ok(())
}

fn fulfill(order: &Order, mut made: NewFulfillment) -> Result<Vec<OrderEvent>, OrderRefusal> {
    if order.is_canceled() {
        return Err(OrderRefusal::Canceled);
    }
    if order.fulfillments.len() >= ORDER_FULFILLMENTS_MAX {
        return Err(OrderRefusal::TooMuch);
    }
    let is_an_end_in_vain = made.progress.is_void();
    if is_an_end_in_vain || !made.progress.suits(made.kind) {
        return Err(OrderRefusal::Unsuited(made.progress));
    }
    let kind = made.kind;
    let carries = |line: &OrderedLine| match kind {
        FulfillmentKind::Digital => line.kind == Kind::Digital,
        FulfillmentKind::Shipping | FulfillmentKind::Pickup => line.kind == Kind::Physical,
    };
    made.lines = named_or_open(order, made.lines, carries);
    enough(order, &made.lines, |count| count.open)?;
    let lines = named(tracked(order)?, &made.lines)?;
    if let Some(line) = lines.into_iter().find(|line| !carries(line)) {
        return Err(OrderRefusal::WrongWay(line.id.clone()));
    }
    Ok(vec![OrderEvent::FulfillmentMade(Box::new(made))])
}

/// Also of an order that is canceled: what is under way goes on to wherever it ends.
fn go_on(known: &Fulfillment, to: FulfillmentMove) -> Result<Vec<OrderEvent>, OrderRefusal> {
    if !to.progress.suits(known.kind) {
        return Err(OrderRefusal::Unsuited(to.progress));
    }
    if !known.progress.may_become(to.progress) {
        return Err(OrderRefusal::NoWay { from: known.progress, to: to.progress });
    }
    let says_nothing = to.note.is_none() && to.location.is_none();
    let is_followed_alike = to.tracking.clone().or(&known.tracking) == known.tracking;
    if to.progress == known.progress && says_nothing && is_followed_alike {
        return Ok(Vec::new());
    }
    // There is always room for an end, because there is only one.
    let is_end = to.progress.is_over() && to.progress != known.progress;
    if known.moves >= FULFILLMENT_STEPS_MAX && !is_end {
        return Err(OrderRefusal::TooMuch);
    }
    Ok(vec![OrderEvent::FulfillmentMoved(Box::new(to))])
}

fn adjustable(order: &Order) -> Result<(), OrderRefusal> {
    let is_full = order.adjustments.len() >= ORDER_ADJUSTMENTS_MAX;
    if is_full { Err(OrderRefusal::TooMuch) } else { Ok(()) }
}

fn take_off(
    order: &Order,
    kind: AdjustmentKind,
    lines: Vec<Units>,
    reason: Option<Box<str>>,
    left: impl Fn(LineCount) -> u32,
) -> Result<Vec<OrderEvent>, OrderRefusal> {
    adjustable(order)?;
    enough(order, &lines, left)?;
    let made = NewAdjustment {
        number: order.next_adjustment(),
        kind,
        status: AdjustmentStatus::Completed,
        lines,
        amount: None,
        reason,
        description: None,
    };
    Ok(vec![OrderEvent::Adjusted(Box::new(made))])
}

/// Never more than was taken, counting what is already on its way back.
fn refund(
    order: &Order,
    amount: Option<Money>,
    lines: Vec<Units>,
    reason: Option<Box<str>>,
) -> Result<Vec<OrderEvent>, OrderRefusal> {
    adjustable(order)?;
    let named = named(tracked(order)?, &lines)?;
    for (line, units) in named.into_iter().zip(&lines) {
        if units.quantity.get() > line.quantity {
            return Err(OrderRefusal::TooMany { line: line.id.clone(), left: line.quantity });
        }
    }
    let nothing = Money::zero(order.currency());
    let spoken_for = [AdjustmentStatus::Completed, AdjustmentStatus::Pending];
    let left = spoken_for
        .into_iter()
        .try_fold(order.captured, |left, status| left.minus(order.refunds(status)));
    let left = left.unwrap_or(nothing);
    let amount = amount.unwrap_or(left);
    if left.is_zero() || amount.is_zero() {
        return Err(OrderRefusal::NothingToRefund);
    }
    if left.minus(amount).is_err() {
        return Err(OrderRefusal::RefundTooLarge { left });
    }
    let made = NewAdjustment {
        number: order.next_adjustment(),
        kind: AdjustmentKind::Refund,
        status: AdjustmentStatus::Pending,
        lines,
        amount: Some(amount),
        reason,
        description: None,
    };
    Ok(vec![OrderEvent::Adjusted(Box::new(made))])
}

fn settle(
    order: &Order,
    number: u32,
    status: AdjustmentStatus,
) -> Result<Vec<OrderEvent>, OrderRefusal> {
    let known = order.adjustments.iter().find(|it| it.number == number);
    let known = known.ok_or(OrderRefusal::UnknownAdjustment)?;
    if known.status == status {
        return Ok(Vec::new());
    }
    if known.status != AdjustmentStatus::Pending {
        return Err(OrderRefusal::Settled);
    }
    Ok(vec![OrderEvent::AdjustmentSettled { number, status }])
}
