//! Paying: what a provider can answer, and what each answer allows us to do.

use crate::ids::PaymentId;
use crate::money::Money;
use crate::session::Challenge;

/// The key a provider knows one of our operations by. It is derived from session, operation and
/// attempt, never from the client's key, so that two client keys can never charge twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderKey(pub Box<str>);

/// Where a payment stands at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaymentStatus {
    /// Made, and nothing held.
    Created,
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
    },
    /// Nothing is held and nothing ever will be.
    Canceled,
    /// It was declined; it can still be confirmed by a late call until it is canceled.
    Declined(Decline),
}

/// How a payment was declined. The buyer's bank may say more; the agent is never told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decline {
    /// Another try with the same instrument may work.
    Soft,
    /// This instrument will not work.
    Hard,
}

/// What went wrong with a call to a provider, by what may be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentFault {
    /// The request never left: nothing happened.
    #[error("the payment provider could not be reached")]
    NotSent,
    /// The provider asks for patience: nothing happened.
    #[error("the payment provider is busy")]
    Throttled,
    /// The provider is still at work on the same key.
    #[error("the payment provider is still at work on this call")]
    InFlight,
    /// It may have happened. Ask before anything else.
    #[error("the payment provider did not answer")]
    Ambiguous,
    /// The hold has run out.
    #[error("the authorization has expired")]
    AuthorizationExpired,
    /// Our request makes no sense to the provider.
    #[error("the payment provider refused the call as wrong")]
    CallerBug,
    /// Our credentials or the account are not in order.
    #[error("the payment provider does not accept this account")]
    Config,
}

impl PaymentFault {
    /// Whether money may have moved although the call failed.
    pub const fn may_have_happened(self) -> bool {
        match self {
            Self::InFlight | Self::Ambiguous => true,
            Self::NotSent
            | Self::Throttled
            | Self::AuthorizationExpired
            | Self::CallerBug
            | Self::Config => false,
        }
    }
}

/// A payment at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The provider's id of it.
    pub id: PaymentId,
    /// Where it stands.
    pub status: PaymentStatus,
}
