//! What would do in the place of what cannot be had, and why.

use std::borrow::Cow;
use std::collections::HashSet;

use acp_core::limits::{ALTERNATIVES_RANKED_MAX, PLAN_CANDIDATES_MAX};
use acp_core::plan::Alternative;

use crate::decide::Scope;
use crate::index::ItemNo;

impl Scope<'_> {
    /// What would do instead, nearest first.
    pub(crate) fn alternatives(&self, gone: &[ItemNo]) -> Vec<Alternative> {
        let Some(first) = gone.first().and_then(|item| self.index.item(*item)) else {
            return Vec::new();
        };
        let Some(number) = gone.first() else { return Vec::new() };
        // Those seen are not looked at again: a category may be most of a catalogue.
        let mut seen: HashSet<ItemNo> = gone.iter().copied().collect();
        let mut ranked: Vec<(u8, u64, ItemNo)> = Vec::new();
        let siblings = self.index.siblings(*number);
        let category = crate::text::tokens(&first.category);
        let leaf = category.iter().rfind(|token| token.is_word());
        let term = leaf.and_then(|leaf| self.index.term(&crate::lexicon::canonical(&leaf.text)));
        let same_category = term.map_or(&[][..], |term| self.index.postings(term));
        let others = same_category.iter().map(|(item, _)| *item);
        for item in siblings.clone().chain(others).take(ALTERNATIVES_RANKED_MAX) {
            if !seen.insert(item) {
                continue;
            }
            let Some(other) = self.index.item(item).filter(|other| self.context.is_in_stock(other))
            else {
                continue;
            };
            let rank = if siblings.contains(&item) {
                0
            } else if other.head == first.head {
                1
            } else if other.category == first.category {
                2
            } else {
                continue;
            };
            ranked.push((rank, other.price.abs_diff(first.price), item));
        }
        ranked.sort_unstable();
        let made = |(rank, apart, item): &(u8, u64, ItemNo)| {
            let other = self.index.item(*item)?;
            let mut reasons = vec![Cow::Borrowed(match rank {
                0 => "same product",
                1 => "same kind",
                _ => "same category",
            })];
            if *apart == 0 {
                reasons.push("same price".into());
            }
            if other.brand == first.brand {
                reasons.push("same brand".into());
            }
            Some(Alternative { item: other.id.clone(), reasons })
        };
        ranked.iter().filter_map(made).take(PLAN_CANDIDATES_MAX).collect()
    }
}
