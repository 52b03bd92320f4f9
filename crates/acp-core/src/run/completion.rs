//! The journal of a completion: which step it is at, and what a successor needs to go on.

use super::standing::Standing;
use crate::ids::{OrderId, PaymentId, SessionId, TenantId};
use crate::money::Money;
use crate::order::CancelReason;
use crate::payment::{ProviderKey, Route};
use crate::ports::{AnswerKey, Channel, Digests};
use crate::session::{Challenge, InstrumentMark};
use crate::stock::Hold;
use crate::time::Timestamp;

/// Why a run is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoReason {
    /// The payment was declined.
    Declined,
    /// The buyer has to authenticate first.
    Challenge(Challenge),
    /// There was too little stock.
    StockGone,
    /// It failed on our side before money moved, or took too long.
    Failed,
}

/// The step a run is at: the last thing written before the call it announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunStep {
    /// About to promise stock and to make the payment.
    Reserving,
    /// The payment is made; about to have the money held.
    Authorizing {
        /// The payment.
        payment: PaymentId,
    },
    /// The order is placed; about to take the money.
    Capturing {
        /// The payment.
        payment: PaymentId,
        /// The order.
        order: OrderId,
    },
    /// About to turn promises of stock into sales. The money is taken, unless it is taken later.
    Delivering {
        /// The payment.
        payment: PaymentId,
        /// The order.
        order: OrderId,
    },
    /// Everything is done but taking the money: whoever ships the goods says when, and when the
    /// hold runs out before that the order fails.
    AwaitingCapture {
        /// The payment.
        payment: PaymentId,
        /// The order.
        order: OrderId,
    },
    /// The order cannot be kept; about to give everything back.
    FailingForward {
        /// The payment.
        payment: PaymentId,
        /// The order.
        order: OrderId,
        /// Why.
        reason: CancelReason,
    },
    /// No order will come of it; about to give everything back.
    Undoing {
        /// The payment, if one was made.
        payment: Option<PaymentId>,
        /// Why.
        reason: UndoReason,
    },
}

impl RunStep {
    /// What the step is called, for people.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reserving => "reserving",
            Self::Authorizing { .. } => "authorizing",
            Self::Capturing { .. } => "capturing",
            Self::Delivering { .. } => "delivering",
            Self::AwaitingCapture { .. } => "awaiting_capture",
            Self::FailingForward { .. } => "failing_forward",
            Self::Undoing { .. } => "undoing",
        }
    }

    /// The payment, once there is one.
    pub const fn payment(&self) -> Option<&PaymentId> {
        match self {
            Self::Reserving => None,
            Self::Undoing { payment, .. } => payment.as_ref(),
            Self::Authorizing { payment }
            | Self::Capturing { payment, .. }
            | Self::Delivering { payment, .. }
            | Self::AwaitingCapture { payment, .. }
            | Self::FailingForward { payment, .. } => Some(payment),
        }
    }

    /// The order, once there is one. From then on there is only forward.
    pub const fn order(&self) -> Option<&OrderId> {
        match self {
            Self::Reserving | Self::Authorizing { .. } | Self::Undoing { .. } => None,
            Self::Capturing { order, .. }
            | Self::Delivering { order, .. }
            | Self::AwaitingCapture { order, .. }
            | Self::FailingForward { order, .. } => Some(order),
        }
    }
}

/// A completion under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The session it completes.
    pub session: SessionId,
    /// Which try it is.
    pub attempt: u32,
    /// Whose it is, and how it fares.
    pub standing: Standing,
    /// When it began; runs of the first releases did not say.
    pub began_at: Option<Timestamp>,
    /// Where it is.
    pub step: RunStep,
    /// What is charged.
    pub amount: Money,
    /// Whether the money is taken when somebody says so, and not at once.
    pub is_captured_later: bool,
    /// The key the provider knows it by.
    pub provider_key: ProviderKey,
    /// The payment token and the authentication, sealed; empty once they are not needed.
    pub sealed_request: Vec<u8>,
    /// Whose stock it asks for; runs of earlier releases do not say, and mean the shop's.
    pub tenant: Option<TenantId>,
    /// The stock it asks for.
    pub holds: Vec<Hold>,
    /// The caller's key, to be answered in the end.
    pub answer_key: Option<AnswerKey>,
    /// The body the caller sent.
    pub digests: Digests,
    /// How the caller is spoken to.
    pub channel: Channel,
    /// At which of several accounts its payment is made.
    pub route: Option<Route>,
    /// The instrument, once it was declined for good.
    pub refused: Option<InstrumentMark>,
}
