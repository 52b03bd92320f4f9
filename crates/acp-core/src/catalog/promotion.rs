use super::CatalogItem;
use crate::ids::ItemId;
use crate::money::{Money, Rate};
use crate::session::{Buyer, BuyerAuthentication};
use crate::time::Timestamp;

/// What the names of all ledgers of promotions begin with.
const LEDGERS: &str = "promotion\u{1f}";

/// What a promotion takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benefit {
    /// A share of what it reaches.
    Percent(Rate),
    /// A fixed amount, at most what it reaches.
    Amount(Money),
}

/// What a promotion takes something off from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The order as a whole, without delivery.
    Order,
    /// Lines with certain goods; all lines when both lists are empty.
    Goods {
        /// These items.
        items: Vec<ItemId>,
        /// Whatever lies in these categories or below them.
        categories: Vec<Box<str>>,
    },
    /// Delivery.
    Delivery,
}

impl Reach {
    /// Whether a line with this item is reached.
    pub fn covers(&self, item: &CatalogItem) -> bool {
        match self {
            Self::Order | Self::Delivery => false,
            Self::Goods { items, categories } if items.is_empty() && categories.is_empty() => true,
            Self::Goods { items, categories } => {
                let is_below = |category: &str| {
                    item.category
                        .strip_prefix(category)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                };
                items.contains(&item.id) || categories.iter().any(|category| is_below(category))
            }
        }
    }
}

/// How a promotion is spread over the lines it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spread {
    /// To every piece by itself.
    Each,
    /// Once, over all of them by their value.
    Across,
}

/// For whom a promotion is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everybody.
    Everybody,
    /// Buyers the shop knows.
    SignedIn,
    /// These customers, by the shop's own ids for them.
    Customers(Vec<Box<str>>),
}

/// Something the shop takes off: by a code, or by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: Box<str>,
    /// What a buyer reads.
    pub name: Box<str>,
    /// The code that asks for it; without one it applies by itself.
    pub code: Option<Box<str>>,
    /// What it takes off.
    pub benefit: Benefit,
    /// From what.
    pub reach: Reach,
    /// How it is spread over lines.
    pub spread: Spread,
    /// Its place among those that apply together: 1 comes first, and each works on what the ones
    /// before it have left.
    pub priority: u32,
    /// The value of goods it takes.
    pub min_goods: Option<Money>,
    /// Not before this.
    pub starts_at: Option<Timestamp>,
    /// Not from then on.
    pub ends_at: Option<Timestamp>,
    /// Whether it stands alone: no other code beside it.
    pub is_exclusive: bool,
    /// For whom it is.
    pub audience: Audience,
    /// How many orders it is good for.
    pub redemptions_max: Option<u32>,
}

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeRefusal {
    /// Its time is over.
    Expired,
    /// There is no such code, or it is for other goods.
    Invalid,
    /// It was given before.
    AlreadyApplied,
    /// It does not go together with another one.
    CombinationDisallowed,
    /// The goods are worth too little.
    MinimumNotMet,
    /// It is for buyers the shop knows.
    NotSignedIn,
    /// It is for others.
    Ineligible,
    /// It was used up.
    UsedUp,
}

impl CodeRefusal {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Expired,
        Self::Invalid,
        Self::AlreadyApplied,
        Self::CombinationDisallowed,
        Self::MinimumNotMet,
        Self::NotSignedIn,
        Self::Ineligible,
        Self::UsedUp,
    ];
}

impl Promotion {
    /// The ledger that counts how often it can still be redeemed: such a promotion is a thing of
    /// which there are so many. A catalogue cannot have an item of this name.
    pub fn ledger(&self) -> Option<ItemId> {
        self.redemptions_max.map(|_| Self::ledger_of(&self.id))
    }

    /// The ledger of the promotion with this id.
    pub fn ledger_of(id: &str) -> ItemId {
        ItemId::new(format!("{LEDGERS}{id}"))
    }

    /// Whether an item is such a ledger.
    pub fn is_ledger(item: &ItemId) -> bool {
        item.as_str().starts_with(LEDGERS)
    }

    /// Whether a code asks for it; codes are the same in either case.
    pub fn is_asked_by(&self, code: &str) -> bool {
        let own = self.code.as_deref();
        own.is_some_and(|own| own.trim().to_lowercase() == code.trim().to_lowercase())
    }

    /// Whether it is good for a buyer, at a time, with goods of this value.
    ///
    /// # Errors
    /// Says why it is not.
    pub fn check(
        &self,
        buyer: Option<&Buyer>,
        goods: Money,
        now: Timestamp,
    ) -> Result<(), CodeRefusal> {
        let is_other_currency = |money: Money| money.currency() != goods.currency();
        let fixed = match self.benefit {
            Benefit::Amount(amount) => Some(amount),
            Benefit::Percent(_) => None,
        };
        if fixed.into_iter().chain(self.min_goods).any(is_other_currency)
            || self.starts_at.is_some_and(|start| now < start)
        {
            return Err(CodeRefusal::Invalid);
        }
        if self.ends_at.is_some_and(|end| end <= now) {
            return Err(CodeRefusal::Expired);
        }
        self.check_buyer(buyer)?;
        match self.min_goods {
            Some(least) if goods.minor() < least.minor() => Err(CodeRefusal::MinimumNotMet),
            Some(_) | None => Ok(()),
        }
    }

    /// Whether it is good for a buyer.
    ///
    /// # Errors
    /// Says why it is not.
    pub fn check_buyer(&self, buyer: Option<&Buyer>) -> Result<(), CodeRefusal> {
        let known = buyer.filter(|buyer| buyer.is_signed_in());
        match (&self.audience, known) {
            (Audience::Everybody, _) | (Audience::SignedIn, Some(_)) => Ok(()),
            (Audience::SignedIn | Audience::Customers(_), None) => Err(CodeRefusal::NotSignedIn),
            (Audience::Customers(customers), Some(buyer)) => {
                let is_listed = buyer.customer_id.as_ref().is_some_and(|id| customers.contains(id));
                if is_listed { Ok(()) } else { Err(CodeRefusal::Ineligible) }
            }
        }
    }
}

impl Buyer {
    /// Whether the shop knows this buyer, as the agent says.
    pub fn is_signed_in(&self) -> bool {
        self.authentication_status == Some(BuyerAuthentication::Authenticated)
    }
}
