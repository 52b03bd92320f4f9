//! What is wanted, operation by operation.

use acp_core::money::{Currency, Money};
use acp_core::plan::{
    AddressText, Constraint, Count, DeliveryWish, DiscountCode, Operation, OrderChoice, PlanDraft,
};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::mirror::{Mirror, Misfit, Within, mirror};

/// An amount that need not be in the currency of the document: a limit may be in any.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredMoney(i64, Box<str>);

impl Mirror<Money> for StoredMoney {
    fn of(value: &Money, _: Within) -> Result<Self, Misfit> {
        Ok(Self(value.minor(), value.currency().lowercase().into()))
    }

    fn back(self, _: Within) -> Result<Money, Misfit> {
        Ok(Money::new(self.0, Currency::parse(&self.1)?)?)
    }
}

impl Mirror<Count> for u32 {
    fn of(value: &Count, _: Within) -> Result<Self, Misfit> {
        Ok(value.get())
    }

    fn back(self, _: Within) -> Result<Count, Misfit> {
        Count::new(self).ok_or(Misfit::OutOfRange("a count"))
    }
}

impl Mirror<DiscountCode> for Box<str> {
    fn of(value: &DiscountCode, _: Within) -> Result<Self, Misfit> {
        Ok(value.as_str().into())
    }

    fn back(self, _: Within) -> Result<DiscountCode, Misfit> {
        DiscountCode::new(&self).ok_or(Misfit::OutOfRange("a discount code"))
    }
}

mirror! {
    StoredAddressText of AddressText {
        line_one: Box<str>,
        city: Box<str>,
        state: Box<str>,
        postal_code: Box<str>,
    }
}

/// One thing to do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredOperation {
    Add(Box<str>, u32, Vec<Box<str>>),
    Remove(Box<str>, Option<u32>),
    SetQuantity(Box<str>, u32),
    Replace(Box<str>, Box<str>, u32),
    ClearCart,
    ViewCart,
    Search(Vec<Box<str>>, Option<StoredMoney>),
    Checkout,
    ApplyDiscount(Box<str>, bool),
    RemoveDiscount(Option<Box<str>>),
    SetAddress(StoredAddressText),
    DeliverBy(Box<str>),
    DeliverFastest,
    DeliverCheapest,
    OrderStatus(Option<Box<str>>),
    CancelOrder(Option<Box<str>>),
    CancelPlan,
    Confirm,
    Decline,
    RepeatLast,
}

fn choice_out(choice: &OrderChoice) -> Option<Box<str>> {
    match choice {
        OrderChoice::Named(order) => Some(order.clone()),
        OrderChoice::Latest => None,
    }
}

fn choice_in(choice: Option<Box<str>>) -> OrderChoice {
    choice.map_or(OrderChoice::Latest, OrderChoice::Named)
}

impl Mirror<Operation> for StoredOperation {
    fn of(value: &Operation, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Operation::Add { item, quantity, fallbacks } => {
                Self::Add(Mirror::of(item, within)?, quantity.get(), Mirror::of(fallbacks, within)?)
            }
            Operation::Remove { item, quantity } => {
                Self::Remove(Mirror::of(item, within)?, Mirror::of(quantity, within)?)
            }
            Operation::SetQuantity { item, quantity } => {
                Self::SetQuantity(Mirror::of(item, within)?, quantity.get())
            }
            Operation::Replace { old, new, quantity } => {
                Self::Replace(Mirror::of(old, within)?, Mirror::of(new, within)?, quantity.get())
            }
            Operation::ClearCart => Self::ClearCart,
            Operation::ViewCart => Self::ViewCart,
            Operation::Search { results, unit_price_max } => {
                Self::Search(Mirror::of(results, within)?, Mirror::of(unit_price_max, within)?)
            }
            Operation::Checkout => Self::Checkout,
            Operation::ApplyDiscount { code, is_condition } => {
                Self::ApplyDiscount(Mirror::of(code, within)?, *is_condition)
            }
            Operation::RemoveDiscount { code } => Self::RemoveDiscount(Mirror::of(code, within)?),
            Operation::SetAddress(address) => Self::SetAddress(Mirror::of(address, within)?),
            Operation::SetDelivery(DeliveryWish::Named(option)) => Self::DeliverBy(option.clone()),
            Operation::SetDelivery(DeliveryWish::Fastest) => Self::DeliverFastest,
            Operation::SetDelivery(DeliveryWish::Cheapest) => Self::DeliverCheapest,
            Operation::OrderStatus(choice) => Self::OrderStatus(choice_out(choice)),
            Operation::CancelOrder(choice) => Self::CancelOrder(choice_out(choice)),
            Operation::CancelPlan => Self::CancelPlan,
            Operation::Confirm => Self::Confirm,
            Operation::Decline => Self::Decline,
            Operation::RepeatLast => Self::RepeatLast,
        })
    }

    fn back(self, within: Within) -> Result<Operation, Misfit> {
        Ok(match self {
            Self::Add(item, quantity, fallbacks) => Operation::Add {
                item: item.back(within)?,
                quantity: quantity.back(within)?,
                fallbacks: fallbacks.back(within)?,
            },
            Self::Remove(item, quantity) => {
                Operation::Remove { item: item.back(within)?, quantity: quantity.back(within)? }
            }
            Self::SetQuantity(item, quantity) => Operation::SetQuantity {
                item: item.back(within)?,
                quantity: quantity.back(within)?,
            },
            Self::Replace(old, new, quantity) => Operation::Replace {
                old: old.back(within)?,
                new: new.back(within)?,
                quantity: quantity.back(within)?,
            },
            Self::ClearCart => Operation::ClearCart,
            Self::ViewCart => Operation::ViewCart,
            Self::Search(results, unit_price_max) => Operation::Search {
                results: results.back(within)?,
                unit_price_max: unit_price_max.back(within)?,
            },
            Self::Checkout => Operation::Checkout,
            Self::ApplyDiscount(code, is_condition) => {
                Operation::ApplyDiscount { code: code.back(within)?, is_condition }
            }
            Self::RemoveDiscount(code) => Operation::RemoveDiscount { code: code.back(within)? },
            Self::SetAddress(address) => Operation::SetAddress(address.back(within)?),
            Self::DeliverBy(option) => Operation::SetDelivery(DeliveryWish::Named(option)),
            Self::DeliverFastest => Operation::SetDelivery(DeliveryWish::Fastest),
            Self::DeliverCheapest => Operation::SetDelivery(DeliveryWish::Cheapest),
            Self::OrderStatus(choice) => Operation::OrderStatus(choice_in(choice)),
            Self::CancelOrder(choice) => Operation::CancelOrder(choice_in(choice)),
            Self::CancelPlan => Operation::CancelPlan,
            Self::Confirm => Operation::Confirm,
            Self::Decline => Operation::Decline,
            Self::RepeatLast => Operation::RepeatLast,
        })
    }
}

/// A limit the shopper spoke.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredConstraint {
    UnitPriceAtMost(StoredMoney),
    TotalAtMost(StoredMoney),
}

impl Mirror<Constraint> for StoredConstraint {
    fn of(value: &Constraint, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Constraint::UnitPriceAtMost(most) => Self::UnitPriceAtMost(Mirror::of(most, within)?),
            Constraint::TotalAtMost(most) => Self::TotalAtMost(Mirror::of(most, within)?),
        })
    }

    fn back(self, within: Within) -> Result<Constraint, Misfit> {
        Ok(match self {
            Self::UnitPriceAtMost(most) => Constraint::UnitPriceAtMost(most.back(within)?),
            Self::TotalAtMost(most) => Constraint::TotalAtMost(most.back(within)?),
        })
    }
}

/// What is wanted.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredDraft {
    operations: Vec<StoredOperation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    constraints: Vec<StoredConstraint>,
}

impl Mirror<PlanDraft> for StoredDraft {
    fn of(value: &PlanDraft, within: Within) -> Result<Self, Misfit> {
        let operations = value.operations().iter().map(|it| StoredOperation::of(it, within));
        let constraints = value.constraints().iter().map(|it| StoredConstraint::of(it, within));
        Ok(Self {
            operations: operations.collect::<Result<_, _>>()?,
            constraints: constraints.collect::<Result<_, _>>()?,
        })
    }

    fn back(self, within: Within) -> Result<PlanDraft, Misfit> {
        PlanDraft::new(self.operations.back(within)?, self.constraints.back(within)?)
            .map_err(|_not_a_draft| Misfit::OutOfRange("a draft of a plan"))
    }
}
