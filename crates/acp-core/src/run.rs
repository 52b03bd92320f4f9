//! The journal of a completion: which step it is at, and what a successor needs to go on.

use crate::ids::{ItemId, OrderId, PaymentId, Random128, SessionId};
use crate::money::Money;
use crate::order::CancelReason;
use crate::payment::ProviderKey;
use crate::ports::{AnswerKey, Channel, Digests};
use crate::session::Challenge;
use crate::stock::ReservationId;
use crate::time::Timestamp;

/// Who may write to a run: a number that grows with each takeover and a random owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunFence {
    /// Grows with each takeover.
    pub number: u64,
    /// Drawn by the owner.
    pub owner: Random128,
}

/// Until when a run is its owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// In the store's time.
    pub until: Timestamp,
    /// The epoch it was taken in; void in any other.
    pub epoch: u64,
}

/// Stock a run holds, or may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The item.
    pub item: ItemId,
    /// The reservation, the same each time this run asks.
    pub reservation: ReservationId,
    /// How many.
    pub units: u32,
}

/// Why a run is undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UndoReason {
    /// The payment was declined.
    Declined,
    /// The buyer has to authenticate first.
    Challenge(Challenge),
    /// There was too little stock.
    StockGone,
    /// It failed on our side before money moved.
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
    /// The money is taken; about to turn promises of stock into sales.
    Delivering {
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

/// A completion under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The session it completes.
    pub session: SessionId,
    /// Which try it is.
    pub attempt: u32,
    /// Who may write.
    pub fence: RunFence,
    /// Until when.
    pub lease: Lease,
    /// Where it is.
    pub step: RunStep,
    /// What is charged.
    pub amount: Money,
    /// The key the provider knows it by.
    pub provider_key: ProviderKey,
    /// The payment token and the authentication, sealed; empty once they are not needed.
    pub sealed_request: Vec<u8>,
    /// The stock it asks for.
    pub holds: Vec<Hold>,
    /// The caller's key, to be answered in the end.
    pub answer_key: Option<AnswerKey>,
    /// The body the caller sent.
    pub digests: Digests,
    /// How the caller is spoken to.
    pub channel: Channel,
}
