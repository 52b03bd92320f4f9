use std::borrow::Cow;

use acp_core::ids::ItemId;
use acp_core::money::Currency;
use acp_core::plan::{AddressText, Constraint, Count, DeliveryWish, Operation, OrderChoice};

use super::words::{Action, ActionLimits, OpWord, PreferWord, SpokenAddress};
use crate::scalar::{Text, Whole};

impl<'a> Action<'a> {
    const fn bare(op: OpWord) -> Self {
        Self {
            op,
            item_id: None,
            with_item_id: None,
            quantity: None,
            fallbacks: None,
            results: None,
            max_price: None,
            currency: None,
            code: None,
            required: None,
            address: None,
            option_id: None,
            prefer: None,
            order_id: None,
        }
    }

    /// How an operation is said.
    pub fn of(operation: &'a Operation) -> Self {
        let bare = Self::bare(word(operation));
        let some = |item: &'a ItemId| Some(item.as_str().into());
        let list = |items: &'a [ItemId]| Some(items.iter().map(|it| it.as_str().into()).collect());
        let count = |count: Count| Some(Whole(count.get().into()));
        match operation {
            Operation::Add { item, quantity, fallbacks } => Self {
                item_id: some(item),
                quantity: count(*quantity),
                fallbacks: if fallbacks.is_empty() { None } else { list(fallbacks) },
                ..bare
            },
            Operation::Remove { item, quantity } => {
                Self { item_id: some(item), quantity: quantity.and_then(count), ..bare }
            }
            Operation::SetQuantity { item, quantity } => {
                Self { item_id: some(item), quantity: count(*quantity), ..bare }
            }
            Operation::Replace { old, new, quantity } => Self {
                item_id: some(old),
                with_item_id: some(new),
                quantity: count(*quantity),
                ..bare
            },
            Operation::Search { results, unit_price_max } => Self {
                results: list(results),
                max_price: unit_price_max.map(|most| Whole(most.minor())),
                currency: unit_price_max.map(|most| code_of(most.currency())),
                ..bare
            },
            Operation::ApplyDiscount { code, is_condition } => Self {
                code: Some(code.as_str().into()),
                required: is_condition.then_some(true),
                ..bare
            },
            Operation::RemoveDiscount { code } => {
                Self { code: code.as_ref().map(|code| code.as_str().into()), ..bare }
            }
            Operation::SetAddress(address) => {
                Self { address: Some(SpokenAddress::of(address)), ..bare }
            }
            Operation::SetDelivery(wish) => match wish {
                DeliveryWish::Named(id) => Self { option_id: Some((&**id).into()), ..bare },
                DeliveryWish::Fastest => Self { prefer: Some(PreferWord::Fastest), ..bare },
                DeliveryWish::Cheapest => Self { prefer: Some(PreferWord::Cheapest), ..bare },
            },
            Operation::OrderStatus(order) | Operation::CancelOrder(order) => match order {
                OrderChoice::Named(id) => Self { order_id: Some((&**id).into()), ..bare },
                OrderChoice::Latest => bare,
            },
            Operation::ClearCart
            | Operation::ViewCart
            | Operation::Checkout
            | Operation::CancelPlan
            | Operation::Confirm
            | Operation::Decline
            | Operation::RepeatLast => bare,
        }
    }
}

const fn word(operation: &Operation) -> OpWord {
    match operation {
        Operation::Add { .. } => OpWord::Add,
        Operation::Remove { .. } => OpWord::Remove,
        Operation::SetQuantity { .. } => OpWord::SetQty,
        Operation::Replace { .. } => OpWord::Replace,
        Operation::ClearCart => OpWord::ClearCart,
        Operation::ViewCart => OpWord::ViewCart,
        Operation::Search { .. } => OpWord::Search,
        Operation::Checkout => OpWord::Checkout,
        Operation::ApplyDiscount { .. } => OpWord::ApplyDiscount,
        Operation::RemoveDiscount { .. } => OpWord::RemoveDiscount,
        Operation::SetAddress(_) => OpWord::SetAddress,
        Operation::SetDelivery(_) => OpWord::SetDelivery,
        Operation::OrderStatus(_) => OpWord::OrderStatus,
        Operation::CancelOrder(_) => OpWord::CancelOrder,
        Operation::CancelPlan => OpWord::CancelPlan,
        Operation::Confirm => OpWord::Confirm,
        Operation::Decline => OpWord::Decline,
        Operation::RepeatLast => OpWord::RepeatLast,
    }
}

fn code_of(currency: Currency) -> Text<'static> {
    Text(Cow::Owned(currency.lowercase()))
}

impl<'a> SpokenAddress<'a> {
    fn of(address: &'a AddressText) -> Self {
        Self {
            line_one: (&*address.line_one).into(),
            city: (&*address.city).into(),
            state: (&*address.state).into(),
            postal_code: (&*address.postal_code).into(),
        }
    }
}

impl ActionLimits<'_> {
    /// How limits are said; nothing where there are none.
    pub fn of(limits: &[Constraint]) -> Option<Self> {
        let (mut unit, mut total, mut currency) = (None, None, None);
        for limit in limits {
            let (place, most) = match limit {
                Constraint::UnitPriceAtMost(most) => (&mut unit, most),
                Constraint::TotalAtMost(most) => (&mut total, most),
            };
            *place = Some(Whole(most.minor()));
            currency = Some(code_of(most.currency()));
        }
        Some(ActionLimits { currency: currency?, max_unit_price: unit, max_total: total })
    }
}
