use super::ProviderKey;
use crate::ids::PaymentId;
use crate::money::Money;

/// What became of a payment, as the session keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentState {
    /// Made at the provider, with nothing held.
    Created,
    /// Money is held.
    Authorized,
    /// Money was taken.
    Captured,
    /// Let go of: nothing is held and nothing ever will be.
    Canceled,
    /// Declined, and let go of.
    Failed,
    /// Nobody knows yet.
    Unknown,
    /// What was taken was given back.
    Refunded,
}

impl PaymentState {
    /// What it is called, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Authorized => "authorized",
            Self::Captured => "captured",
            Self::Canceled => "canceled",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Refunded => "refunded",
        }
    }
}

/// A line in the payment book of a session. A later line about an attempt replaces an earlier one;
/// attempts only ever begin after the one before has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentNote {
    /// Which try it is.
    pub attempt: u32,
    /// The key the provider knows it by.
    pub key: ProviderKey,
    /// The provider's id of it, once there is one.
    pub payment: Option<PaymentId>,
    /// How much.
    pub amount: Money,
    /// What became of it.
    pub state: PaymentState,
}
