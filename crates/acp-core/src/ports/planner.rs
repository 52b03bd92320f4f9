use async_trait::async_trait;

use crate::ids::ItemId;
use crate::plan::{Count, IssueKind, Operation, PlanDraft, Slot};

/// What a model may propose. Everything else a shopper can want (codes, addresses, deliveries,
/// orders, a yes or a no) is read by rules alone, because its words must be the shopper's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Put into the cart.
    Add,
    /// Take out of it.
    Remove,
    /// Have exactly so many.
    SetQuantity,
    /// One thing in the place of another.
    Replace,
    /// Take everything out.
    ClearCart,
    /// Show the cart.
    ViewCart,
    /// Show goods.
    Search,
    /// Pay.
    Checkout,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Add,
        Self::Remove,
        Self::SetQuantity,
        Self::Replace,
        Self::ClearCart,
        Self::ViewCart,
        Self::Search,
        Self::Checkout,
    ];

    /// The verb of an operation; `None` for what no model may propose.
    pub const fn of(operation: &Operation) -> Option<Self> {
        match operation {
            Operation::Add { .. } => Some(Self::Add),
            Operation::Remove { .. } => Some(Self::Remove),
            Operation::SetQuantity { .. } => Some(Self::SetQuantity),
            Operation::Replace { .. } => Some(Self::Replace),
            Operation::ClearCart => Some(Self::ClearCart),
            Operation::ViewCart => Some(Self::ViewCart),
            Operation::Search { .. } => Some(Self::Search),
            Operation::Checkout => Some(Self::Checkout),
            Operation::ApplyDiscount { .. }
            | Operation::RemoveDiscount { .. }
            | Operation::SetAddress(_)
            | Operation::SetDelivery(_)
            | Operation::OrderStatus(_)
            | Operation::CancelOrder(_)
            | Operation::CancelPlan
            | Operation::Confirm
            | Operation::Decline
            | Operation::RepeatLast => None,
        }
    }

    /// The word it goes by outside, which is that of its operation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::SetQuantity => "set_qty",
            Self::Replace => "replace",
            Self::ClearCart => "clear_cart",
            Self::ViewCart => "view_cart",
            Self::Search => "search",
            Self::Checkout => "checkout",
        }
    }
}

/// Where a price stands among those of the candidates. Amounts are told to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceBand {
    /// In the lowest third.
    Low,
    /// In between.
    Middle,
    /// In the highest third.
    High,
}

/// Something that can be meant. It has no description: that is the text most easily abused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is bought by.
    pub item: ItemId,
    /// What a person calls it, cut short.
    pub title: Box<str>,
    /// What tells it from others: name and value.
    pub attributes: Vec<(Box<str>, Box<str>)>,
    /// Whether it can be had now.
    pub is_in_stock: bool,
    /// About what it costs.
    pub band: PriceBand,
}

/// So many of an item in the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCart {
    /// What.
    pub item: ItemId,
    /// How many.
    pub quantity: u32,
}

/// One thing a turn did. An address or a code has no place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The name of the operation.
    pub name: Box<str>,
    /// What it was about.
    pub items: Vec<ItemId>,
    /// How many.
    pub quantity: Option<Count>,
}

/// What became of an earlier sentence, without its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// What was done.
    pub deeds: Vec<Deed>,
    /// What was asked back.
    pub asked: Option<Slot>,
    /// What went wrong.
    pub issues: Vec<IssueKind>,
}

/// What a model is asked: all it is ever told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inquiry {
    /// The sentence, without what could tell who said it.
    pub utterance: Box<str>,
    /// What went before, oldest first.
    pub turns: Vec<Turn>,
    /// What is in the cart.
    pub cart: Vec<InCart>,
    /// What can be meant.
    pub candidates: Vec<Candidate>,
    /// What may be proposed.
    pub verbs: Vec<Verb>,
    /// Whether the shopper said what to take where something cannot be had.
    pub has_fallback: bool,
    /// Another one after each change of the catalogue.
    pub catalogue_mark: Box<str>,
}

/// Where a proposal comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Who made it.
    pub model: Box<str>,
    /// By which instructions.
    pub prompt: Box<str>,
    /// Whether it was made for the same question before.
    pub is_remembered: bool,
}

/// What a model thinks is meant. It is input like any other, and nothing is done by it before it
/// was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// What to do. It has no limits: those are the shopper's to set.
    pub draft: PlanDraft,
    /// How sure the model is, in percent.
    pub certainty: u8,
    /// Where it comes from.
    pub provenance: Provenance,
}

/// Why there is no proposal. What the rules understood holds then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelFailure {
    /// It does not want to answer.
    #[error("the model refused to answer")]
    Refused,
    /// Its answer was longer than it may be.
    #[error("the answer of the model was cut off at its longest length")]
    Truncated,
    /// It did not keep to the form, when it was asked again neither.
    #[error("the model did not answer in JSON, twice")]
    NotJson,
    /// It answered what no plan can be made of.
    #[error("the model answered what it must not: {0}")]
    Invalid(&'static str),
    /// It took too long, or the connection broke.
    #[error("the model did not answer in time")]
    Silent,
    /// It could not be reached, cannot answer now, or failed so often that it is left alone.
    #[error("the model cannot be asked now")]
    Away,
    /// It does not take our key or our question.
    #[error("the model does not take what it is sent")]
    Unwelcome,
    /// It was asked as often in this minute as it may be.
    #[error("the model was asked as often as it may be in a minute")]
    MinuteSpent,
    /// The tokens of the day are used up.
    #[error("the tokens of this day are used up")]
    DaySpent,
}

/// A language model that reads sentences the rules do not understand.
///
/// It may be wrong, hostile or away, and may propose whatever a draft can say: whoever asks holds
/// each proposal against what the rules found in the sentence.
#[async_trait]
pub trait ModelPlanner: Send + Sync {
    /// Proposes what to do.
    ///
    /// # Errors
    /// There is no proposal. Nothing has happened, and nothing need be done about it.
    async fn propose(&self, inquiry: &Inquiry) -> Result<Proposal, ModelFailure>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_called_what_its_operation_is() {
        let item = ItemId::new("a");
        let (one, other) = (item.clone(), ItemId::new("b"));
        let operations = [
            Operation::Add { item: one.clone(), quantity: Count::ONE, fallbacks: Vec::new() },
            Operation::Remove { item: one.clone(), quantity: None },
            Operation::SetQuantity { item: one.clone(), quantity: Count::ONE },
            Operation::Replace { old: one, new: other, quantity: Count::ONE },
            Operation::ClearCart,
            Operation::ViewCart,
            Operation::Search { results: vec![item], unit_price_max: None },
            Operation::Checkout,
        ];
        let verbs: Vec<_> = operations.iter().filter_map(Verb::of).collect();
        assert_eq!(verbs, Verb::ALL);
        for (operation, verb) in operations.iter().zip(verbs) {
            assert_eq!(operation.name(), verb.name());
        }
        assert_eq!(Verb::of(&Operation::Confirm), None, "no model says yes");
    }
}
