use acp_core::ids::ItemId;
use acp_core::limits::PLAN_COUNT_MAX;
use acp_core::plan::{Operation, PlanDraft};
use acp_core::ports::{Inquiry, Verb};

use super::cues::Cues;
use super::effect::Effect;
use crate::context::Context;
use crate::index::{Index, Item};

/// Why a proposal is not looked at any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It does what this caller, or a model, may not.
    NotAllowed,
    /// It pays, and nobody asked to.
    PaymentNobodyAskedFor,
    /// It names an item that was no candidate.
    UnknownItem,
    /// It wants more than there is, or than anybody can mean.
    TooMany,
    /// It changes what is not in the cart, or pays for nothing.
    NotInCart,
    /// It names something for the case that another cannot be had, and nobody asked for that.
    FallbackNobodyAskedFor,
    /// It sets a limit, which is the shopper's to set.
    LimitOfItsOwn,
    /// It passes a limit that was spoken.
    OverLimit,
    /// The shopper spoke of a currency that is not the shop's.
    ForeignMoney,
}

impl Objection {
    /// The word this objection goes by in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::PaymentNobodyAskedFor => "payment_nobody_asked_for",
            Self::UnknownItem => "unknown_item",
            Self::TooMany => "too_many",
            Self::NotInCart => "not_in_cart",
            Self::FallbackNobodyAskedFor => "fallback_nobody_asked_for",
            Self::LimitOfItsOwn => "limit_of_its_own",
            Self::OverLimit => "over_limit",
            Self::ForeignMoney => "foreign_money",
        }
    }
}

/// Holds a proposal against what its model was told, what is sold, what is in the cart, and the
/// words of the sentence. A draft with one fault is dropped whole: there is no saying which half
/// of it was meant.
///
/// # Errors
/// The first fault.
pub fn vet(
    draft: &PlanDraft,
    inquiry: &Inquiry,
    index: &Index,
    context: &Context,
    cues: &Cues,
) -> Result<(), Objection> {
    if !draft.constraints().is_empty() {
        return Err(Objection::LimitOfItsOwn);
    }
    let mut vetting =
        Vetting { inquiry, index, context, cues, cart: Effect::before(&context.cart) };
    for operation in draft.operations() {
        vetting.look_at(operation)?;
        vetting.cart.act(operation);
    }
    let is_change = draft.operations().iter().any(Operation::changes_cart);
    if is_change { vetting.look_at_total() } else { Ok(()) }
}

struct Vetting<'a> {
    inquiry: &'a Inquiry,
    index: &'a Index,
    context: &'a Context,
    cues: &'a Cues,
    /// As it is at this point of the draft.
    cart: Effect,
}

impl Vetting<'_> {
    fn look_at(&self, operation: &Operation) -> Result<(), Objection> {
        let verb = Verb::of(operation).ok_or(Objection::NotAllowed)?;
        if verb == Verb::Checkout && !self.cues.pays {
            return Err(Objection::PaymentNobodyAskedFor);
        }
        if !self.inquiry.verbs.contains(&verb) {
            return Err(Objection::NotAllowed);
        }
        let moves = operation.changes_cart() || verb == Verb::Checkout;
        if moves && self.cues.is_foreign {
            return Err(Objection::ForeignMoney);
        }
        match operation {
            Operation::Add { item, quantity, fallbacks } => {
                self.comes(item, self.cart.count(item).saturating_add(quantity.get()))?;
                self.falls_back(item, fallbacks)
            }
            Operation::Remove { item, quantity } => {
                let there = self.stays(item)?;
                let is_there = quantity.is_none_or(|taken| taken.get() <= there);
                if is_there { Ok(()) } else { Err(Objection::TooMany) }
            }
            Operation::SetQuantity { item, quantity } => {
                self.stays(item)?;
                self.comes(item, quantity.get())
            }
            Operation::Replace { old, new, quantity } => {
                self.stays(old)?;
                self.comes(new, self.cart.count(new).saturating_add(quantity.get()))
            }
            Operation::Search { results, unit_price_max } => {
                if unit_price_max.is_some() {
                    return Err(Objection::LimitOfItsOwn);
                }
                results.iter().try_for_each(|item| self.known(item).map(|_| ()))
            }
            Operation::ClearCart | Operation::Checkout if self.cart.lines.is_empty() => {
                Err(Objection::NotInCart)
            }
            _ => Ok(()),
        }
    }

    /// A candidate that is sold.
    fn known(&self, item: &ItemId) -> Result<&Item, Objection> {
        let is_candidate = self.inquiry.candidates.iter().any(|known| known.item == *item);
        let found = self.index.number(item).and_then(|number| self.index.item(number));
        found.filter(|_| is_candidate).ok_or(Objection::UnknownItem)
    }

    /// So many of it will be in the cart.
    fn comes(&self, item: &ItemId, count: u32) -> Result<(), Objection> {
        let known = self.known(item)?;
        if count > self.context.stock(known).unwrap_or(PLAN_COUNT_MAX).min(PLAN_COUNT_MAX) {
            return Err(Objection::TooMany);
        }
        self.is_within(known)
    }

    fn is_within(&self, known: &Item) -> Result<(), Objection> {
        let is_within = self.cues.unit_cap().is_none_or(|cap| known.price <= cap);
        if is_within { Ok(()) } else { Err(Objection::OverLimit) }
    }

    /// It is in the cart; says how many.
    fn stays(&self, item: &ItemId) -> Result<u32, Objection> {
        self.known(item)?;
        Some(self.cart.count(item)).filter(|count| *count > 0).ok_or(Objection::NotInCart)
    }

    fn falls_back(&self, item: &ItemId, fallbacks: &[ItemId]) -> Result<(), Objection> {
        let is_asked_for = self.cues.has_fallback && self.inquiry.has_fallback;
        if !fallbacks.is_empty() && !is_asked_for {
            return Err(Objection::FallbackNobodyAskedFor);
        }
        for (place, fallback) in fallbacks.iter().enumerate() {
            self.is_within(self.known(fallback)?)?;
            let is_again = fallbacks.iter().take(place).any(|before| before == fallback);
            if is_again || fallback == item {
                return Err(Objection::FallbackNobodyAskedFor);
            }
        }
        Ok(())
    }

    /// All of it together, by the prices of the catalogue.
    fn look_at_total(&self) -> Result<(), Objection> {
        let Some(cap) = self.cues.total_cap() else { return Ok(()) };
        let price = |item: &ItemId| {
            let found = self.index.number(item).and_then(|number| self.index.item(number));
            found.map_or(0, |item| item.price)
        };
        let total = self.cart.lines.iter().fold(0_i64, |sum, (item, count)| {
            sum.saturating_add(price(item).saturating_mul(i64::from(*count)))
        });
        if total <= cap { Ok(()) } else { Err(Objection::OverLimit) }
    }
}
