//! What happened to a session, in a few facts. The session itself says what came of it.

use acp_core::ids::OrderId;
use acp_core::money::{Currency, Money};
use acp_core::session::{Metadata, SessionEvent, TraceReason};
use acp_core::time::Timestamp;

use super::document::Document;
use super::mirror::{Word, mirror};
use super::scalars::{Amount, Moment};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct HistoryEntry {
    /// When.
    pub(super) at: Timestamp,
    /// What.
    pub(super) what: Box<str>,
    /// Which try to pay began.
    pub(super) attempt: Option<u32>,
    /// What was to be paid.
    pub(super) amount: Option<Money>,
    /// The order that came of it.
    pub(super) order: Option<OrderId>,
    /// Why the buyer walked away.
    pub(super) reason: Option<TraceReason>,
    /// The same in a few words.
    pub(super) summary: Option<Box<str>>,
    /// What else the agent told about it.
    pub(super) metadata: Option<Metadata>,
}

impl HistoryEntry {
    fn new(what: &str, at: Timestamp) -> Self {
        Self {
            at,
            what: what.into(),
            attempt: None,
            amount: None,
            order: None,
            reason: None,
            summary: None,
            metadata: None,
        }
    }

    /// A session was opened.
    pub(in crate::store::record) fn opened(at: Timestamp) -> Self {
        Self::new("opened", at)
    }

    /// Something happened to a session.
    pub(in crate::store::record) fn of(event: &SessionEvent, at: Timestamp) -> Self {
        match event {
            SessionEvent::Changed { quote, .. } => {
                Self { amount: Some(quote.totals.total()), ..Self::new("changed", at) }
            }
            SessionEvent::CompletionBegan { completion, .. } => Self {
                attempt: Some(completion.attempt),
                amount: Some(completion.amount),
                ..Self::new("completion_began", at)
            },
            SessionEvent::ApprovalAsked { quote, .. } => {
                Self { amount: Some(quote.totals.total()), ..Self::new("approval_asked", at) }
            }
            SessionEvent::Approved { completion } => Self {
                attempt: Some(completion.attempt),
                amount: Some(completion.amount),
                ..Self::new("approved", at)
            },
            SessionEvent::NotApproved => Self::new("not_approved", at),
            SessionEvent::ChallengeRaised(_) => Self::new("challenge_raised", at),
            SessionEvent::PaymentDeclined { .. } => Self::new("payment_declined", at),
            SessionEvent::StockGone { .. } => Self::new("stock_gone", at),
            SessionEvent::CompletionAbandoned => Self::new("completion_abandoned", at),
            SessionEvent::Completed(order) => {
                Self { order: Some(order.id.clone()), ..Self::new("completed", at) }
            }
            SessionEvent::Canceled { trace } => Self {
                reason: trace.as_ref().map(|trace| trace.reason),
                summary: trace.as_ref().and_then(|trace| trace.summary.clone()),
                metadata: trace.as_ref().and_then(|trace| trace.metadata.clone()),
                ..Self::new("canceled", at)
            },
            SessionEvent::Expired => Self::new("expired", at),
        }
    }
}

mirror! {
    StoredHistoryEntry of HistoryEntry {
        at: Moment,
        what: Box<str>,
    } or_absent {
        attempt: Option<u32>,
        amount: Option<Amount>,
        order: Option<Box<str>>,
        reason: Option<Word>,
        summary: Option<Box<str>>,
        metadata: Option<Box<str>>,
    }
}

impl Document for HistoryEntry {
    type Shape = StoredHistoryEntry;

    fn currency(&self) -> Option<Currency> {
        self.amount.map(Money::currency)
    }
}
