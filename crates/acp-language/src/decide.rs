//! One thing, several, or none: what a mention comes to.

use std::collections::HashSet;

use acp_core::plan::Count;

use crate::context::Context;
use crate::index::{Index, ItemNo};
use crate::link::{
    is_kind_alone, names_kind, near, only_describes, satisfying, satisfying_broadly,
};
use crate::mention::{Best, Mention, Reference};
use crate::money::{Bound, Spoken};
use crate::number::{By, Number};
use crate::scan::Word;

/// What a mention comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    One(ItemNo),
    /// Each of them is meant.
    Each(Vec<ItemNo>),
    /// One of them is meant, and nothing says which.
    Several(Vec<ItemNo>),
    /// It is sold, but there is none.
    Gone(Vec<ItemNo>),
    /// All of it costs more than was said; the cheapest first.
    TooDear(Vec<ItemNo>),
    /// An amount in another currency.
    Foreign,
    /// Nothing is called so; what is nearest.
    Unknown(Vec<ItemNo>),
    /// It points at something, and there is nothing.
    Nothing,
}

/// What can be chosen from, and what it hangs on.
pub(crate) struct Scope<'a> {
    pub index: &'a Index,
    pub context: &'a Context,
    /// What was spoken of before in the same sentence.
    pub before: Option<ItemNo>,
}

impl Scope<'_> {
    fn numbers(&self, ids: &[acp_core::ids::ItemId]) -> Vec<ItemNo> {
        ids.iter().filter_map(|id| self.index.number(id)).collect()
    }

    fn last(&self) -> Option<ItemNo> {
        let known = || self.context.salience.first().and_then(|id| self.index.number(id));
        self.before.or_else(known)
    }

    /// What would be added for this mention.
    pub(crate) fn choose(&self, mention: &Mention) -> Choice {
        if mention.cap.or(mention.total).is_some_and(|cap| cap.minor.is_none()) {
            return Choice::Foreign;
        }
        if let Some(chosen) = self.among_open(mention) {
            return chosen;
        }
        let whole = mention.others.first().map(|other| with_kind(self.index, other, mention));
        let mut items = self.candidates(whole.as_ref().unwrap_or(mention));
        for other in &mention.others {
            let more = self.candidates(&with_kind(self.index, mention, other));
            join(&mut items, more);
        }
        if items.is_empty() {
            let points = mention.words.is_empty()
                && (mention.reference.is_some() || mention.is_one || mention.is_more);
            return if points {
                Choice::Nothing
            } else {
                Choice::Unknown(near(self.index, &mention.words))
            };
        }
        if mention.words.is_empty()
            && matches!(mention.reference, Some(Reference::Both | Reference::Them | Reference::All))
            && items.len() > 1
        {
            return Choice::Each(items);
        }
        self.narrow(mention, items)
    }

    /// What the words or the pointing word lead to, before anything else is asked of it.
    fn candidates(&self, mention: &Mention) -> Vec<ItemNo> {
        if mention.words.is_empty()
            || mention.words.iter().all(|word| word.terms.is_empty() && word.is_empty)
        {
            return self.pointed_at(mention);
        }
        if let Some(found) = self.like_before(mention) {
            return found;
        }
        if let Some(Reference::Nth(_) | Reference::Last) = mention.reference {
            let shown = self.numbers(&self.context.results);
            let fitting = satisfying(self.index, &mention.words, Some(&shown));
            let fitting: HashSet<ItemNo> = fitting.into_iter().collect();
            let ordered: Vec<ItemNo> =
                shown.into_iter().filter(|item| fitting.contains(item)).collect();
            if let Some(found) = nth(mention.reference, &ordered) {
                return vec![found];
            }
        }
        let is_loose =
            only_describes(self.index, &mention.words) && !names_kind(self.index, &mention.words);
        let points = mention.is_one || mention.reference.is_some() || is_loose;
        if points {
            let shown = self.numbers(&self.context.results);
            let fitting = satisfying(self.index, &mention.words, Some(&shown));
            if !fitting.is_empty() {
                return fitting;
            }
            let ranked = self.by_rank(mention, &shown);
            if !ranked.is_empty() {
                return ranked;
            }
        }
        if mention.best.is_some() || mention.is_any || mention.cap.is_some() {
            return satisfying_broadly(self.index, &mention.words, None);
        }
        let found = satisfying(self.index, &mention.words, None);
        if found.is_empty() { self.bigger(mention) } else { found }
    }

    /// `the bigger card`, where no card is called big.
    fn bigger(&self, mention: &Mention) -> Vec<ItemNo> {
        let (ranks, words): (Vec<Word>, Vec<Word>) =
            mention.words.iter().cloned().partition(|word| matches!(word.text.as_str(), "l" | "s"));
        if ranks.len() != 1 || words.is_empty() {
            return Vec::new();
        }
        let pool = satisfying(self.index, &words, None);
        self.by_rank(&Mention { words: ranks, ..Mention::default() }, &pool)
    }

    /// `and a blue one`: another of what was spoken of last.
    fn like_before(&self, mention: &Mention) -> Option<Vec<ItemNo>> {
        if !only_describes(self.index, &mention.words) {
            return None;
        }
        let last = self.last()?;
        let siblings: Vec<ItemNo> = self.index.siblings(last).collect();
        let mut found = satisfying(self.index, &mention.words, Some(&siblings));
        found.retain(|item| !mention.is_more || siblings.len() > 1 || *item == last);
        if found.is_empty() {
            // The product has no variants, but there may be others of its kind.
            let kind = self.index.item(last)?.head?;
            let mut words = mention.words.clone();
            words.push(word_of(self.index, kind));
            let is_pointed = mention.is_one
                || mention.reference.is_some()
                || !names_kind(self.index, &mention.words);
            found = if is_pointed { satisfying(self.index, &words, None) } else { Vec::new() };
        }
        if found.is_empty() {
            return None;
        }
        // What it shares with the last one was not said again, because it goes without saying.
        let shared = |item: &ItemNo| self.shared_options(last, *item);
        let most = found.iter().map(shared).max();
        found.retain(|item| Some(shared(item)) == most);
        Some(found)
    }

    fn shared_options(&self, one: ItemNo, other: ItemNo) -> usize {
        let (Some(one), Some(other)) = (self.index.item(one), self.index.item(other)) else {
            return 0;
        };
        one.options.iter().filter(|option| other.options.contains(option)).count()
    }

    fn pointed_at(&self, mention: &Mention) -> Vec<ItemNo> {
        let shown = self.numbers(&self.context.results);
        match mention.reference {
            Some(Reference::Nth(_)) => nth(mention.reference, &shown).into_iter().collect(),
            Some(Reference::Last) if !shown.is_empty() => {
                shown.last().copied().into_iter().collect()
            }
            Some(Reference::Both | Reference::All) if shown.len() > 1 => shown,
            Some(Reference::Them) if self.before.is_none() => {
                let latest = self.context.latest.max(1);
                let ids = self.context.salience.get(..latest).unwrap_or(&self.context.salience);
                let mut items = self.numbers(ids);
                items.reverse();
                items
            }
            _ if mention.best.is_some() && !shown.is_empty() => shown,
            _ => self.last().into_iter().collect(),
        }
    }

    /// An answer to a question that waits.
    fn among_open(&self, mention: &Mention) -> Option<Choice> {
        let open = self.context.open.as_ref().filter(|_| self.before.is_none())?;
        let candidates = self.numbers(&open.candidates);
        if candidates.is_empty() {
            return None;
        }
        match mention.reference {
            Some(Reference::Nth(_) | Reference::Last) if mention.words.is_empty() => {
                return nth(mention.reference, &candidates).map(Choice::One);
            }
            Some(Reference::Both | Reference::All) if mention.words.is_empty() => {
                return Some(Choice::Each(candidates));
            }
            _ => {}
        }
        if mention.is_each && mention.words.is_empty() {
            return Some(Choice::Each(candidates));
        }
        if mention.words.is_empty() {
            let is_answer = mention.is_any
                || mention.best.is_some()
                || !mention.negated.is_empty()
                || mention.cap.is_some();
            return is_answer.then(|| self.narrow(mention, candidates));
        }
        let found = satisfying(self.index, &mention.words, Some(&candidates));
        let mut found = if found.is_empty() { self.by_rank(mention, &candidates) } else { found };
        let kind_said = names_kind(self.index, &mention.words);
        if found.is_empty() && !kind_said && only_describes(self.index, &mention.words) {
            // A colour it does not come in, or not now: not some other thing of that colour.
            let kin: Vec<ItemNo> =
                candidates.iter().flat_map(|item| self.index.siblings(*item)).collect();
            found = satisfying(self.index, &mention.words, Some(&kin));
            if found.is_empty() {
                return Some(Choice::Unknown(candidates));
            }
        }
        (!found.is_empty()).then(|| self.narrow(mention, found))
    }

    /// `the big one` among sizes that are not called big.
    fn by_rank(&self, mention: &Mention, candidates: &[ItemNo]) -> Vec<ItemNo> {
        let [word] = mention.words.as_slice() else { return Vec::new() };
        let price = |item: &&ItemNo| self.index.item(**item).map_or(0, |item| item.price);
        let size = |item: &ItemNo| {
            let item = self.index.item(*item);
            let values = item.iter().flat_map(|item| &item.options).flat_map(|(_, terms)| terms);
            values.filter_map(|term| amount_in(self.index.spelling(*term))).max().unwrap_or(0)
        };
        let is_sized = candidates.iter().any(|item| size(item) > 0);
        let key = |item: &&ItemNo| if is_sized { size(item) } else { price(item) };
        match word.text.as_str() {
            "l" => candidates.iter().max_by_key(key).copied().into_iter().collect(),
            "s" => candidates.iter().min_by_key(key).copied().into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// Applies what was said beside the name.
    fn narrow(&self, mention: &Mention, mut items: Vec<ItemNo>) -> Choice {
        for word in &mention.negated {
            let without = satisfying(self.index, std::slice::from_ref(word), Some(&items));
            leave_out(&mut items, &without);
        }
        if items.is_empty() {
            return Choice::Unknown(Vec::new());
        }
        let price = |item: &ItemNo| self.index.item(*item).map_or(i64::MAX, |item| item.price);
        if let Some(cap) = mention.cap {
            let within: Vec<ItemNo> =
                items.iter().filter(|item| allows(cap, price(item))).copied().collect();
            if within.is_empty() {
                items.sort_by_key(|item| (price(item), *item));
                return Choice::TooDear(items);
            }
            items = within;
        }
        let stock = |item: &ItemNo| {
            self.index.item(*item).is_some_and(|item| self.context.is_in_stock(item))
        };
        if !items.iter().any(stock) {
            return Choice::Gone(items);
        }
        items.retain(stock);
        if let Some(number) = mention.number {
            self.by_unit(number, &mut items);
        }
        match mention.best {
            Some(Best::Cheapest) => keep_least(&mut items, price),
            Some(Best::Dearest) => keep_least(&mut items, |item| price(item).saturating_neg()),
            None => {}
        }
        if mention.is_any && items.len() > 1 {
            items.sort_by_key(|item| (price(item), *item));
            items.truncate(1);
        }
        match items.as_slice() {
            [one] => Choice::One(*one),
            _ => Choice::Several(items),
        }
    }

    /// A dozen of something that also comes by the dozen means that.
    fn by_unit(&self, number: Number, items: &mut Vec<ItemNo>) {
        let unit = match number.by {
            By::One => return,
            By::Pair => "pair",
            By::Dozen => "dozen",
        };
        if items.iter().any(|item| self.is_sold_by(*item, unit)) {
            items.retain(|item| self.is_sold_by(*item, unit));
        }
    }

    fn is_sold_by(&self, item: ItemNo, unit: &str) -> bool {
        let term = self.index.term(unit);
        self.index
            .item(item)
            .is_some_and(|item| term.is_some_and(|term| item.units.contains(&term)))
    }

    /// How many packages of an item a number means; `None` where nobody can have so many.
    pub(crate) fn count(&self, number: Option<Number>, item: ItemNo) -> Option<Count> {
        let Some(number) = number else { return Some(Count::ONE) };
        let unit = match number.by {
            By::One => "",
            By::Pair => "pair",
            By::Dozen => "dozen",
        };
        let value = if !unit.is_empty() && self.is_sold_by(item, unit) {
            if number.is_half { None } else { number.count }
        } else {
            number.singles()
        };
        Count::new(value?)
    }
}

/// Adds what is not among them yet.
pub(crate) fn join(items: &mut Vec<ItemNo>, more: Vec<ItemNo>) {
    let known: HashSet<ItemNo> = items.iter().copied().collect();
    items.extend(more.into_iter().filter(|item| !known.contains(item)));
}

/// Takes out what is among others.
pub(crate) fn leave_out(items: &mut Vec<ItemNo>, without: &[ItemNo]) {
    let without: HashSet<ItemNo> = without.iter().copied().collect();
    items.retain(|item| !without.contains(item));
}

/// Whether a price is inside a limit.
pub(crate) fn allows(limit: Spoken, price: i64) -> bool {
    let Some(bound) = limit.minor else { return false };
    match limit.bound {
        Bound::AtMost if limit.is_strict => price < bound,
        Bound::AtMost => price <= bound,
        Bound::AtLeast if limit.is_strict => price > bound,
        Bound::AtLeast => price >= bound,
        Bound::Plain => price == bound,
    }
}

fn keep_least(items: &mut Vec<ItemNo>, key: impl Fn(&ItemNo) -> i64) {
    if let Some(least) = items.iter().map(&key).min() {
        items.retain(|item| key(item) == least);
    }
}

fn nth(reference: Option<Reference>, items: &[ItemNo]) -> Option<ItemNo> {
    match reference {
        Some(Reference::Nth(place)) => items.get(usize::from(place).checked_sub(1)?).copied(),
        Some(Reference::Last) => items.last().copied(),
        _ => None,
    }
}

/// The digits a size begins with.
fn amount_in(size: &str) -> Option<i64> {
    let digits: String = size.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn word_of(index: &Index, term: u32) -> Word {
    Word {
        text: index.spelling(term).to_owned(),
        terms: vec![term],
        is_whole: false,
        is_typo: false,
        is_measure: false,
        is_package: false,
        is_empty: false,
    }
}

/// `a green or white polo`: what one half does not say, the other does.
pub(crate) fn with_kind(index: &Index, first: &Mention, other: &Mention) -> Mention {
    if !only_describes(index, &other.words) || names_kind(index, &other.words) {
        return other.clone();
    }
    let kinds = first.words.iter().filter(|word| is_kind_alone(index, word));
    let words: Vec<Word> = kinds.chain(&other.words).cloned().collect();
    Mention { words, ..other.clone() }
}
