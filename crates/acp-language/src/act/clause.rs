//! What each clause does, by its verb.

use acp_core::plan::{Count, IssueKind, Operation, OrderChoice, Slot};

use crate::act::Planner;
use crate::act::editing::split;
use crate::clause::Clause;
use crate::decide::Choice;
use crate::lexicon::Mark;
use crate::link::{names_kind, only_describes};
use crate::mention::{Mention, Reference, mentions};
use crate::scan::{Piece, What};

pub(crate) fn has(pieces: &[Piece], mark: Mark) -> bool {
    pieces.iter().any(|piece| piece.what == What::Mark(mark))
}

impl Planner<'_> {
    pub(crate) fn act(&mut self, clause: &Clause, is_alone: bool, names_last: bool) {
        if let Some(What::Done(operation)) = clause.pieces.first().map(|piece| &piece.what) {
            self.extracted(operation);
            return;
        }
        let pieces = clause.pieces.as_slice();
        if clause.is_denied {
            self.denied(pieces);
            return;
        }
        if matches!(clause.verb, Some(Mark::Find | Mark::What | Mark::Price))
            && self.asks_for_cart(pieces)
        {
            self.operations.push(Operation::ViewCart);
            return;
        }
        match clause.verb {
            Some(Mark::Keep) => self.keep(pieces),
            Some(Mark::Clear) if has(pieces, Mark::Otherwise) => self.clear_others(),
            Some(Mark::Clear) if has(pieces, Mark::Not) => self.clear_except(pieces),
            Some(Mark::Clear) => self.clear(),
            Some(Mark::View) => self.operations.push(Operation::ViewCart),
            Some(Mark::Checkout) => self.check_out(pieces),
            Some(Mark::Status) => self.order(Operation::OrderStatus, true),
            Some(Mark::CancelOrder) => self.order(Operation::CancelOrder, names_last),
            Some(Mark::Yes) => self.yes(is_alone),
            Some(Mark::No) => self.no(is_alone),
            Some(Mark::Again) => self.again(),
            Some(Mark::Thanks) => {}
            Some(Mark::Cancel) => self.cancel(pieces),
            Some(Mark::Remove) => self.remove_clause(pieces),
            Some(Mark::Put | Mark::Take) if has(pieces, Mark::Out) => self.remove(pieces),
            Some(verb @ (Mark::Make | Mark::Raise | Mark::Lower | Mark::Just)) => {
                if has(pieces, Mark::InsteadOf) {
                    self.instead_of(pieces);
                } else {
                    self.change(verb, pieces);
                }
            }
            Some(Mark::Swap) => self.swap(pieces),
            Some(Mark::Find) => self.find(&mentions(self.index, pieces)),
            Some(Mark::What) => self.what(pieces),
            Some(Mark::Price) => self.price(&mentions(self.index, pieces)),
            Some(Mark::Buy) => self.buy(pieces),
            Some(Mark::About) => self.about(pieces),
            Some(_) => self.add_clause(pieces, clause.is_question),
            None => self.plain(clause, is_alone),
        }
    }

    /// `tell me what I have in my cart`.
    fn asks_for_cart(&self, pieces: &[Piece]) -> bool {
        let names = |mention: &Mention| mention.words.iter().any(|word| !word.terms.is_empty());
        has(pieces, Mark::Cart) && !mentions(self.index, pieces).iter().any(names)
    }

    /// `what books do you have` asks for goods; `what is love` does not.
    fn what(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        let words: usize = found.iter().map(|mention| mention.words.len()).sum();
        let (issues, operations) = (self.issues.len(), self.operations.len());
        if words > 0 {
            self.find(&found);
        }
        if words == 0 || self.issues.len() > issues {
            self.issues.truncate(issues);
            self.operations.truncate(operations);
            self.unread = self.unread.saturating_add(1);
        }
    }

    fn remove_clause(&mut self, pieces: &[Piece]) {
        // `remove the tea and give me honey instead` is two clauses; `... instead of` is one.
        let sides = split(pieces, &[Mark::To]).map(|(_, right)| mentions(self.index, right));
        let is_number = |found: &Vec<Mention>| matches!(found.as_slice(), [one] if one.words.is_empty() && one.number.is_some());
        if has(pieces, Mark::InsteadOf) {
            self.instead_of(pieces);
        } else if sides.as_ref().is_some_and(is_number) {
            self.change(Mark::Make, pieces);
        } else {
            self.remove(pieces);
        }
    }

    fn add_clause(&mut self, pieces: &[Piece], is_question: bool) {
        if has(pieces, Mark::InsteadOf) {
            self.instead_of(pieces);
            return;
        }
        let found = mentions(self.index, pieces);
        if let [mention] = found.as_slice()
            && (mention.is_instead || self.is_corrected)
            && mention.is_about()
        {
            self.fix(mention);
            return;
        }
        if let [mention] = found.as_slice()
            && !mention.is_about()
            && mention.number.is_some()
            && self.pointed_is_new(&[Mention { is_one: true, ..mention.clone() }])
        {
            self.add_all(&[Mention { is_one: true, ..mention.clone() }]);
            return;
        }
        if found.is_empty() && is_question {
            self.unread = self.unread.saturating_add(1);
        }
        self.add_all(&found);
    }

    /// `no, the unsalted one`: what was done last was not meant.
    fn fix(&mut self, mention: &Mention) {
        if mention.words.is_empty() && mention.number.is_some() {
            self.change_last(mention);
            return;
        }
        let last = self.context.salience.first();
        let is_same_kind = last.and_then(|id| self.index.number(id)).is_some_and(|last| {
            let scope = self.scope();
            let kin = |item: u32| {
                let head = |number| self.index.item(number).and_then(|item| item.head);
                head(item).is_some() && head(item) == head(last)
            };
            match scope.choose(mention) {
                Choice::One(item) => kin(item),
                Choice::Several(items) | Choice::Gone(items) => items.iter().all(|item| kin(*item)),
                _ => false,
            }
        });
        let is_part =
            only_describes(self.index, &mention.words) && !names_kind(self.index, &mention.words);
        if self.touched.is_empty()
            && (is_same_kind || is_part || mention.is_instead || self.is_corrected)
        {
            self.into(mention);
        } else {
            self.add_all(std::slice::from_ref(mention));
        }
    }

    fn change_last(&mut self, mention: &Mention) {
        let piece = mention.clone();
        let Some(last) = self.context.salience.first().and_then(|id| self.index.number(id)) else {
            self.unread = self.unread.saturating_add(1);
            return;
        };
        let kin: Vec<u32> = self.index.siblings(last).collect();
        let size = piece
            .number
            .and_then(|number| number.count)
            .and_then(|count| self.size_word(count, &kin));
        if let Some(word) = size.filter(|_| piece.has_article) {
            self.into(&Mention { words: vec![word], number: None, ..piece });
            return;
        }
        match self.scope().count(piece.number, last) {
            Some(count) if self.id(last).is_some_and(|id| self.quantity_of(&id) > 0) => {
                self.set(last, count);
            }
            _ => self.unread = self.unread.saturating_add(1),
        }
    }

    /// A clause without a verb: an answer, a correction, a question, or a wish.
    fn plain(&mut self, clause: &Clause, is_alone: bool) {
        let pieces = clause.pieces.as_slice();
        if has(pieces, Mark::InsteadOf) {
            self.instead_of(pieces);
            return;
        }
        let is_fix = self.is_corrected || matches!(first_mark(pieces), Some(Mark::Correct));
        let found = mentions(self.index, pieces);
        if clause.is_question && self.context.open.is_none() {
            self.find(&found);
            return;
        }
        match found.as_slice() {
            [mention] if is_fix || mention.is_instead => {
                if mention.is_about() {
                    self.fix(mention);
                } else {
                    self.change_last(mention);
                }
            }
            [mention] if self.points_at_nothing(mention) => {
                self.unread = self.unread.saturating_add(1);
            }
            _ => {
                let before = self.issues.len();
                self.add_all(&found);
                self.doubt(&found, before, is_alone);
            }
        }
    }

    /// `it`, and no word of what about it.
    fn points_at_nothing(&self, mention: &Mention) -> bool {
        let is_pronoun = matches!(mention.reference, Some(Reference::It | Reference::Them));
        is_pronoun
            && mention.words.is_empty()
            && mention.number.is_none()
            && self.context.open.is_none()
    }

    /// A long clause of unknown words, with nothing that asks for goods, is no wish for goods.
    fn doubt(&mut self, found: &[Mention], before: usize, is_alone: bool) {
        let is_unknown = |issue: &acp_core::plan::Issue| issue.kind == IssueKind::NotFound;
        let fresh = self.issues.get(before..).unwrap_or_default();
        let all_unknown =
            !fresh.is_empty() && fresh.iter().all(is_unknown) && fresh.len() == found.len();
        let words: usize = found.iter().map(|mention| mention.words.len()).sum();
        let is_asked = found.iter().any(|mention| mention.number.is_some() || mention.has_article);
        if all_unknown && (words > 3 || !is_asked && words > 2 || !is_alone && !is_asked) {
            self.issues.truncate(before);
            self.unread = self.unread.saturating_add(u32::try_from(words).unwrap_or(u32::MAX));
        }
    }

    fn buy(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        let is_pointing = found.iter().all(|mention| {
            mention.words.is_empty()
                && mention.number.is_none()
                && !mention.is_one
                && !mention.is_more
        });
        let names_place = found.iter().any(|mention| {
            matches!(mention.reference, Some(Reference::Nth(_) | Reference::Last))
                || mention.best.is_some()
        });
        let is_shown = self.context.open.is_some() || self.pointed_is_new(&found);
        if is_pointing && !names_place && !is_shown && !has(pieces, Mark::InsteadOf) {
            self.wants_checkout = true;
        } else {
            self.add_clause(pieces, false);
        }
    }

    /// What is pointed at was shown but is not in the cart.
    fn pointed_is_new(&self, found: &[Mention]) -> bool {
        let Some(mention) = found.first() else { return false };
        match self.scope().choose(mention) {
            Choice::One(item) => self.id(item).is_some_and(|id| self.context.in_cart(&id) == 0),
            _ => false,
        }
    }

    /// `what about the blue one?` answers a question that waits, and asks otherwise.
    fn about(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        if self.context.open.is_some() && found.iter().any(Mention::is_about) {
            self.add_all(&found);
        } else {
            self.find(&found);
        }
    }

    fn cancel(&mut self, pieces: &[Piece]) {
        let found = mentions(self.index, pieces);
        let names = found.iter().any(|mention| !mention.words.is_empty());
        if names {
            self.remove(pieces);
        } else if self.context.open.is_some() {
            self.operations.push(Operation::Decline);
        } else {
            self.operations.push(Operation::CancelPlan);
        }
    }

    fn yes(&mut self, is_alone: bool) {
        if !is_alone {
            return;
        }
        let open = self.context.open.clone();
        let only = open.as_ref().and_then(|open| match open.candidates.as_slice() {
            [one] if open.slot != Slot::Quantity => self.index.number(one),
            _ => None,
        });
        match (only, open) {
            (Some(item), Some(open)) => self.settle(item, Some(open.quantity), &open.purpose),
            _ => self.operations.push(Operation::Confirm),
        }
    }

    fn no(&mut self, is_alone: bool) {
        self.wants_checkout = false;
        if is_alone {
            self.operations.push(Operation::Decline);
        } else {
            self.is_corrected = true;
        }
    }

    fn again(&mut self) {
        let last = self.context.salience.first().and_then(|id| self.index.number(id));
        match last.zip(Count::new(1)) {
            Some((item, count)) => self.settle(item, Some(count), &crate::context::Purpose::Add),
            None => self.operations.push(Operation::RepeatLast),
        }
    }

    fn order(&mut self, operation: fn(OrderChoice) -> Operation, is_latest: bool) {
        let Some(last) = self.context.orders.last() else {
            self.issue(IssueKind::NotFound, "No order was placed yet.");
            return;
        };
        if self.context.orders.len() > 1 && !is_latest {
            let prompt = "There are several orders. Say the id of the one you mean.";
            self.issue(IssueKind::Clarify, prompt);
            self.questions.push(acp_core::plan::Question {
                slot: Slot::Order,
                prompt: prompt.into(),
                candidates: Vec::new(),
                quantity: None,
            });
            return;
        }
        let choice = OrderChoice::Named(last.as_str().into());
        if !self
            .operations
            .iter()
            .any(|known| matches!(known, Operation::OrderStatus(_) | Operation::CancelOrder(_)))
        {
            self.operations.push(operation(choice));
        }
    }

    fn extracted(&mut self, operation: &Operation) {
        if let Operation::OrderStatus(OrderChoice::Named(id))
        | Operation::CancelOrder(OrderChoice::Named(id)) = operation
            && !self.context.orders.iter().any(|known| **known == **id)
        {
            self.issue(IssueKind::NotFound, "There is no order with this id.");
            return;
        }
        let is_known = self.operations.contains(operation);
        if !is_known {
            self.operations.push(operation.clone());
        }
    }
}

fn first_mark(pieces: &[Piece]) -> Option<Mark> {
    pieces.iter().find_map(|piece| match piece.what {
        What::Mark(Mark::Filler) | What::Comma | What::Noise => None,
        What::Mark(mark) => Some(Some(mark)),
        _ => Some(None),
    })?
}
