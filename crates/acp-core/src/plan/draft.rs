use std::fmt;

use crate::ids::ItemId;
use crate::limits::{
    DISCOUNT_CODE_CHARS_MAX, PLAN_CANDIDATES_MAX, PLAN_COUNT_MAX, PLAN_OPERATIONS_MAX,
    PLAN_RESULTS_MAX, TEXT_CHARS_MAX,
};
use crate::money::Money;

/// How many of an item a plan speaks of: at least one, at most [`PLAN_COUNT_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(u16);

impl Count {
    /// A single one.
    pub const ONE: Self = Self(1);

    /// This many; `None` for zero and for what nobody can mean.
    pub fn new(value: u32) -> Option<Self> {
        if (1..=PLAN_COUNT_MAX).contains(&value) {
            u16::try_from(value).ok().map(Self)
        } else {
            None
        }
    }

    /// The number.
    pub fn get(self) -> u32 {
        u32::from(self.0)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A discount code as it is compared: trimmed and in capitals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiscountCode(Box<str>);

impl DiscountCode {
    /// Reads a code; `None` unless it is a short word of letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_code = !text.is_empty()
            && text.len() <= DISCOUNT_CODE_CHARS_MAX
            && text.chars().all(is_plain)
            && text.chars().any(|c| c.is_ascii_alphanumeric());
        is_code.then(|| Self(text.to_ascii_uppercase().into()))
    }

    /// The code in capitals.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An address as far as it was spoken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressText {
    /// Street and number.
    pub line_one: Box<str>,
    /// The town.
    pub city: Box<str>,
    /// The state or province, as it was spoken.
    pub state: Box<str>,
    /// The postal code.
    pub postal_code: Box<str>,
}

/// How the goods should come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryWish {
    /// By the option with this id.
    Named(Box<str>),
    /// By whichever arrives first.
    Fastest,
    /// By whichever costs least.
    Cheapest,
}

/// Which order is spoken of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderChoice {
    /// The one with this id.
    Named(Box<str>),
    /// The newest one.
    Latest,
}

/// One thing to do. Operations are done in the order they stand in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Put so many more into the cart; the fallbacks are what the shopper named for the case
    /// that the item is gone, in the order they were named.
    Add {
        /// What to add.
        item: ItemId,
        /// How many more.
        quantity: Count,
        /// What to take if it cannot be had.
        fallbacks: Vec<ItemId>,
    },
    /// Take so many out, or the whole line.
    Remove {
        /// What to take out.
        item: ItemId,
        /// How many; the whole line where nobody said.
        quantity: Option<Count>,
    },
    /// Have exactly so many.
    SetQuantity {
        /// Of what.
        item: ItemId,
        /// How many.
        quantity: Count,
    },
    /// Take one line out and put another item in, as one step.
    Replace {
        /// What leaves.
        old: ItemId,
        /// What comes.
        new: ItemId,
        /// How many come.
        quantity: Count,
    },
    /// Take everything out.
    ClearCart,
    /// Show what is in the cart.
    ViewCart,
    /// Show goods.
    Search {
        /// What was found, best first.
        results: Vec<ItemId>,
        /// The most that one may cost.
        unit_price_max: Option<Money>,
    },
    /// Pay for what is in the cart.
    Checkout,
    /// Use a code.
    ApplyDiscount {
        /// The code.
        code: DiscountCode,
        /// Whether the shopper wants the rest only if the code works.
        is_condition: bool,
    },
    /// Stop using a code, or all codes.
    RemoveDiscount {
        /// The code; all of them where nobody said.
        code: Option<DiscountCode>,
    },
    /// Send it here.
    SetAddress(AddressText),
    /// Send it so.
    SetDelivery(DeliveryWish),
    /// Say how an order stands.
    OrderStatus(OrderChoice),
    /// Cancel an order that was placed.
    CancelOrder(OrderChoice),
    /// Drop the plan under way.
    CancelPlan,
    /// Yes to what was asked.
    Confirm,
    /// No to what was asked.
    Decline,
    /// The last thing once more.
    RepeatLast,
}

impl Operation {
    /// The word this operation goes by outside.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::Remove { .. } => "remove",
            Self::SetQuantity { .. } => "set_qty",
            Self::Replace { .. } => "replace",
            Self::ClearCart => "clear_cart",
            Self::ViewCart => "view_cart",
            Self::Search { .. } => "search",
            Self::Checkout => "checkout",
            Self::ApplyDiscount { .. } => "apply_discount",
            Self::RemoveDiscount { .. } => "remove_discount",
            Self::SetAddress(_) => "set_address",
            Self::SetDelivery(_) => "set_delivery",
            Self::OrderStatus(_) => "order_status",
            Self::CancelOrder(_) => "cancel_order",
            Self::CancelPlan => "cancel_plan",
            Self::Confirm => "confirm",
            Self::Decline => "decline",
            Self::RepeatLast => "repeat_last",
        }
    }

    /// Whether doing it changes what is in the cart.
    pub const fn changes_cart(&self) -> bool {
        matches!(
            self,
            Self::Add { .. }
                | Self::Remove { .. }
                | Self::SetQuantity { .. }
                | Self::Replace { .. }
                | Self::ClearCart
        )
    }
}

/// A limit the shopper's words set. It can tighten what a mandate allows and never loosens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// No single item may cost more.
    UnitPriceAtMost(Money),
    /// All of it together may not cost more.
    TotalAtMost(Money),
}

/// Why operations do not make a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// More operations than a plan may have.
    #[error("a plan has at most {PLAN_OPERATIONS_MAX} operations")]
    TooManyOperations,
    /// More search results or fallbacks than a plan may name.
    #[error("a plan names at most {PLAN_RESULTS_MAX} results and {PLAN_CANDIDATES_MAX} fallbacks")]
    TooManyItems,
    /// Paying twice, or doing something to the cart after paying for it.
    #[error("a plan pays once, after everything it does to the cart")]
    CheckoutNotLast,
    /// An item in the place of itself.
    #[error("an item cannot take its own place")]
    ReplacesItself,
    /// An address with a part that is too long to be one.
    #[error("a part of an address has at most {TEXT_CHARS_MAX} characters")]
    AddressTooLong,
}

/// Operations that have been looked at: bounded in number, and paying comes last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanDraft {
    operations: Vec<Operation>,
    constraints: Vec<Constraint>,
}

impl PlanDraft {
    /// Looks at operations and limits together.
    ///
    /// # Errors
    /// Refuses too many of them, paying before the cart is what it should be, and an item in the
    /// place of itself.
    pub fn new(
        operations: Vec<Operation>,
        constraints: Vec<Constraint>,
    ) -> Result<Self, DraftError> {
        if operations.len() > PLAN_OPERATIONS_MAX || constraints.len() > PLAN_OPERATIONS_MAX {
            return Err(DraftError::TooManyOperations);
        }
        let mut is_paid = false;
        for operation in &operations {
            check(operation)?;
            let is_checkout = matches!(operation, Operation::Checkout);
            if is_paid && (is_checkout || operation.changes_cart()) {
                return Err(DraftError::CheckoutNotLast);
            }
            is_paid |= is_checkout;
        }
        Ok(Self { operations, constraints })
    }

    /// What to do, in order.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The limits that were spoken.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// The same, without where it goes.
    #[must_use]
    pub fn without_addresses(&self) -> Self {
        let is_address = |operation: &&Operation| matches!(operation, Operation::SetAddress(_));
        let kept = self.operations.iter().filter(|operation| !is_address(operation));
        Self { operations: kept.cloned().collect(), constraints: self.constraints.clone() }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }
}

fn check(operation: &Operation) -> Result<(), DraftError> {
    match operation {
        Operation::Add { fallbacks, .. } if fallbacks.len() > PLAN_CANDIDATES_MAX => {
            Err(DraftError::TooManyItems)
        }
        Operation::Search { results, .. } if results.len() > PLAN_RESULTS_MAX => {
            Err(DraftError::TooManyItems)
        }
        Operation::Replace { old, new, .. } if old == new => Err(DraftError::ReplacesItself),
        Operation::SetAddress(address) => {
            let parts = [&address.line_one, &address.city, &address.state, &address.postal_code];
            let is_long = parts.iter().any(|part| part.chars().count() > TEXT_CHARS_MAX);
            if is_long { Err(DraftError::AddressTooLong) } else { Ok(()) }
        }
        Operation::Add { .. }
        | Operation::Remove { .. }
        | Operation::SetQuantity { .. }
        | Operation::Replace { .. }
        | Operation::ClearCart
        | Operation::ViewCart
        | Operation::Search { .. }
        | Operation::Checkout
        | Operation::ApplyDiscount { .. }
        | Operation::RemoveDiscount { .. }
        | Operation::SetDelivery(_)
        | Operation::OrderStatus(_)
        | Operation::CancelOrder(_)
        | Operation::CancelPlan
        | Operation::Confirm
        | Operation::Decline
        | Operation::RepeatLast => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(item: &str) -> Operation {
        Operation::Add { item: ItemId::new(item), quantity: Count::ONE, fallbacks: Vec::new() }
    }

    #[test]
    fn counts_are_whole_and_bounded() {
        assert_eq!(Count::new(0), None);
        assert_eq!(Count::new(999).map(Count::get), Some(999));
        assert_eq!(Count::new(1_000), None);
    }

    #[test]
    fn codes_are_compared_in_capitals() {
        assert_eq!(DiscountCode::new(" save-5 ").unwrap().as_str(), "SAVE-5");
        for text in ["", "two words", "--", "ｓａｖｅ", &"a".repeat(200)] {
            assert_eq!(DiscountCode::new(text), None, "{text}");
        }
    }

    #[test]
    fn paying_comes_once_and_last() {
        let late = PlanDraft::new(vec![Operation::Checkout, add("a")], Vec::new());
        assert_eq!(late, Err(DraftError::CheckoutNotLast));
        let twice = PlanDraft::new(vec![Operation::Checkout, Operation::Checkout], Vec::new());
        assert_eq!(twice, Err(DraftError::CheckoutNotLast));
        let right = PlanDraft::new(vec![add("a"), Operation::Checkout], Vec::new()).unwrap();
        assert_eq!(right.operations().len(), 2);
    }

    #[test]
    fn a_plan_is_bounded() {
        let many = vec![add("a"); PLAN_OPERATIONS_MAX + 1];
        assert_eq!(PlanDraft::new(many, Vec::new()), Err(DraftError::TooManyOperations));
        let results = vec![ItemId::new("a"); PLAN_RESULTS_MAX + 1];
        let search = Operation::Search { results, unit_price_max: None };
        assert_eq!(PlanDraft::new(vec![search], Vec::new()), Err(DraftError::TooManyItems));
    }

    #[test]
    fn nothing_takes_its_own_place() {
        let item = ItemId::new("a");
        let swap = Operation::Replace { old: item.clone(), new: item, quantity: Count::ONE };
        assert_eq!(PlanDraft::new(vec![swap], Vec::new()), Err(DraftError::ReplacesItself));
    }
}
