//! What a model chooses among: what was spoken of, what the words lead to, and then some of
//! everything, because an implicit wish names nothing.

use std::collections::HashMap;

use acp_core::limits::{
    MODEL_ATTRIBUTE_CHARS_MAX, MODEL_ATTRIBUTES_MAX, MODEL_CANDIDATES_MAX, MODEL_TITLE_CHARS_MAX,
};
use acp_core::ports::{Candidate, PriceBand};

use crate::context::Context;
use crate::index::{Field, Index, Item, ItemNo, TermId};
use crate::lexicon::{canonical, is_stop};
use crate::text::{is_unseen, tokens};

/// Half of the places are for what the words lead to.
const SPOKEN_OF_MAX: usize = 20;

pub(crate) fn candidates(text: &str, index: &Index, context: &Context) -> Vec<Candidate> {
    let mut numbers: Vec<ItemNo> = Vec::with_capacity(MODEL_CANDIDATES_MAX);
    take(&mut numbers, SPOKEN_OF_MAX, spoken_of(index, context));
    take(&mut numbers, MODEL_CANDIDATES_MAX, matching(text, index));
    take(&mut numbers, MODEL_CANDIDATES_MAX, index.first_of_each());
    let items: Vec<&Item> = numbers.iter().filter_map(|number| index.item(*number)).collect();
    let mut prices: Vec<i64> = items.iter().map(|item| item.price).collect();
    prices.sort_unstable();
    items.into_iter().map(|item| candidate(item, index, context, &prices)).collect()
}

fn take(into: &mut Vec<ItemNo>, most: usize, from: impl IntoIterator<Item = ItemNo>) {
    for number in from {
        if into.len() >= most {
            return;
        }
        if !into.contains(&number) {
            into.push(number);
        }
    }
}

fn spoken_of(index: &Index, context: &Context) -> Vec<ItemNo> {
    let open = context.open.iter().flat_map(|open| &open.candidates);
    let cart = context.cart.iter().map(|line| &line.item);
    let ids = open.chain(cart).chain(&context.results).chain(&context.salience);
    ids.filter_map(|id| index.number(id)).collect()
}

/// The items the words stand in, those first in which more and rarer of them do.
fn matching(text: &str, index: &Index) -> Vec<ItemNo> {
    let mut scores: HashMap<ItemNo, u32> = HashMap::new();
    for term in terms(text, index) {
        let list = index.postings(term);
        let share = index.len().checked_div(list.len()).unwrap_or(1).max(1);
        let rarity = share.ilog2().saturating_add(1);
        for (item, field) in list {
            let weight = match field {
                Field::Title => 8,
                Field::Attribute => 4,
                Field::Brand | Field::Category => 3,
                Field::Description => 1,
            };
            let score = scores.entry(*item).or_default();
            *score = score.saturating_add(rarity.saturating_mul(weight));
        }
    }
    let mut ranked: Vec<(u32, ItemNo)> =
        scores.into_iter().map(|(item, score)| (score, item)).collect();
    ranked.sort_unstable_by_key(|(score, item)| (std::cmp::Reverse(*score), *item));
    ranked.into_iter().map(|(_, item)| item).collect()
}

/// Whether a word of a sentence is one an item is called by.
pub(crate) fn is_named(text: &str, index: &Index, item: ItemNo) -> bool {
    let is_name = |(other, field): &(ItemNo, Field)| {
        *other == item && matches!(field, Field::Title | Field::Attribute | Field::Brand)
    };
    terms(text, index).into_iter().any(|term| index.postings(term).iter().any(is_name))
}

/// The words of the catalogue in a sentence, slips mended.
fn terms(text: &str, index: &Index) -> Vec<TermId> {
    let mut terms: Vec<TermId> = Vec::new();
    for token in tokens(text).iter().filter(|token| token.is_word()) {
        let word = canonical(&token.text);
        if is_stop(&word) {
            continue;
        }
        let found = index.term(&word).map_or_else(|| index.nearest(&word), |term| vec![term]);
        for term in found {
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    terms
}

fn candidate(item: &Item, index: &Index, context: &Context, prices: &[i64]) -> Candidate {
    let options = item.options.iter().take(MODEL_ATTRIBUTES_MAX);
    let attributes = options.map(|(name, terms)| {
        let words: Vec<&str> = terms.iter().map(|term| index.spelling(*term)).collect();
        let value = words.join(" ");
        (cut(name, MODEL_ATTRIBUTE_CHARS_MAX), cut(&value, MODEL_ATTRIBUTE_CHARS_MAX))
    });
    Candidate {
        item: item.id.clone(),
        title: cut(&item.title, MODEL_TITLE_CHARS_MAX),
        attributes: attributes.collect(),
        is_in_stock: context.is_in_stock(item),
        band: band(item.price, prices),
    }
}

/// A text in one line, without what nobody sees, and not longer than this.
fn cut(text: &str, most: usize) -> Box<str> {
    let shown = text.chars().filter(|c| !is_unseen(*c)).take(most);
    shown.map(|c| if c.is_whitespace() { ' ' } else { c }).collect::<String>().into()
}

/// Where a price stands among others, which are in order.
fn band(price: i64, prices: &[i64]) -> PriceBand {
    let third = |parts: usize| {
        let place = prices.len().saturating_mul(parts).checked_div(3).unwrap_or(0);
        prices.get(place).copied().unwrap_or(price)
    };
    let (lower, upper) = (third(1), third(2));
    if price < lower {
        PriceBand::Low
    } else if price >= upper && price > lower {
        PriceBand::High
    } else {
        PriceBand::Middle
    }
}
