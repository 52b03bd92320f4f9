//! Questions a shopper asks: what there is, and what it costs.

use acp_core::limits::PLAN_RESULTS_MAX;
use acp_core::money::Money;
use acp_core::plan::Operation;

use crate::act::Planner;
use crate::decide::{Choice, allows, join, leave_out};
use crate::index::ItemNo;
use crate::link::{ranked, satisfying};
use crate::mention::{Best, Mention, Reference};

impl Planner<'_> {
    pub(crate) fn find(&mut self, found: &[Mention]) {
        let empty = Mention::default();
        let mention = found
            .iter()
            .find(|mention| mention.is_about())
            .unwrap_or(found.first().unwrap_or(&empty));
        if mention.cap.is_some_and(|cap| cap.minor.is_none()) {
            self.foreign_currency();
            return;
        }
        let mut items = self.sought(mention);
        for more in found.iter().skip(1).chain(&mention.others) {
            let others = self.sought(more);
            join(&mut items, others);
        }
        let is_known = !items.is_empty();
        let price = |item: &ItemNo| self.index.item(*item).map_or(0, |item| item.price);
        for word in found.iter().flat_map(|mention| &mention.negated) {
            let without = satisfying(self.index, std::slice::from_ref(word), Some(&items));
            leave_out(&mut items, &without);
        }
        let cap = found.iter().find_map(|mention| mention.cap.or(mention.total));
        if let Some(cap) = cap {
            items.retain(|item| allows(cap, price(item)));
        }
        match mention.best {
            Some(Best::Cheapest) => items.sort_by_key(|item| (price(item), *item)),
            Some(Best::Dearest) => items.sort_by_key(|item| (price(item).saturating_neg(), *item)),
            None => {}
        }
        items.truncate(PLAN_RESULTS_MAX);
        let results = items.iter().filter_map(|item| self.id(*item)).collect::<Vec<_>>();
        let currency = self.index.currency();
        let unit_price_max = cap
            .and_then(|cap| cap.minor)
            .zip(currency)
            .and_then(|(minor, currency)| Money::new(minor, currency).ok());
        self.results = Some(results.clone());
        self.operations.push(Operation::Search { results, unit_price_max });
        if !is_known {
            self.not_found(mention, &[]);
        }
    }

    fn sought(&self, mention: &Mention) -> Vec<ItemNo> {
        if mention.words.is_empty() {
            let points = mention.is_about()
                && mention.reference != Some(Reference::All)
                && mention.best.is_none();
            return if points { self.pointed_items(mention) } else { self.everything() };
        }
        let needed = mention
            .words
            .iter()
            .rfind(|word| !word.is_measure && !word.is_empty && !word.is_package);
        if needed.is_some_and(|word| word.terms.is_empty()) {
            return Vec::new();
        }
        ranked(self.index, self.context, &mention.words)
    }

    fn pointed_items(&self, mention: &Mention) -> Vec<ItemNo> {
        match self.scope().choose(mention) {
            Choice::One(item) => vec![item],
            Choice::Each(items)
            | Choice::Several(items)
            | Choice::Gone(items)
            | Choice::TooDear(items) => items,
            Choice::Foreign | Choice::Unknown(_) | Choice::Nothing => Vec::new(),
        }
    }

    fn everything(&self) -> Vec<ItemNo> {
        let all = 0..u32::try_from(self.index.len()).unwrap_or(u32::MAX);
        let stock = |item: &ItemNo| {
            self.index.item(*item).is_some_and(|item| self.context.is_in_stock(item))
        };
        all.filter(stock).collect()
    }

    /// What a price was asked for.
    pub(crate) fn price(&mut self, found: &[Mention]) {
        let open = self
            .context
            .open
            .as_ref()
            .filter(|_| found.iter().all(|mention| mention.words.is_empty()));
        if let Some(open) = open {
            let results = open.candidates.clone();
            self.results = Some(results.clone());
            self.operations.push(Operation::Search { results, unit_price_max: None });
            return;
        }
        if found.is_empty() {
            let it = Mention { reference: Some(Reference::It), ..Mention::default() };
            self.find(std::slice::from_ref(&it));
            return;
        }
        self.find(found);
    }
}
