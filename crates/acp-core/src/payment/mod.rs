//! Paying: what a provider can answer, and what each answer allows us to do.

mod attempt;
mod fault;
pub mod three_ds;
pub mod vault;

pub use attempt::{PaymentNote, PaymentState};
pub use fault::PaymentFault;

use crate::ids::{PaymentId, SessionId};
use crate::money::Money;
use crate::session::Challenge;
use crate::time::Timestamp;

/// The key a provider knows one of our operations by. It is derived from session, operation and
/// attempt, never from the client's key, so that two client keys can never charge twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderKey(pub Box<str>);

/// The name of one of several accounts payments are made at. It is chosen before a payment is made,
/// written down, and never changes for a payment that may have been made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(pub Box<str>);

/// Where a payment stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Made, and nothing held.
    Created,
    /// The provider is at work on it and has no answer yet.
    Pending,
    /// The buyer has to authenticate.
    ActionRequired(Challenge),
    /// Money is held for us.
    Authorized {
        /// How much.
        amount: Money,
    },
    /// Money was taken.
    Captured {
        /// How much.
        amount: Money,
        /// How much of it was given back.
        refunded: Money,
    },
    /// Nothing is held and nothing ever will be.
    Canceled,
    /// It was declined; it can still be confirmed by a late call until it is canceled.
    Declined(Decline),
}

impl PaymentStatus {
    /// Money was taken, and nothing of it given back.
    pub const fn taken(amount: Money) -> Self {
        Self::Captured { amount, refunded: Money::zero(amount.currency()) }
    }
}

/// How a payment was declined. The buyer's bank may say more; the agent is never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decline {
    /// Another try with the same instrument may work.
    Soft,
    /// This instrument will not work.
    Hard,
}

/// A payment at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id of it.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
}

/// A payment as a provider lists it, with what it was told when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedPayment {
    /// The payment.
    pub payment: Payment,
    /// The session it is for.
    pub session: SessionId,
    /// The key it was made with.
    pub key: ProviderKey,
    /// When it was made.
    pub made_at: Timestamp,
}
