//! Putting things into the cart, and things in the place of others.

use acp_core::ids::ItemId;
use acp_core::plan::{Count, Operation, Slot};

use crate::act::Planner;
use crate::context::{Open, Purpose};
use crate::decide::{Choice, with_kind};
use crate::index::ItemNo;
use crate::link::{only_describes, taken_apart};
use crate::mention::Mention;

impl Planner<'_> {
    pub(crate) fn add_all(&mut self, mentions: &[Mention]) {
        let mentions = self.distributed(mentions);
        for mention in &mentions {
            if mention.total.is_some() {
                self.total = mention.total;
            }
            self.caps.extend(mention.cap);
            self.add(mention);
        }
    }

    /// `three pens, two black and one blue`: the first only says what the others are.
    fn distributed(&self, mentions: &[Mention]) -> Vec<Mention> {
        let Some((first, rest)) = mentions.split_first() else { return Vec::new() };
        let whole = |mention: &Mention| mention.number.and_then(|number| number.count);
        let are_parts = rest.len() > 1
            && rest.iter().all(|part| only_describes(self.index, &part.words))
            && rest.iter().filter_map(whole).sum::<u32>() == whole(first).unwrap_or(0);
        if !are_parts {
            return mentions.to_vec();
        }
        rest.iter().map(|part| with_kind(self.index, first, part)).collect()
    }

    fn add(&mut self, mention: &Mention) {
        if mention.is_unclear {
            self.unread = self.unread.saturating_add(8);
            return;
        }
        if mention.is_less {
            self.remove_one(mention);
            return;
        }
        if !mention.is_about()
            && mention.negated.is_empty()
            && !mention.is_any
            && !mention.is_each
            && !mention.is_more
        {
            self.bare(mention);
            return;
        }
        let choice = self.more_of_a_line(mention).unwrap_or_else(|| self.scope().choose(mention));
        match choice {
            Choice::One(item) => self.add_one(item, mention),
            Choice::Several(items) if mention.is_each => {
                for item in items {
                    self.add_one(item, mention);
                }
            }
            Choice::Each(items) => {
                // Two mugs, and there are two: one of each.
                let among = u32::try_from(items.len()).unwrap_or(u32::MAX);
                let open = self.context.open.as_ref().map(|open| open.quantity.get());
                let is_split = mention.is_each || open == Some(among);
                let one = Some(crate::number::Number::of(Some(1)));
                let number = mention.number.or(one.filter(|_| is_split));
                let mention = &Mention { number, ..mention.clone() };
                for item in items {
                    self.add_one(item, mention);
                }
            }
            Choice::Unknown(_) | Choice::Gone(_) if self.add_fallback(mention) => {}
            Choice::Unknown(near) => match taken_apart(self.index, &mention.words) {
                Some(parts) if mention.negated.is_empty() => self.add_parts(mention, parts),
                _ => self.explain(Choice::Unknown(near), mention, Purpose::Add),
            },
            other => {
                let purpose = self.open_purpose();
                self.explain(other, mention, purpose);
            }
        }
    }

    /// `one more pen`, `twice the pens`: the pen that is in the cart already.
    fn more_of_a_line(&self, mention: &Mention) -> Option<Choice> {
        let is_factor = mention.number.is_some_and(|number| number.is_factor);
        if mention.words.is_empty() || !(mention.is_more || is_factor) {
            return None;
        }
        match self.target(mention) {
            crate::act::editing::Target::Lines(items) => match items.as_slice() {
                [one] => Some(Choice::One(*one)),
                _ => None,
            },
            _ => None,
        }
    }

    /// What a question that waits is about goes on through its answers.
    fn open_purpose(&self) -> Purpose {
        self.context.open.as_ref().map_or(Purpose::Add, |open| open.purpose.clone())
    }

    /// Only a number, a limit: it belongs to what was spoken of last, if anything.
    fn bare(&mut self, mention: &Mention) {
        let Some(number) = mention.number else {
            if mention.cap.is_some_and(|cap| cap.minor.is_none()) {
                self.foreign_currency();
            }
            return;
        };
        let open = self.context.open.clone().filter(|_| self.touched.is_empty());
        if let Some(open) = open.filter(|open| open.slot == Slot::Quantity)
            && let Some(item) = open.candidates.first().and_then(|id| self.index.number(id))
        {
            self.answer(item, self.scope().count(Some(number), item), &open);
            return;
        }
        if self.sized(mention) {
            return;
        }
        self.unread = self.unread.saturating_add(1);
    }

    /// A number that is how big one of these is: `128` for `128 GB`.
    pub(crate) fn size_word(&self, count: u32, among: &[ItemNo]) -> Option<crate::scan::Word> {
        let items = among.iter().filter_map(|item| self.index.item(*item));
        let mut terms = items.flat_map(|item| &item.options).flat_map(|(_, terms)| terms);
        let said = count.to_string();
        let is_size = |term: &&u32| {
            let spelling = self.index.spelling(**term);
            spelling
                .strip_prefix(&said)
                .is_some_and(|unit| !unit.starts_with(|c: char| c.is_ascii_digit()))
        };
        let term = terms.find(is_size)?;
        crate::link::number_word(self.index, self.index.spelling(*term))
    }

    /// A number may be the size that a question asked for.
    fn sized(&mut self, mention: &Mention) -> bool {
        let count = mention.number.and_then(|number| number.count);
        let Some(open) = &self.context.open else { return false };
        let candidates: Vec<ItemNo> =
            open.candidates.iter().filter_map(|id| self.index.number(id)).collect();
        let Some(word) = count.and_then(|count| self.size_word(count, &candidates)) else {
            return false;
        };
        let sized = Mention { words: vec![word], number: None, ..mention.clone() };
        match self.scope().choose(&sized) {
            Choice::One(item) => {
                self.add_one(item, &sized);
                true
            }
            _ => false,
        }
    }

    fn add_parts(&mut self, mention: &Mention, parts: Vec<Vec<crate::scan::Word>>) {
        for (place, words) in parts.into_iter().enumerate() {
            let number = mention.number.filter(|_| place == 0);
            self.add(&Mention { words, number, fallbacks: Vec::new(), ..mention.clone() });
        }
    }

    fn add_fallback(&mut self, mention: &Mention) -> bool {
        for fallback in &mention.fallbacks {
            let second = self.as_fallback(mention, fallback);
            if let Choice::One(item) = self.scope().choose(&second) {
                self.add_one(item, &Mention { fallbacks: Vec::new(), ..second });
                return true;
            }
        }
        false
    }

    /// A fallback with what the first choice said and it did not.
    fn as_fallback(&self, mention: &Mention, fallback: &Mention) -> Mention {
        let mut second = with_kind(self.index, mention, fallback);
        second.number = second.number.or(mention.number);
        if second.words.len() > fallback.words.len() {
            second = self.with_options(mention, fallback, second);
        }
        second
    }

    /// `a green polo in M, or in L`: green goes without saying.
    fn with_options(&self, mention: &Mention, fallback: &Mention, second: Mention) -> Mention {
        let firsts = crate::link::satisfying(self.index, &mention.words, None);
        let Some(first) = firsts.first().and_then(|item| self.index.item(*item)) else {
            return second;
        };
        let said = |terms: &[u32]| {
            fallback.words.iter().any(|word| word.terms.iter().any(|term| terms.contains(term)))
        };
        let siblings = firsts.first().map(|item| self.index.siblings(*item));
        let replaced: Vec<&str> = siblings
            .into_iter()
            .flatten()
            .filter_map(|item| self.index.item(item))
            .flat_map(|item| &item.options)
            .filter(|(_, terms)| said(terms))
            .map(|(name, _)| name.as_str())
            .collect();
        let kept = first.options.iter().filter(|(name, _)| !replaced.contains(&name.as_str()));
        let kept: Vec<u32> = kept.flat_map(|(_, terms)| terms).copied().collect();
        let mut words = second.words.clone();
        for word in &mention.words {
            let is_kept = word.terms.iter().any(|term| kept.contains(term));
            if is_kept && !words.contains(word) {
                words.push(word.clone());
            }
        }
        let is_sold = !crate::link::satisfying(self.index, &words, None).is_empty();
        if is_sold { Mention { words, ..second } } else { second }
    }

    fn add_one(&mut self, item: ItemNo, mention: &Mention) {
        let open = self.context.open.clone().filter(|open| {
            let id = self.id(item);
            id.is_some_and(|id| open.candidates.contains(&id)) && self.touched.is_empty()
        });
        if let Some(open) = open {
            let said = mention.number.map(|_| self.scope().count(mention.number, item));
            self.settle(item, said.unwrap_or(Some(open.quantity)), &open.purpose);
            return;
        }
        let Some(count) = self.scope().count(mention.number, item) else {
            self.ask_count(item, Purpose::Add);
            return;
        };
        if mention.number.is_some_and(|number| number.is_factor) {
            self.multiply(item, count);
            return;
        }
        if !self.has(item, count) && self.add_fallback(mention) {
            return;
        }
        let fallbacks = self.fallbacks(mention);
        self.put(item, count, fallbacks);
    }

    fn fallbacks(&self, mention: &Mention) -> Vec<ItemId> {
        let second =
            |fallback: &Mention| match self.scope().choose(&self.as_fallback(mention, fallback)) {
                Choice::One(item) => self.id(item),
                _ => None,
            };
        mention
            .fallbacks
            .iter()
            .filter_map(second)
            .take(acp_core::limits::PLAN_CANDIDATES_MAX)
            .collect()
    }

    fn multiply(&mut self, item: ItemNo, factor: Count) {
        let Some(id) = self.id(item) else { return };
        let wanted = self.quantity_of(&id).saturating_mul(factor.get());
        match Count::new(wanted) {
            Some(count) => self.set(item, count),
            None => self.put(item, factor, Vec::new()),
        }
    }

    /// Whether there are so many more than the cart holds.
    fn has(&self, item: ItemNo, count: Count) -> bool {
        let Some(entry) = self.index.item(item) else { return false };
        let wanted = self.quantity_of(&entry.id).saturating_add(count.get());
        self.context.stock(entry).is_none_or(|stock| wanted <= stock)
    }

    fn put(&mut self, item: ItemNo, count: Count, fallbacks: Vec<ItemId>) {
        if !self.has(item, count) {
            self.unavailable(&[item], Purpose::Add, count);
            return;
        }
        if let Some(id) = self.id(item) {
            self.plan(Operation::Add { item: id, quantity: count, fallbacks });
        }
    }

    /// Answers a question that waits with an item and, where that was said, how many of it.
    pub(crate) fn answer(&mut self, item: ItemNo, said: Option<Count>, open: &Open) {
        let known = (open.slot != Slot::Quantity).then_some(open.quantity);
        let purpose = match (&open.purpose, said) {
            (Purpose::Set(_), Some(said)) => Purpose::Set(said),
            (purpose, _) => purpose.clone(),
        };
        self.settle(item, said.or(known), &purpose);
    }

    /// Does with an item what a question was asked for.
    pub(crate) fn settle(&mut self, item: ItemNo, count: Option<Count>, purpose: &Purpose) {
        let Some(count) = count else {
            self.ask_count(item, purpose.clone());
            return;
        };
        let Some(id) = self.id(item) else { return };
        match purpose {
            Purpose::Add => self.put(item, count, Vec::new()),
            Purpose::Remove(quantity) => {
                self.plan(Operation::Remove { item: id, quantity: *quantity });
            }
            Purpose::Set(quantity) => self.set(item, *quantity),
            Purpose::Replace(old) => self.replace(&old.clone(), item, Some(count)),
        }
    }

    pub(crate) fn set(&mut self, item: ItemNo, count: Count) {
        let Some(entry) = self.index.item(item) else { return };
        let id = entry.id.clone();
        if self.context.stock(entry).is_some_and(|stock| count.get() > stock) {
            self.unavailable(&[item], Purpose::Set(count), count);
            return;
        }
        self.plan(Operation::SetQuantity { item: id, quantity: count });
    }

    /// One thing in the place of another, as many as there were unless somebody said.
    pub(crate) fn replace(&mut self, old: &ItemId, new: ItemNo, count: Option<Count>) {
        let Some(id) = self.id(new) else { return };
        let count = count.or_else(|| Count::new(self.quantity_of(old))).unwrap_or(Count::ONE);
        if *old == id {
            self.set(new, count);
            return;
        }
        if !self.has(new, count) {
            self.unavailable(&[new], Purpose::Replace(old.clone()), count);
            return;
        }
        self.plan(Operation::Replace { old: old.clone(), new: id, quantity: count });
    }
}
