use std::sync::Arc;

use super::adjustment::{AdjustmentStatus, NewAdjustment};
use super::fulfillment::{FulfillmentMove, NewFulfillment};
use super::ordered::Ordered;
use crate::ids::{MerchantOrderId, PaymentId, SessionId};
use crate::money::Money;
use crate::principal::Provenance;
use crate::session::PurchaseOrder;
use crate::time::Timestamp;

/// What has happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// It was placed: its payment is authorized.
    Placed {
        /// The session it came from.
        session: SessionId,
        /// The payment that is authorized for it.
        payment: PaymentId,
        /// What is authorized.
        authorized: Money,
        /// What a business promised instead of money; the merchant bills it.
        purchase_order: Option<Box<PurchaseOrder>>,
        /// What was ordered. Early orders do not say; there it stands in the session alone.
        ordered: Option<Box<Ordered>>,
        /// Who asked for it, and by what that was proven. Early orders do not say.
        provenance: Option<Arc<Provenance>>,
    },
    /// The money was taken.
    PaymentCaptured {
        /// How much.
        amount: Money,
    },
    /// All money that was taken was given back, because the order could not be kept.
    PaymentRefunded {
        /// How much was given back by now.
        amount: Money,
    },
    /// It failed after it was placed; nothing will be delivered and nothing is owed.
    Canceled {
        /// Why.
        reason: CancelReason,
    },
    /// Some of it is on its way, or about to be.
    FulfillmentMade(Box<NewFulfillment>),
    /// A fulfillment got further, or it is known better how to follow it.
    FulfillmentMoved(Box<FulfillmentMove>),
    /// Something was agreed on afterwards: money back, a return, lines that are not wanted.
    Adjusted(Box<NewAdjustment>),
    /// An adjustment that was pending is not any more.
    AdjustmentSettled {
        /// Which.
        number: u32,
        /// How it ended.
        status: AdjustmentStatus,
    },
    /// The merchant's own system has taken the order.
    HandedOver {
        /// What it is called there.
        merchant_order: MerchantOrderId,
    },
}

/// Why an order that was placed could not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// The money could not be taken.
    PaymentFailed,
    /// The goods were not there after all.
    OutOfStock,
    /// The merchant called all of it off before any money was taken.
    CalledOff,
}

/// A fact, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: E,
}
