use acp_core::ids::ItemId;
use acp_core::limits::{MODEL_CANDIDATES_MAX, MODEL_DEEDS_MAX, MODEL_TURNS_MAX};
use acp_core::plan::Operation;
use acp_core::ports::{Deed, InCart, Inquiry, Turn, Verb};

use super::candidates::candidates;
use super::discreet::discreet;
use super::effect::touched;
use super::weighing::{is_lost, is_open};
use crate::context::{Context, Shop};
use crate::index::Index;
use crate::parse::Understanding;

/// Whom a client wants to be understood by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wish {
    /// By the rules, and by a model where they do not get far.
    #[default]
    Either,
    /// By the rules alone.
    Rules,
    /// By a model too, whatever the rules say.
    Model,
}

/// A sentence, with all that was known when it was said.
#[derive(Clone, Copy, Debug)]
pub struct Sentence<'a> {
    /// Its words.
    pub text: &'a str,
    /// What is sold.
    pub index: &'a Index,
    /// What is offered beside goods.
    pub shop: &'a Shop,
    /// What the dialogue knew before it.
    pub context: &'a Context,
    /// What became of the sentences before, oldest first; a model is told of the last ones.
    pub turns: &'a [Turn],
    /// What the caller may do.
    pub verbs: &'a [Verb],
    /// Another one after each change of the catalogue.
    pub catalogue_mark: &'a str,
}

/// Whether a model is asked. It is not where the rules have refused to read: an attempt on the
/// rules, a language that is not read, something that is asked of somebody else.
pub fn needs_model(understood: &Understanding, wish: Wish) -> bool {
    let is_readable = understood.cues.is_some();
    match wish {
        Wish::Rules => false,
        Wish::Model => is_readable,
        Wish::Either => is_readable && is_open(understood) && is_lost(understood),
    }
}

/// What a model is told of a sentence; `None` where there is nothing it could propose.
pub fn inquiry(sentence: &Sentence<'_>, understood: &Understanding) -> Option<Inquiry> {
    let Sentence { text, index, shop, context, .. } = *sentence;
    let cues = understood.cues.as_ref()?;
    let candidates = candidates(text, index, context);
    let has_cart = !context.cart.is_empty();
    let is_possible = |verb: &Verb| match verb {
        Verb::Add | Verb::Search => !candidates.is_empty(),
        Verb::Remove | Verb::SetQuantity | Verb::Replace => has_cart && !candidates.is_empty(),
        Verb::ClearCart => has_cart,
        Verb::ViewCart => true,
        Verb::Checkout => cues.pays,
    };
    let verbs: Vec<Verb> = Verb::ALL
        .into_iter()
        .filter(|verb| sentence.verbs.contains(verb) && is_possible(verb))
        .collect();
    if verbs.is_empty() || candidates.is_empty() {
        return None;
    }
    let lines = context.cart.iter().take(MODEL_CANDIDATES_MAX);
    let skipped = sentence.turns.len().saturating_sub(MODEL_TURNS_MAX);
    Some(Inquiry {
        utterance: discreet(text, shop, context).into(),
        turns: sentence.turns.iter().skip(skipped).cloned().collect(),
        cart: lines
            .map(|line| InCart { item: line.item.clone(), quantity: line.quantity })
            .collect(),
        candidates,
        verbs,
        has_fallback: cues.has_fallback,
        catalogue_mark: sentence.catalogue_mark.into(),
    })
}

/// What is remembered of a sentence for those that follow: what was done, and no word of it.
pub fn turn(understood: &Understanding) -> Turn {
    let deeds = understood.draft.operations().iter().take(MODEL_DEEDS_MAX).map(deed);
    Turn {
        deeds: deeds.collect(),
        asked: understood.questions.first().map(|question| question.slot),
        issues: understood.issues.iter().take(MODEL_DEEDS_MAX).map(|issue| issue.kind).collect(),
    }
}

fn deed(operation: &Operation) -> Deed {
    let quantity = match operation {
        Operation::Add { quantity, .. }
        | Operation::SetQuantity { quantity, .. }
        | Operation::Replace { quantity, .. } => Some(*quantity),
        Operation::Remove { quantity, .. } => *quantity,
        _ => None,
    };
    let items: Vec<ItemId> = match operation {
        Operation::Search { results, .. } => {
            results.iter().take(MODEL_DEEDS_MAX).cloned().collect()
        }
        _ => touched(operation).into_iter().cloned().collect(),
    };
    Deed { name: operation.name().into(), items, quantity }
}
