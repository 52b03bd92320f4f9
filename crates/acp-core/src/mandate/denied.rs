use crate::ids::ItemId;
use crate::money::Money;

/// Why a mandate does not let an agent spend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It was taken back.
    #[error("the mandate was revoked")]
    Revoked,
    /// It is not good yet.
    #[error("the mandate is not good yet")]
    TooEarly,
    /// It is not good any more.
    #[error("the mandate has expired")]
    Expired,
    /// It was given to others.
    #[error("the mandate was given to another agent")]
    AnotherAgent,
    /// It is not for this merchant.
    #[error("the mandate does not cover this merchant")]
    AnotherMerchant,
    /// It is not for this item.
    #[error("the mandate does not cover {0}")]
    Item(ItemId),
    /// It is not for goods that are money themselves unless it says so.
    #[error("the mandate does not cover {0}, which is as good as money")]
    StoredValue(ItemId),
    /// It is not for deliveries to this country.
    #[error("the mandate does not cover deliveries to {0}")]
    Country(Box<str>),
    /// It is for another currency.
    #[error("the mandate is for another currency")]
    Currency,
    /// A unit costs too much.
    #[error("one {item} may cost {at_most} at most")]
    UnitPrice {
        /// Of what.
        item: ItemId,
        /// How much it may cost.
        at_most: Money,
    },
    /// The order costs too much.
    #[error("one order may cost {0} at most")]
    Order(Money),
    /// The window has not this much left.
    #[error("{0} is left in the budget of the mandate")]
    Budget(Money),
    /// The window has no order left.
    #[error("the mandate has no order left")]
    Orders,
    /// Somebody has to say yes to this plan first.
    #[error("a person has to approve this plan")]
    NeedsApproval,
    /// The yes is to something else, or too old.
    #[error("the approval is not for this plan, or has expired")]
    AnotherApproval,
    /// The yes was used.
    #[error("the approval was used")]
    ApprovalUsed,
    /// The key took something else from the mandate.
    #[error("the key was used for something else")]
    KeyUsed,
    /// What the key took was given back: it takes nothing any more.
    #[error("what was reserved under this key was released")]
    Released,
    /// More is open than a ledger remembers.
    #[error("too much of the mandate is open; let some of it end")]
    Full,
    /// The order was paid for under this mandate but amounts do not add up.
    #[error("the amounts cannot be added up")]
    Uncountable,
}
