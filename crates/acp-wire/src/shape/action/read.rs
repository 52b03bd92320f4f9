use acp_core::ids::ItemId;
use acp_core::limits::PLAN_COUNT_MAX;
use acp_core::money::{Currency, Money};
use acp_core::plan::{
    AddressText, Constraint, Count, DeliveryWish, DiscountCode, Operation, OrderChoice, PlanDraft,
};
use acp_core::refusal::{Fault, FaultKind};

use super::words::{Action, ActionLimits, ItemText, OpWord, PreferWord, SpokenAddress};
use crate::scalar::{Text, Whole};
use crate::shape::told_fault;

/// What actions and limits come to. They stand in `actions` and `constraints` of a request.
///
/// # Errors
/// The first fault, with its place.
pub fn read_draft(
    actions: Vec<Action<'_>>,
    limits: Option<ActionLimits<'_>>,
) -> Result<PlanDraft, Fault> {
    let read = |(place, action)| Unread { action, at: format!("$.actions[{place}]") }.read();
    let operations = actions.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    let limits = limits.map(ActionLimits::read).transpose()?.unwrap_or_default();
    PlanDraft::new(operations, limits).map_err(|error| {
        let mut text = error.to_string();
        if let Some(first) = text.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        told_fault("$.actions", format!("{text}."))
    })
}

/// An action of which some is read already. What is read is taken out, so that what is left over
/// at the end does not belong to it.
struct Unread<'a> {
    action: Action<'a>,
    at: String,
}

impl Unread<'_> {
    fn read(mut self) -> Result<Operation, Fault> {
        let operation = match self.action.op {
            OpWord::Add => Operation::Add {
                item: self.item()?,
                quantity: self.quantity()?.unwrap_or(Count::ONE),
                fallbacks: self.fallbacks()?,
            },
            OpWord::Remove => Operation::Remove { item: self.item()?, quantity: self.quantity()? },
            OpWord::SetQty => Operation::SetQuantity {
                item: self.item()?,
                quantity: self.quantity()?.ok_or_else(|| self.lacks("quantity"))?,
            },
            OpWord::Replace => Operation::Replace {
                old: self.item()?,
                new: self.other_item()?,
                quantity: self.quantity()?.unwrap_or(Count::ONE),
            },
            OpWord::ClearCart => Operation::ClearCart,
            OpWord::ViewCart => Operation::ViewCart,
            OpWord::Search => self.search()?,
            OpWord::Checkout => Operation::Checkout,
            OpWord::ApplyDiscount => Operation::ApplyDiscount {
                code: self.code()?.ok_or_else(|| self.lacks("code"))?,
                is_condition: self.action.required.take().unwrap_or_default(),
            },
            OpWord::RemoveDiscount => Operation::RemoveDiscount { code: self.code()? },
            OpWord::SetAddress => {
                let address = self.action.address.take();
                let address = address.map(SpokenAddress::read);
                Operation::SetAddress(address.ok_or_else(|| self.lacks("address"))?)
            }
            OpWord::SetDelivery => Operation::SetDelivery(self.wish()?),
            OpWord::OrderStatus => Operation::OrderStatus(self.order()),
            OpWord::CancelOrder => Operation::CancelOrder(self.order()),
            OpWord::CancelPlan => Operation::CancelPlan,
            OpWord::Confirm => Operation::Confirm,
            OpWord::Decline => Operation::Decline,
            OpWord::RepeatLast => Operation::RepeatLast,
        };
        self.end()?;
        Ok(operation)
    }

    fn place(&self, field: &str) -> String {
        format!("{}.{field}", self.at)
    }

    fn lacks(&self, field: &str) -> Fault {
        let text = "An action with this op needs this field.".to_owned();
        Fault { kind: FaultKind::Missing, path: self.place(field), text }
    }

    fn named(&self, field: &str, id: &ItemText<'_>) -> Result<ItemId, Fault> {
        if id.0.is_empty() {
            return Err(told_fault(self.place(field), "The id is empty."));
        }
        Ok(ItemId::new(&*id.0))
    }

    fn item(&mut self) -> Result<ItemId, Fault> {
        let id = self.action.item_id.take().ok_or_else(|| self.lacks("item_id"))?;
        self.named("item_id", &id)
    }

    fn other_item(&mut self) -> Result<ItemId, Fault> {
        let id = self.action.with_item_id.take().ok_or_else(|| self.lacks("with_item_id"))?;
        self.named("with_item_id", &id)
    }

    fn fallbacks(&mut self) -> Result<Vec<ItemId>, Fault> {
        let items = self.action.fallbacks.take().unwrap_or_default();
        items.iter().map(|id| self.named("fallbacks", id)).collect()
    }

    fn search(&mut self) -> Result<Operation, Fault> {
        let results = self.action.results.take().ok_or_else(|| self.lacks("results"))?;
        let results = results.iter().map(|id| self.named("results", id));
        let results = results.collect::<Result<_, _>>()?;
        let unit_price_max = match self.action.max_price.take() {
            None => None,
            Some(most) => {
                let code = self.action.currency.take().ok_or_else(|| self.lacks("currency"))?;
                let currency = currency(&self.place("currency"), &code)?;
                Some(money(&self.place("max_price"), most, currency)?)
            }
        };
        Ok(Operation::Search { results, unit_price_max })
    }

    fn quantity(&mut self) -> Result<Option<Count>, Fault> {
        let Some(Whole(number)) = self.action.quantity.take() else { return Ok(None) };
        let count = u32::try_from(number).ok().and_then(Count::new);
        let text = || format!("The quantity must be from 1 to {PLAN_COUNT_MAX}.");
        count.map(Some).ok_or_else(|| told_fault(self.place("quantity"), text()))
    }

    fn code(&mut self) -> Result<Option<DiscountCode>, Fault> {
        let Some(text) = self.action.code.take() else { return Ok(None) };
        let code = DiscountCode::new(&text.0);
        let expected = "Expected a word of letters, digits, - and _.";
        code.map(Some).ok_or_else(|| told_fault(self.place("code"), expected))
    }

    fn wish(&mut self) -> Result<DeliveryWish, Fault> {
        match (self.action.option_id.take(), self.action.prefer.take()) {
            (Some(id), None) => Ok(DeliveryWish::Named(id.boxed())),
            (None, Some(PreferWord::Fastest)) => Ok(DeliveryWish::Fastest),
            (None, Some(PreferWord::Cheapest)) => Ok(DeliveryWish::Cheapest),
            (None, None) => Err(self.lacks("option_id")),
            (Some(_), Some(_)) => {
                let text = "Name an option or say what is preferred, not both.";
                Err(told_fault(self.place("prefer"), text))
            }
        }
    }

    fn order(&mut self) -> OrderChoice {
        let id = self.action.order_id.take();
        id.map_or(OrderChoice::Latest, |id| OrderChoice::Named(id.boxed()))
    }

    /// Whoever sends more than an action takes means something else by it.
    fn end(&self) -> Result<(), Fault> {
        let Action {
            op: _,
            item_id,
            with_item_id,
            quantity,
            fallbacks,
            results,
            max_price,
            currency,
            code,
            required,
            address,
            option_id,
            prefer,
            order_id,
        } = &self.action;
        let left_over = [
            ("item_id", item_id.is_some()),
            ("with_item_id", with_item_id.is_some()),
            ("quantity", quantity.is_some()),
            ("fallbacks", fallbacks.is_some()),
            ("results", results.is_some()),
            ("max_price", max_price.is_some()),
            ("currency", currency.is_some()),
            ("code", code.is_some()),
            ("required", required.is_some()),
            ("address", address.is_some()),
            ("option_id", option_id.is_some()),
            ("prefer", prefer.is_some()),
            ("order_id", order_id.is_some()),
        ];
        match left_over.iter().find(|(_, is_there)| *is_there) {
            None => Ok(()),
            Some((field, _)) => {
                Err(told_fault(self.place(field), "An action with this op takes no such field."))
            }
        }
    }
}

impl ActionLimits<'_> {
    fn read(self) -> Result<Vec<Constraint>, Fault> {
        let currency = currency("$.constraints.currency", &self.currency)?;
        let limit = |field: &str, most: Option<Whole>, kind: fn(Money) -> Constraint| {
            let at = format!("$.constraints.{field}");
            most.map(|most| money(&at, most, currency).map(kind)).transpose()
        };
        let unit = limit("max_unit_price", self.max_unit_price, Constraint::UnitPriceAtMost)?;
        let total = limit("max_total", self.max_total, Constraint::TotalAtMost)?;
        Ok(unit.into_iter().chain(total).collect())
    }
}

impl SpokenAddress<'_> {
    fn read(self) -> AddressText {
        AddressText {
            line_one: self.line_one.boxed(),
            city: self.city.boxed(),
            state: self.state.boxed(),
            postal_code: self.postal_code.boxed(),
        }
    }
}

fn currency(at: &str, code: &Text<'_>) -> Result<Currency, Fault> {
    let expected = "Expected three letters that name a currency.";
    Currency::parse(&code.0).map_err(|_no_code| told_fault(at, expected))
}

fn money(at: &str, minor: Whole, currency: Currency) -> Result<Money, Fault> {
    let expected = "Expected a sum of money in minor units.";
    Money::new(minor.0, currency).map_err(|_no_sum| told_fault(at, expected))
}
