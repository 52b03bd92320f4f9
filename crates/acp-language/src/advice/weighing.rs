use acp_core::ids::ItemId;
use acp_core::plan::{IssueKind, Operation};
use acp_core::ports::Proposal;

use super::asking::Sentence;
use super::candidates::is_named;
use super::cues::Cues;
use super::effect::{Effect, touched};
use crate::parse::{COVERAGE_MIN, Understanding};

/// From this on, in percent, a model is believed where the rules know nothing.
const SURE_MIN: u8 = 80;
/// From this on it is worth a question.
const LIKELY_MIN: u8 = 50;

/// Why the understanding of the rules holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The model says the same.
    Agreed,
    /// The rules have a question, or know why it cannot be done.
    Settled,
    /// The model proposes nothing, or is not sure.
    Unsure,
    /// The rules are sure that nothing is to be changed.
    OnlyLooked,
}

impl Why {
    /// The word this reason goes by in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agreed => "agreed",
            Self::Settled => "settled",
            Self::Unsure => "unsure",
            Self::OnlyLooked => "only_looked",
        }
    }
}

/// What rules and model see differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Which item.
    Item,
    /// How many.
    Quantity,
    /// Whether to pay.
    Payment,
}

impl About {
    /// The word this goes by in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Quantity => "quantity",
            Self::Payment => "payment",
        }
    }
}

/// What the shopper has to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub about: About,
    /// The items it is about, those of the rules first.
    pub items: Vec<ItemId>,
}

/// What becomes of a proposal that nothing was found wrong with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Rules(Why),
    Model,
    Ask(Difference),
}

/// Whether the rules have done what they can: what is left is only what they did not understand.
pub(crate) fn is_open(understood: &Understanding) -> bool {
    understood.questions.is_empty()
        && understood
            .issues
            .iter()
            .all(|issue| matches!(issue.kind, IssueKind::NotUnderstood | IssueKind::NotFound))
}

/// Whether they understood too little.
pub(crate) fn is_lost(understood: &Understanding) -> bool {
    let has_words = !understood.spoken.is_empty() || !understood.issues.is_empty();
    !understood.issues.is_empty() || (understood.coverage < COVERAGE_MIN && has_words)
}

/// Weighs what the rules understood against a proposal that was looked at.
pub(crate) fn weigh(
    sentence: &Sentence<'_>,
    understood: &Understanding,
    proposal: &Proposal,
    cues: &Cues,
) -> Verdict {
    let (context, proposed, certainty) = (sentence.context, &proposal.draft, proposal.certainty);
    if !is_open(understood) {
        return Verdict::Rules(Why::Settled);
    }
    if proposed.is_empty() || certainty < LIKELY_MIN {
        return Verdict::Rules(Why::Unsure);
    }
    let before = Effect::before(&context.cart);
    let of_rules = Effect::of(&context.cart, understood.draft.operations());
    let of_model = Effect::of(&context.cart, proposed.operations());
    let is_lost = is_lost(understood);
    if !is_lost && of_rules == of_model {
        return Verdict::Rules(Why::Agreed);
    }
    if !is_lost && of_rules == before {
        return Verdict::Rules(Why::OnlyLooked);
    }
    // What the rules did understand is not up to the model.
    let decided = before.differing(&of_rules);
    if !is_lost || decided.iter().any(|item| of_rules.count(item) != of_model.count(item)) {
        return Verdict::Ask(difference(&of_rules, &of_model));
    }
    if of_rules.pays && !of_model.pays {
        return Verdict::Ask(Difference { about: About::Payment, items: Vec::new() });
    }
    let changed = of_rules.differing(&of_model);
    if changed.is_empty() && of_rules.pays == of_model.pays {
        // It only looks, and looking hurts nobody.
        return Verdict::Model;
    }
    let names_nothing = understood.issues.iter().any(|issue| issue.kind == IssueKind::NotFound);
    if certainty < SURE_MIN || names_nothing {
        let about = if changed.is_empty() { About::Payment } else { About::Item };
        return Verdict::Ask(Difference { about, items: changed });
    }
    // Nobody pays for what a model thought of.
    let more: Vec<ItemId> = changed
        .into_iter()
        .filter(|item| of_model.count(item) > before.count(item) && !is_called(sentence, item))
        .collect();
    if of_model.pays && !more.is_empty() {
        return Verdict::Ask(Difference { about: About::Item, items: more });
    }
    match unspoken(proposed.operations(), &before, cues) {
        Some(item) => Verdict::Ask(Difference { about: About::Quantity, items: vec![item] }),
        None => Verdict::Model,
    }
}

/// Whether the sentence calls an item by one of its words.
fn is_called(sentence: &Sentence<'_>, item: &ItemId) -> bool {
    let number = sentence.index.number(item);
    number.is_some_and(|number| is_named(sentence.text, sentence.index, number))
}

fn difference(of_rules: &Effect, of_model: &Effect) -> Difference {
    let mut items = of_rules.differing(of_model);
    if items.is_empty() {
        return Difference { about: About::Payment, items };
    }
    let are_both = |item: &ItemId| of_rules.count(item) > 0 && of_model.count(item) > 0;
    let about = match items.as_slice() {
        [only] if are_both(only) => About::Quantity,
        _ => About::Item,
    };
    items.sort_by_key(|item| of_rules.count(item) == 0);
    Difference { about, items }
}

/// An item of which there is to be a number that nobody spoke.
fn unspoken(operations: &[Operation], before: &Effect, cues: &Cues) -> Option<ItemId> {
    let is_said = |count: u32| count <= 1 || cues.numbers.contains(&count);
    let is_meant = |operation: &&Operation| match operation {
        Operation::Add { quantity, .. } | Operation::Replace { quantity, .. } => {
            is_said(quantity.get())
        }
        Operation::SetQuantity { item, quantity } => {
            is_said(quantity.get()) || is_said(quantity.get().abs_diff(before.count(item)))
        }
        Operation::Remove { quantity, .. } => quantity.is_none_or(|taken| is_said(taken.get())),
        _ => true,
    };
    let found = operations.iter().find(|operation| !is_meant(operation))?;
    touched(found).last().map(|item| (*item).clone())
}
