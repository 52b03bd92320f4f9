//! Changing what is in the cart already.

use acp_core::ids::ItemId;
use acp_core::plan::{Count, IssueKind, Operation};

use crate::act::Planner;
use crate::context::Purpose;
use crate::decide::Choice;
use crate::index::ItemNo;
use crate::lexicon::Mark;
use crate::link::{only_describes, satisfying};
use crate::mention::{Best, Mention, Reference, mentions};
use crate::number::By;
use crate::scan::{Piece, What};

/// Which lines of the cart a mention points at.
pub(crate) enum Target {
    Lines(Vec<ItemNo>),
    /// One of them, and nothing says which.
    Unclear(Vec<ItemNo>),
    Missing,
    Empty,
}

impl Planner<'_> {
    fn in_cart(&self) -> Vec<ItemNo> {
        self.lines.iter().filter_map(|line| self.index.number(&line.item)).collect()
    }

    pub(crate) fn target(&self, mention: &Mention) -> Target {
        let lines = self.in_cart();
        if lines.is_empty() {
            return Target::Empty;
        }
        let mut fitting = if mention.words.is_empty() {
            match self.pointed(mention, &lines) {
                Some(found) => return Target::Lines(found),
                None => lines.clone(),
            }
        } else {
            satisfying(self.index, &mention.words, Some(&lines))
        };
        for word in &mention.negated {
            let without = satisfying(self.index, std::slice::from_ref(word), Some(&lines));
            fitting.retain(|item| !without.contains(item));
        }
        let price = |item: &ItemNo| self.index.item(*item).map_or(0, |item| item.price);
        match mention.best {
            Some(Best::Cheapest) => {
                fitting =
                    fitting.iter().min_by_key(|item| price(item)).copied().into_iter().collect();
            }
            Some(Best::Dearest) => {
                fitting =
                    fitting.iter().max_by_key(|item| price(item)).copied().into_iter().collect();
            }
            None => {}
        }
        let is_all = matches!(mention.reference, Some(Reference::All | Reference::Both));
        match fitting.len() {
            0 => Target::Missing,
            1 => Target::Lines(fitting),
            _ if is_all => Target::Lines(fitting),
            _ => self.latest_of(fitting, mention),
        }
    }

    /// Several lines fit: what was spoken of last is meant only if it was pointed at.
    fn latest_of(&self, fitting: Vec<ItemNo>, mention: &Mention) -> Target {
        let points =
            mention.words.is_empty() && mention.best.is_none() && mention.negated.is_empty();
        let spoken = self.context.salience.first().and_then(|id| self.index.number(id));
        match spoken.filter(|item| points && fitting.contains(item)) {
            Some(item) => Target::Lines(vec![item]),
            None => Target::Unclear(fitting),
        }
    }

    /// Where a word without a name points among the lines.
    fn pointed(&self, mention: &Mention, lines: &[ItemNo]) -> Option<Vec<ItemNo>> {
        let known = |ids: &[ItemId]| -> Vec<ItemNo> {
            let numbers = ids.iter().filter_map(|id| self.index.number(id));
            numbers.filter(|item| lines.contains(item)).collect()
        };
        let touched = known(&self.touched);
        let salient = known(&self.context.salience);
        let found = match mention.reference {
            Some(Reference::Last) => lines.last().copied().into_iter().collect(),
            Some(Reference::Nth(place)) => {
                let shown = known(&self.context.results);
                let list = if shown.is_empty() { lines } else { shown.as_slice() };
                list.get(usize::from(place).saturating_sub(1)).copied().into_iter().collect()
            }
            Some(Reference::Other) if lines.len() == 2 => {
                let last = salient.first()?;
                lines.iter().filter(|item| *item != last).copied().collect()
            }
            Some(Reference::Both) if lines.len() == 2 => lines.to_vec(),
            Some(Reference::Them | Reference::Both) if touched.is_empty() => {
                let latest = self.context.salience.get(..self.context.latest.max(1));
                latest.map(known).unwrap_or_default()
            }
            Some(Reference::All) => return None,
            _ if mention.best.is_some() || !mention.negated.is_empty() => return None,
            _ => touched.last().or(salient.first()).copied().into_iter().collect(),
        };
        (!found.is_empty()).then_some(found)
    }

    /// Says what is wrong with a target that is not some lines.
    fn lines_of(&mut self, mention: &Mention, purpose: Purpose) -> Vec<ItemNo> {
        match self.target(mention) {
            Target::Lines(items) => items,
            Target::Unclear(items) => {
                self.ask(&items, acp_core::plan::Slot::Target, purpose, None);
                Vec::new()
            }
            Target::Missing => {
                self.not_found(mention, &[]);
                Vec::new()
            }
            Target::Empty => {
                self.issue(
                    IssueKind::EmptyCart,
                    "There is nothing in the cart. Add something first.",
                );
                Vec::new()
            }
        }
    }

    pub(crate) fn remove(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        if found.is_empty() {
            self.remove_one(&Mention::default());
        }
        for mention in &found {
            self.remove_one(mention);
        }
    }

    pub(crate) fn remove_one(&mut self, mention: &Mention) {
        let is_all =
            mention.words.is_empty() && mention.negated.is_empty() && mention.best.is_none();
        if is_all && mention.reference == Some(Reference::All) && mention.number.is_none() {
            self.clear();
            return;
        }
        let single = (mention.has_article && mention.number.is_none() && !mention.words.is_empty())
            || (mention.is_more && mention.number.is_none());
        let purpose = Purpose::Remove(mention.number.and_then(|number| Count::new(number.count?)));
        let kinds_counted =
            mention.words.is_empty() && matches!(mention.reference, Some(Reference::Both));
        for item in self.lines_of(mention, purpose) {
            let Some(id) = self.id(item) else { continue };
            if mention.is_less && mention.number.is_none() {
                self.ask_count(item, Purpose::Remove(None));
                continue;
            }
            let quantity = if single {
                Some(Count::ONE)
            } else if mention.number.is_some() && !kinds_counted {
                let Some(count) = self.scope().count(mention.number, item) else {
                    self.ask_count(item, Purpose::Remove(None));
                    continue;
                };
                Some(count)
            } else {
                None
            };
            let had = self.quantity_of(&id);
            let quantity = quantity.filter(|count| count.get() < had);
            self.plan(Operation::Remove { item: id, quantity });
        }
    }

    /// `make`, `change`, `increase`: to a number, by a number, or into something else.
    pub(crate) fn change(&mut self, verb: Mark, pieces: &[Piece]) {
        let is_joint = |piece: &&Piece| matches!(piece.what, What::Comma | What::Mark(Mark::And));
        let targets = |piece: &&Piece| piece.what == What::Mark(Mark::To);
        if pieces.iter().filter(targets).count() > 1 && pieces.iter().filter(is_joint).count() > 0 {
            for part in pieces.split(|piece| is_joint(&piece)).filter(|part| !part.is_empty()) {
                self.change(verb, part);
            }
            return;
        }
        let is_by = pieces.iter().any(|piece| piece.what == What::Mark(Mark::By));
        let points =
            pieces.iter().any(|piece| matches!(piece.what, What::Mark(Mark::It | Mark::Them)));
        if let Some((left, right)) = split(pieces, &[Mark::To])
            && mentions(self.index, right)
                .iter()
                .any(|mention| !mention.words.is_empty() || mention.best.is_some())
            && !mentions(self.index, left).is_empty()
        {
            self.swap_sides(left, right);
            return;
        }
        let found = mentions(self.index, pieces);
        if found.is_empty() {
            self.unread = self.unread.saturating_add(1);
            return;
        }
        for mention in &found {
            let is_more = mention.is_more || (is_by && verb == Mark::Raise);
            let is_less = mention.is_less || (is_by && verb == Mark::Lower);
            if is_more {
                self.add_all(std::slice::from_ref(&Mention { is_more: true, ..mention.clone() }));
            } else if is_less {
                self.remove_one(mention);
            } else {
                self.set_mention(verb, mention, points);
            }
        }
    }

    fn set_mention(&mut self, verb: Mark, mention: &Mention, points: bool) {
        let is_into = !mention.words.is_empty()
            && matches!(self.target(mention), Target::Missing)
            && (points
                || only_describes(self.index, &mention.words)
                || self.context.open.is_some());
        if is_into
            || (mention.number.is_none()
                && !mention.words.is_empty()
                && (points || mention.is_instead))
        {
            self.into(mention);
            return;
        }
        if mention.number.is_none() && self.recolour(mention) {
            return;
        }
        let missing = matches!(self.target(mention), Target::Missing | Target::Empty);
        if verb == Mark::Just && missing {
            self.add_all(std::slice::from_ref(mention));
            return;
        }
        let wanted = mention
            .number
            .and_then(|number| Count::new(number.count?).filter(|_| !number.is_factor));
        let purpose = wanted.map_or(Purpose::Remove(None), Purpose::Set);
        for item in self.lines_of(mention, purpose) {
            let Some(number) = mention.number else {
                self.ask_count(item, Purpose::Set(Count::ONE));
                continue;
            };
            let Some(count) = self.scope().count(Some(number), item) else {
                self.ask_count(item, Purpose::Set(Count::ONE));
                continue;
            };
            let Some(id) = self.id(item) else { continue };
            let count = if number.is_factor {
                Count::new(self.quantity_of(&id).saturating_mul(count.get()))
            } else {
                Some(count)
            };
            match count {
                Some(count) => self.set(item, count),
                None => self.ask_count(item, Purpose::Set(Count::ONE)),
            }
        }
    }

    /// `make the mug gray`: the line that is a mug becomes a gray one.
    fn recolour(&mut self, mention: &Mention) -> bool {
        let kinds: Vec<_> = mention
            .words
            .iter()
            .filter(|word| crate::link::is_kind_alone(self.index, word))
            .cloned()
            .collect();
        if kinds.is_empty() || kinds.len() == mention.words.len() {
            return false;
        }
        let Target::Lines(items) = self.target(&Mention { words: kinds, ..Mention::default() })
        else {
            return false;
        };
        let old = items.first().and_then(|item| self.id(*item));
        match (old, items.len()) {
            (Some(old), 1) => {
                self.exchange(&old, mention);
                true
            }
            _ => false,
        }
    }

    /// What was spoken of last becomes something else.
    pub(crate) fn into(&mut self, mention: &Mention) {
        let pointing = Mention { reference: Some(Reference::It), ..Mention::default() };
        let target = self.target(&pointing);
        let [old] = (match target {
            Target::Lines(items) => items,
            _ => Vec::new(),
        })[..] else {
            // Nothing is there to be changed: what was asked about is answered, or it is new.
            self.add_all(std::slice::from_ref(mention));
            return;
        };
        let Some(old) = self.id(old) else { return };
        self.exchange(&old, mention);
    }

    fn exchange(&mut self, old: &ItemId, mention: &Mention) {
        let count = mention
            .number
            .filter(|number| number.by == By::One)
            .and_then(|number| Count::new(number.count?));
        let before = self.index.number(old);
        let scope = crate::decide::Scope { before, ..self.scope() };
        let choice = scope.choose(mention);
        match choice {
            Choice::One(new) => self.replace(old, new, count),
            Choice::Several(items) => {
                let others: Vec<ItemNo> =
                    items.iter().filter(|item| Some(**item) != before).copied().collect();
                match others.as_slice() {
                    [one] => self.replace(old, *one, count),
                    _ => self.explain(
                        Choice::Several(others),
                        mention,
                        Purpose::Replace(old.clone()),
                    ),
                }
            }
            other => self.explain(other, mention, Purpose::Replace(old.clone())),
        }
    }

    /// `swap A for B`.
    pub(crate) fn swap(&mut self, pieces: &[Piece]) {
        let joints = [Mark::With, Mark::For, Mark::To, Mark::By, Mark::In];
        if let Some((left, right)) = split(pieces, &joints) {
            self.swap_sides(left, right);
            return;
        }
        match mentions(self.index, pieces).as_slice() {
            [mention] => self.into(mention),
            _ => self.unread = self.unread.saturating_add(1),
        }
    }

    pub(crate) fn swap_sides(&mut self, left: &[Piece], right: &[Piece]) {
        let old = mentions(self.index, left).into_iter().next().unwrap_or_default();
        let Some(new) = mentions(self.index, right).into_iter().next() else {
            self.unread = self.unread.saturating_add(1);
            return;
        };
        for item in self.lines_of(&old, Purpose::Remove(None)) {
            if let Some(id) = self.id(item) {
                self.exchange(&id, &new);
            }
        }
    }

    /// `B instead of A`, either way round. Of what is not in the cart, it only says what not to add.
    pub(crate) fn instead_of(&mut self, pieces: &[Piece]) {
        let Some((left, right)) = split(pieces, &[Mark::InsteadOf]) else { return };
        let counts =
            |found: &[Mention]| matches!(found, [one] if !one.is_about() && one.number.is_some());
        if counts(&mentions(self.index, right)) {
            // `ten pens instead of five`.
            self.change(Mark::Make, left);
            return;
        }
        let (old, new) = if mentions(self.index, left).is_empty() {
            match right.iter().position(|piece| piece.what == What::Comma) {
                Some(place) => {
                    let (old, new) = right.split_at(place);
                    (old, new)
                }
                None => return,
            }
        } else {
            (right, left)
        };
        self.swap_sides(old, new);
    }
}

/// The pieces before and behind the first of these marks.
pub(crate) fn split<'a>(pieces: &'a [Piece], marks: &[Mark]) -> Option<(&'a [Piece], &'a [Piece])> {
    let is_joint = |piece: &Piece| matches!(piece.what, What::Mark(mark) if marks.contains(&mark));
    let place = pieces.iter().position(is_joint)?;
    let (left, right) = pieces.split_at(place);
    right.split_first().map(|(_, right)| (left, right))
}
