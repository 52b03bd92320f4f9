use std::sync::Arc;

use super::basket::Basket;
use super::claim::{Attributions, Consent};
use super::commands::IntentTrace;
use super::quote::Quote;
use super::refused::InstrumentMark;
use super::stage::{Challenge, Trigger};
use super::state::{Completion, PlacedOrder};
use super::tender::PurchaseOrder;
use crate::principal::Provenance;
use crate::time::Timestamp;

/// What came along with a payment, and is only kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Along {
    /// Who claims to have brought the buyer.
    pub attributions: Attributions,
    /// What the buyer said about being written to.
    pub consents: Vec<Consent>,
    /// Who asked for it.
    pub provenance: Option<Arc<Provenance>>,
}

/// What has happened to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The client changed it.
    Changed {
        /// What the client asks for now.
        basket: Arc<Basket>,
        /// What the shop makes of it.
        quote: Arc<Quote>,
        /// When it now runs out of time.
        expires_at: Timestamp,
    },
    /// The client paid; now it is our turn.
    CompletionBegan {
        /// The completion.
        completion: Completion,
        /// The basket with what came along.
        basket: Arc<Basket>,
        /// The quote it is paid by.
        quote: Arc<Quote>,
        /// What came along beside the payment.
        along: Along,
    },
    /// The client paid with a promise that somebody has to approve first.
    ApprovalAsked {
        /// The promise.
        order: PurchaseOrder,
        /// The basket with what came along.
        basket: Arc<Basket>,
        /// The quote it is paid by.
        quote: Arc<Quote>,
        /// What came along beside the payment.
        along: Along,
    },
    /// Somebody approved: now it is our turn.
    Approved {
        /// The completion.
        completion: Completion,
    },
    /// Somebody did not approve.
    NotApproved,
    /// The buyer has to authenticate.
    ChallengeRaised(Challenge),
    /// The payment was declined.
    PaymentDeclined {
        /// The instrument, where it was declined for good.
        refused: Option<InstrumentMark>,
    },
    /// There was too little stock.
    StockGone {
        /// What the shop makes of the basket now.
        quote: Arc<Quote>,
    },
    /// The completion failed on our side and was undone.
    CompletionAbandoned,
    /// An order was placed.
    Completed(PlacedOrder),
    /// It was given up.
    Canceled {
        /// Why, if the agent said so.
        trace: Option<IntentTrace>,
    },
    /// It ran out of time.
    Expired,
}

impl SessionEvent {
    /// The same, with who asked for it, where that is kept: with what may become an order.
    #[must_use]
    pub fn asked_by(mut self, provenance: Provenance) -> Self {
        if let Self::CompletionBegan { along, .. } | Self::ApprovalAsked { along, .. } = &mut self {
            along.provenance = Some(Arc::new(provenance));
        }
        self
    }

    pub(super) const fn trigger(&self) -> Trigger {
        match self {
            Self::Changed { .. } => Trigger::Update,
            // An event was decided: whatever authentication it took was shown.
            Self::CompletionBegan { .. } => Trigger::CompleteAuthenticated,
            Self::ApprovalAsked { .. } => Trigger::ApprovalNeeded,
            Self::Approved { .. } => Trigger::Approved,
            Self::NotApproved => Trigger::Rejected,
            Self::ChallengeRaised(_) => Trigger::ChallengeRaised,
            Self::PaymentDeclined { .. } => Trigger::Declined,
            Self::StockGone { .. } => Trigger::StockGone,
            Self::CompletionAbandoned => Trigger::Abandoned,
            Self::Completed(_) => Trigger::Paid,
            Self::Canceled { .. } => Trigger::Cancel,
            Self::Expired => Trigger::Expire,
        }
    }
}
