//! From words to pieces: what each stretch of a sentence is, before anything is made of it.

use std::collections::HashSet;

use acp_core::plan::Operation;

use crate::index::{Index, TermId};
use crate::lexicon::{self, Mark, canonical, measure_unit};
use crate::money::{Spoken, spoken};
use crate::number::{By, Number, number};
use crate::text::Token;

/// A word that may name goods.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing about a word")]
pub(crate) struct Word {
    pub text: String,
    pub terms: Vec<TermId>,
    /// All of the terms are meant, and not any one of them.
    pub is_whole: bool,
    /// Spelled otherwise than the catalogue does.
    pub is_typo: bool,
    /// A number or a size.
    pub is_measure: bool,
    pub is_package: bool,
    /// Praise or padding, unless goods are called so.
    pub is_empty: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Mark(Mark),
    Article,
    Number(Number),
    Money(Spoken),
    Word(Word),
    /// `,` or `;`, and the end of a sentence.
    Comma,
    Stop,
    Question,
    Done(Box<Operation>),
    Noise,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub what: What,
    pub start: usize,
    pub end: usize,
}

/// A stretch of tokens that was read as a whole already.
pub(crate) struct Taken {
    pub from: usize,
    pub to: usize,
    pub operation: Option<Operation>,
}

/// Verbs that are names of goods too count as verbs only where a verb can stand.
fn may_be_goods(mark: Mark) -> bool {
    !matches!(
        mark,
        Mark::And
            | Mark::Filler
            | Mark::Of
            | Mark::To
            | Mark::For
            | Mark::In
            | Mark::Size
            | Mark::With
            | Mark::Or
            | Mark::Remove
            | Mark::It
            | Mark::Them
            | Mark::Not
            | Mark::By
            | Mark::Checkout
            | Mark::Clear
    )
}

/// Whether a verb can stand behind this.
fn opens(before: Option<&Piece>) -> bool {
    match before.map(|piece| &piece.what) {
        None | Some(What::Comma | What::Stop | What::Question | What::Done(_)) => true,
        Some(What::Mark(mark)) => matches!(
            mark,
            Mark::And
                | Mark::Then
                | Mark::Filler
                | Mark::Yes
                | Mark::No
                | Mark::Thanks
                | Mark::Correct
                | Mark::Dont
                | Mark::Instead
        ),
        Some(_) => false,
    }
}

pub(crate) fn pieces(tokens: &[Token], taken: &[Taken], index: &Index) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut at = 0_usize;
    while at < tokens.len() {
        if let Some(range) = taken.iter().find(|range| range.from == at && range.to > at) {
            let what = range.operation.clone().map_or(What::Noise, |op| What::Done(Box::new(op)));
            push(&mut out, tokens, at, range.to, what);
            at = range.to;
            continue;
        }
        let end = taken.iter().map(|range| range.from).filter(|from| *from > at).min();
        let rest = tokens.get(at..end.unwrap_or(tokens.len())).unwrap_or_default();
        let (what, used) = read(rest, out.last(), index);
        push(&mut out, tokens, at, at.saturating_add(used), what);
        at = at.saturating_add(used);
    }
    out
}

fn push(out: &mut Vec<Piece>, tokens: &[Token], from: usize, to: usize, what: What) {
    let start = tokens.get(from).map_or(0, |token| token.start);
    let end = tokens.get(to.saturating_sub(1)).map_or(start, |token| token.end);
    out.push(Piece { what, start, end });
}

fn read(rest: &[Token], before: Option<&Piece>, index: &Index) -> (What, usize) {
    let Some(first) = rest.first() else { return (What::Noise, 1) };
    if let Some(shop) = index.currency()
        && let Some((found, used)) = spoken(rest, shop, |after| is_free(after, index))
    {
        return (What::Money(found), used);
    }
    if !first.is_word() {
        let is_minus = first.text == "-"
            && !first.is_glued
            && rest.get(1).is_some_and(|next| next.is_glued && next.is_number());
        return match first.text.as_str() {
            "," | ";" | ":" => (What::Comma, 1),
            "." | "!" => (What::Stop, 1),
            "?" => (What::Question, 1),
            "&" | "+" => (What::Mark(Mark::And), 1),
            "-" if is_minus => (What::Number(number(rest).map_or_else(unfit, |(n, _)| n)), 2),
            "-" if !first.is_glued => (What::Comma, 1),
            _ => (What::Noise, 1),
        };
    }
    if let Some(found) = phrase(rest, before, index) {
        return found;
    }
    if let Some(found) = measure(rest, index) {
        return found;
    }
    let is_behind_word = matches!(
        before.map(|piece| &piece.what),
        Some(What::Word(_) | What::Mark(Mark::Cheapest | Mark::Dearest | Mark::Other | Mark::Last))
    );
    if first.text == "one"
        && is_behind_word
        && !rest.get(1).is_some_and(|next| is_counted(next, index))
    {
        return (What::Mark(Mark::One), 1);
    }
    if let Some((number, used)) = number(rest) {
        let is_name = number.by == By::One && is_in_name(rest, used, index);
        if !is_name {
            return (What::Number(number), used);
        }
    }
    if matches!(first.text.as_str(), "a" | "an") {
        return (What::Article, 1);
    }
    word(rest, before, index)
}

/// Whether a word behind a number can be what is counted.
fn is_counted(next: &Token, index: &Index) -> bool {
    let word = canonical(&next.text);
    index.term(&word).is_some_and(|term| index.names_goods(term)) || lexicon::is_package(&word)
}

fn unfit() -> Number {
    Number { count: None, by: By::One, is_factor: false, is_marked: false, is_half: false }
}

/// Whether a bare number before this is money: nothing that could be counted follows.
fn is_free(after: &[Token], index: &Index) -> bool {
    after.first().is_none_or(|next| {
        measure_unit(&next.text).is_none()
            && !lexicon::is_package(&canonical(&next.text))
            && index.term(&canonical(&next.text)).is_none_or(|_| lexicon::is_stop(&next.text))
    })
}

fn phrase(rest: &[Token], before: Option<&Piece>, index: &Index) -> Option<(What, usize)> {
    let (mark, used) = lexicon::phrase(&rest.iter().map(|token| token.text.as_str()))?;
    let first = rest.first()?;
    let goods = index.term(&canonical(&first.text)).filter(|term| index.names_goods(*term));
    let is_goods = used == 1 && goods.is_some() && may_be_goods(mark);
    let next_is_word = rest.get(1).is_some_and(Token::is_word);
    if is_goods && !(opens(before) && next_is_word) {
        return None;
    }
    // `A sunny day` is not `1 more day`, and `second` behind a number is a time.
    Some((What::Mark(mark), used))
}

/// `64 gb` and `64gb` are one word of the catalogue.
fn measure(rest: &[Token], index: &Index) -> Option<(What, usize)> {
    let first = rest.first().filter(|token| token.is_number())?;
    let dash = usize::from(rest.get(1).is_some_and(|next| next.text == "-" && next.is_glued));
    let place = dash.saturating_add(1);
    let next = rest.get(place)?;
    if let Some(unit) = measure_unit(&next.text) {
        let text = format!("{}{unit}", first.text);
        let terms: Vec<TermId> = index.term(&text).into_iter().collect();
        // `2 l` may be two of the large ones, if nothing is measured so.
        let is_size = terms.is_empty() && !next.is_glued && next.text.len() == 1;
        if !is_size {
            return Some((What::Word(plain(text, terms, true)), place.saturating_add(1)));
        }
    }
    // `1000 piece`, in the singular, where something is sold so.
    let unit = canonical(&next.text);
    let is_single = unit == next.text && lexicon::is_package(&unit) && first.text != "1";
    if is_single
        && let (Some(number), Some(unit)) = (index.term(&first.text), index.term(&unit))
        && share_an_item(index, number, unit)
    {
        return Some((What::Word(plain(first.text.clone(), vec![number], true)), place));
    }
    // `5-pack`: the number belongs to the name.
    if dash == 1 && next.is_glued && next.is_word() {
        let terms: Vec<TermId> = index.term(&first.text).into_iter().collect();
        return Some((What::Word(plain(first.text.clone(), terms, true)), place));
    }
    None
}

fn share_an_item(index: &Index, one: TermId, other: TermId) -> bool {
    let items: HashSet<u32> = index.postings(one).iter().map(|(item, _)| *item).collect();
    index.postings(other).iter().any(|(item, _)| items.contains(item))
}

fn plain(text: String, terms: Vec<TermId>, is_measure: bool) -> Word {
    Word {
        text,
        terms,
        is_whole: false,
        is_typo: false,
        is_measure,
        is_package: false,
        is_empty: false,
    }
}

/// Whether a number is the beginning of a title that goes on with the very next word.
fn is_in_name(rest: &[Token], used: usize, index: &Index) -> bool {
    let (Some(first), Some(next)) = (rest.first(), rest.get(used)) else { return false };
    let terms = [&first.text, &next.text].map(|text| index.term(&canonical(text)));
    let [Some(number), Some(after)] = terms else { return false };
    let others: HashSet<u32> = index.postings(after).iter().map(|(item, _)| *item).collect();
    let has = |item: u32| others.contains(&item);
    // A number in digits is a count, unless the title begins with it.
    !first.is_number()
        && first.text != "one"
        && index.postings(number).iter().any(|(item, _)| {
            has(*item) && index.item(*item).is_some_and(|item| item.name.first() == Some(&number))
        })
}

fn word(rest: &[Token], before: Option<&Piece>, index: &Index) -> (What, usize) {
    let Some(first) = rest.first() else { return (What::Noise, 1) };
    let text = canonical(&first.text);
    let is_package = lexicon::is_package(&text);
    let is_empty = lexicon::is_empty(&text) || lexicon::is_empty(&first.text);
    let made = |terms: Vec<TermId>, is_typo: bool| {
        let word = Word {
            text: text.clone(),
            terms,
            is_whole: false,
            is_typo,
            is_measure: false,
            is_package,
            is_empty,
        };
        What::Word(word)
    };
    // `water proof` for a catalogue that says `waterproof`.
    if let Some(next) = rest.get(1).filter(|next| next.is_word()) {
        let whole = canonical(&format!("{}{}", first.text, next.text));
        let parts = [&text, &canonical(&next.text)].map(|part| index.term(part));
        if let Some(term) = index.term(&whole).filter(|term| index.names_goods(*term))
            && parts.iter().any(Option::is_none)
        {
            return (made(vec![term], false), 2);
        }
    }
    if matches!(text.as_str(), "extra" | "x")
        && let Some(next) = rest.get(1).map(|next| canonical(&next.text))
        && matches!(next.as_str(), "l" | "s")
        && let Some(term) = index.term(&format!("x{next}"))
    {
        return (made(vec![term], false), 2);
    }
    if let Some(term) = index.term(&text) {
        return (made(vec![term], false), 1);
    }
    if is_package || is_empty || text.len() < 2 {
        return (made(Vec::new(), false), 1);
    }
    if opens(before)
        && rest.len() > 1
        && let Some(mark) = lexicon::nearest_verb(&first.text)
        && index.nearest(&text).is_empty()
    {
        return (What::Mark(mark), 1);
    }
    if let Some(parts) = index.taken_apart(&text) {
        let terms = parts.iter().filter_map(|part| index.term(part)).collect();
        let What::Word(word) = made(terms, false) else { return (What::Noise, 1) };
        return (What::Word(Word { is_whole: true, ..word }), 1);
    }
    if lexicon::is_common(&first.text) {
        return (made(Vec::new(), false), 1);
    }
    let near = index.nearest(&text);
    let is_typo = !near.is_empty();
    (made(near, is_typo), 1)
}
