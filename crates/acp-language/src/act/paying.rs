//! Paying for what is in the cart, and the most it may come to.

use acp_core::plan::IssueKind;

use crate::act::Planner;
use crate::act::clause::has;
use crate::lexicon::Mark;
use crate::link::names_kind;
use crate::mention::{Mention, mentions};
use crate::money::{Bound, Spoken as Spent};
use crate::scan::Piece;

impl Planner<'_> {
    /// `check out the red mug` looks at a mug, and `check out your books` at books.
    pub(crate) fn check_out(&mut self, pieces: &[Piece]) {
        if has(pieces, Mark::Later) {
            return;
        }
        let found = mentions(self.index, pieces);
        let is_of_goods = |mention: &Mention| {
            mention.words.iter().any(|word| word.terms.iter().any(|it| self.index.names_goods(*it)))
        };
        let names =
            |mention: &Mention| names_kind(self.index, &mention.words) || is_of_goods(mention);
        if found.iter().any(names) && !has(pieces, Mark::With) && !has(pieces, Mark::For) {
            self.find(&found);
            return;
        }
        self.wants_checkout = true;
        if let Some(limit) = found.iter().find_map(limit_of) {
            self.pay_within(limit);
        }
    }

    /// `don't go over $50`, `but keep it under $50`: of what is not to be done, a limit stays.
    pub(crate) fn denied(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        let limit = found.iter().filter(|mention| mention.words.is_empty()).find_map(limit_of);
        match limit {
            Some(limit) if limit.bound == Bound::AtLeast => {
                self.pay_within(Spent { bound: Bound::AtMost, is_strict: false, ..limit });
            }
            Some(limit) if limit.bound == Bound::AtMost => self.pay_within(limit),
            _ => {}
        }
    }

    /// `check out if it is under $50`: an amount beside a payment is the most it may come to.
    fn pay_within(&mut self, limit: Spent) {
        if limit.minor.is_none() {
            self.foreign_currency();
        } else if limit.bound == Bound::AtLeast {
            let message = "Only the most it may cost can be a condition of paying.";
            self.issue(IssueKind::NotUnderstood, message);
        } else {
            self.total = Some(Spent { bound: Bound::AtMost, ..limit });
        }
    }
}

fn limit_of(mention: &Mention) -> Option<Spent> {
    mention.total.or(mention.cap)
}
