//! Which items some words can mean.

use std::collections::HashSet;

use crate::context::Context;
use crate::index::{Field, Index, ItemNo, TermId};
use crate::scan::Word;

/// An item, and which of the words it answers to.
#[derive(Clone, Copy, Debug)]
struct Found {
    item: ItemNo,
    mask: u64,
    /// By its title, its attributes or its brand.
    strong: u64,
    /// By more than its description.
    middle: u64,
}

/// The bits of the first `count` words.
fn bits(count: usize) -> u64 {
    u32::try_from(count)
        .ok()
        .and_then(|count| 1_u64.checked_shl(count))
        .map_or(u64::MAX, |bit| bit.wrapping_sub(1))
}

fn bit(place: usize) -> u64 {
    u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
}

/// The postings of a word: of any of its terms, or of all of them.
fn hits(index: &Index, word: &Word) -> Vec<(ItemNo, Field)> {
    let mut lists = word.terms.iter().map(|term| index.postings(*term));
    let Some(first) = lists.next() else { return Vec::new() };
    let mut out = first.to_vec();
    for list in lists {
        if word.is_whole {
            let items: HashSet<ItemNo> = list.iter().map(|(item, _)| *item).collect();
            out.retain(|(item, _)| items.contains(item));
        } else {
            out.extend_from_slice(list);
        }
    }
    out
}

fn found(index: &Index, words: &[Word], within: Option<&[ItemNo]>) -> Vec<Found> {
    let within: Option<HashSet<ItemNo>> = within.map(|items| items.iter().copied().collect());
    let mut all: Vec<(ItemNo, u64, Field)> = Vec::new();
    for (place, word) in words.iter().enumerate().take(60) {
        all.extend(
            hits(index, word)
                .into_iter()
                .filter(|(item, _)| within.as_ref().is_none_or(|items| items.contains(item)))
                .map(|(item, field)| (item, bit(place), field)),
        );
    }
    all.sort_unstable_by_key(|(item, ..)| *item);
    let mut out: Vec<Found> = Vec::new();
    for (item, bit, field) in all {
        if out.last().is_none_or(|last| last.item != item) {
            out.push(Found { item, mask: 0, strong: 0, middle: 0 });
        }
        let Some(last) = out.last_mut() else { continue };
        last.mask |= bit;
        if field <= Field::Brand {
            last.strong |= bit;
        }
        if field <= Field::Category {
            last.middle |= bit;
        }
    }
    out
}

/// Whether a word need not be answered to: praise, packages.
fn is_optional(word: &Word) -> bool {
    word.is_empty || word.is_package
}

/// The items that satisfy all words, the best kind of evidence alone.
pub(crate) fn satisfying(index: &Index, words: &[Word], within: Option<&[ItemNo]>) -> Vec<ItemNo> {
    let mut items = satisfying_broadly(index, words, within);
    prefer_spoken_out(index, words, &mut items);
    items
}

/// As [`satisfying`], also with more words to the name: for a choice among all that fit.
pub(crate) fn satisfying_broadly(
    index: &Index,
    words: &[Word],
    within: Option<&[ItemNo]>,
) -> Vec<ItemNo> {
    let required = words
        .iter()
        .enumerate()
        .filter(|(_, word)| !is_optional(word))
        .fold(0, |mask, (place, _)| mask | bit(place));
    let everything = bits(words.len().min(60));
    let required = if required == 0 { everything } else { required };
    let mut all = found(index, words, within);
    all.retain(|found| found.mask & required == required);
    // What answers to more of the optional words is meant, if anything does.
    let most = all.iter().map(|found| (found.strong & everything & !required).count_ones()).max();
    if let Some(most) = most {
        all.retain(|found| (found.strong & everything & !required).count_ones() == most);
    }
    if all.iter().any(|found| found.strong & required == required) {
        all.retain(|found| found.strong & required == required);
    } else if all.iter().any(|found| found.middle & required == required) {
        all.retain(|found| found.middle & required == required);
    }
    let mut items: Vec<ItemNo> = all.into_iter().map(|found| found.item).collect();
    prefer_heads(index, words, &mut items);
    items
}

/// `tea` is black tea rather than a tea towel.
fn prefer_heads(index: &Index, words: &[Word], items: &mut Vec<ItemNo>) {
    let Some(last) = words.iter().rfind(|word| !word.is_measure && !word.is_package) else {
        return;
    };
    let is_head = |item: &ItemNo| {
        index.item(*item).and_then(|item| item.head).is_some_and(|head| last.terms.contains(&head))
    };
    if items.iter().any(is_head) {
        items.retain(is_head);
    }
}

/// A name that was spoken in full beats one with more words to it.
fn prefer_spoken_out(index: &Index, words: &[Word], items: &mut Vec<ItemNo>) {
    let spoken: HashSet<TermId> = words.iter().flat_map(|word| &word.terms).copied().collect();
    let is_spoken_out = |item: &ItemNo| {
        index.item(*item).is_some_and(|item| {
            !item.name.is_empty() && item.name.iter().all(|term| spoken.contains(term))
        })
    };
    if items.iter().any(is_spoken_out) {
        items.retain(is_spoken_out);
    }
}

/// Whether these words name a kind of thing, and not only how it is.
pub(crate) fn names_kind(index: &Index, words: &[Word]) -> bool {
    words.iter().any(|word| !word.is_measure && word.terms.iter().any(|term| index.is_kind(*term)))
}

/// Whether a word names a kind of thing, and is not also a size or a colour of others.
pub(crate) fn is_kind_alone(index: &Index, word: &Word) -> bool {
    let is_option = word.terms.iter().any(|term| index.is_option(*term));
    !word.is_measure && !is_option && word.terms.iter().any(|term| index.names_goods(*term))
}

/// Whether every word is a colour, a size, a flavour: what tells variants apart.
pub(crate) fn only_describes(index: &Index, words: &[Word]) -> bool {
    !words.is_empty()
        && words.iter().all(|word| {
            word.is_measure
                || is_optional(word)
                || word.terms.iter().any(|term| index.is_option(*term) || !index.is_kind(*term))
        })
        && words.iter().any(|word| !word.terms.is_empty())
}

/// What is nearest to words that nothing satisfies: what answers to their last one.
pub(crate) fn near(index: &Index, words: &[Word]) -> Vec<ItemNo> {
    let kinds: Vec<Word> = words
        .iter()
        .rfind(|word| word.terms.iter().any(|term| index.is_kind(*term)))
        .cloned()
        .into_iter()
        .collect();
    if kinds.is_empty() { Vec::new() } else { satisfying(index, &kinds, None) }
}

/// The words without `big` and `small`, which may mean the bigger one of what is not called so.
pub(crate) fn without_rank(words: &[Word]) -> Vec<Word> {
    words.iter().filter(|word| !matches!(word.text.as_str(), "l" | "s")).cloned().collect()
}

/// Words in a row that no single item satisfies, taken apart into ones that items do.
pub(crate) fn taken_apart(index: &Index, words: &[Word]) -> Option<Vec<Vec<Word>>> {
    if words.len() < 3 || words.len() > 14 {
        return None;
    }
    let mut best: Vec<Option<Vec<Vec<Word>>>> = vec![Some(Vec::new())];
    for end in 1..=words.len() {
        let mut here: Option<Vec<Vec<Word>>> = None;
        for from in 0..end {
            let Some(Some(before)) = best.get(from) else { continue };
            let Some(part) = words.get(from..end) else { continue };
            let fewer =
                here.as_ref().is_none_or(|here| before.len().saturating_add(1) < here.len());
            if fewer && ends_in_kind(index, part) && !satisfying(index, part, None).is_empty() {
                let mut parts = before.clone();
                parts.push(part.to_vec());
                here = Some(parts);
            }
        }
        best.push(here);
    }
    best.pop().flatten().filter(|parts| parts.len() > 1)
}

fn ends_in_kind(index: &Index, words: &[Word]) -> bool {
    words.last().is_some_and(|word| word.terms.iter().any(|term| index.is_head(*term)))
}

/// A number that is a size of something in the catalogue.
pub(crate) fn number_word(index: &Index, text: &str) -> Option<Word> {
    let term = index.term(text)?;
    Some(Word {
        text: text.to_owned(),
        terms: vec![term],
        is_whole: false,
        is_typo: false,
        is_measure: true,
        is_package: false,
        is_empty: false,
    })
}

/// Everything that answers to at least one word that names goods, best first: for showing.
pub(crate) fn ranked(index: &Index, context: &Context, words: &[Word]) -> Vec<ItemNo> {
    let mut all = found(index, words, None);
    let weight = |mask: u64| -> u32 {
        words
            .iter()
            .enumerate()
            .filter(|(place, _)| mask & bit(*place) != 0)
            .map(|(_, word)| if is_optional(word) { 1 } else { 4 })
            .sum()
    };
    let most = all.iter().map(|found| weight(found.mask)).max().unwrap_or(0);
    all.retain(|found| weight(found.mask) == most);
    let stock = |item: ItemNo| index.item(item).is_some_and(|item| context.is_in_stock(item));
    all.sort_by_key(|found| {
        let weak = most.saturating_sub(weight(found.strong));
        (weak, !stock(found.item), found.item)
    });
    all.into_iter().map(|found| found.item).collect()
}
