//! Emptying the cart, wholly or but for some things.

use acp_core::ids::ItemId;
use acp_core::plan::{IssueKind, Operation};

use crate::act::Planner;
use crate::act::editing::Target;
use crate::mention::{Mention, Reference, mentions};
use crate::scan::Piece;

impl Planner<'_> {
    /// `keep the mugs`: nothing happens to them.
    pub(crate) fn keep(&mut self, pieces: &[Piece]) {
        for mention in &mentions(self.index, pieces) {
            if mention.total.is_some() {
                self.total = mention.total;
            }
            if let Target::Lines(items) = self.target(mention) {
                self.kept.extend(
                    items
                        .iter()
                        .filter_map(|item| self.index.item(*item))
                        .map(|item| item.id.clone()),
                );
            }
        }
    }

    /// `remove everything else`.
    pub(crate) fn clear_others(&mut self) {
        if self.kept.is_empty() {
            self.unread = self.unread.saturating_add(2);
            return;
        }
        let lines: Vec<ItemId> = self.lines.iter().map(|line| line.item.clone()).collect();
        for item in lines.into_iter().filter(|item| !self.kept.contains(item)).collect::<Vec<_>>() {
            self.plan(Operation::Remove { item, quantity: None });
        }
    }

    /// `remove everything but the tea`.
    pub(crate) fn clear_except(&mut self, pieces: &[Piece]) {
        let kept = mentions(self.index, pieces).into_iter().flat_map(|mention| mention.negated);
        let negated = kept.collect();
        self.remove_one(&Mention {
            reference: Some(Reference::All),
            negated,
            ..Mention::default()
        });
    }

    pub(crate) fn clear(&mut self) {
        if self.lines.is_empty() {
            self.issue(
                IssueKind::EmptyCart,
                "There is nothing in the cart that could be taken out.",
            );
        } else {
            self.plan(Operation::ClearCart);
        }
    }
}
