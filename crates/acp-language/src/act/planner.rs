//! The plan as it grows, clause by clause, over a working copy of the cart.

use acp_core::ids::ItemId;
use acp_core::limits::{PLAN_CANDIDATES_MAX, PLAN_QUESTIONS_MAX};
use acp_core::plan::{Count, Issue, IssueKind, Operation, Question, Slot};

use crate::context::{CartLine, Context, Open, Purpose};
use crate::decide::{Choice, Scope};
use crate::index::{Index, ItemNo};
use crate::mention::Mention;
use crate::money::Spoken;

pub(crate) struct Planner<'a> {
    pub index: &'a Index,

    /// As it was before the sentence.
    pub context: &'a Context,
    /// The cart as it will be.
    pub lines: Vec<CartLine>,
    pub operations: Vec<Operation>,
    pub issues: Vec<Issue>,
    pub questions: Vec<Question>,
    pub touched: Vec<ItemId>,
    pub results: Option<Vec<ItemId>>,
    pub open: Option<Open>,
    pub total: Option<Spoken>,
    /// Limits on the price of one thing that is added.
    pub caps: Vec<Spoken>,
    /// Said to stay.
    pub kept: Vec<ItemId>,
    pub wants_checkout: bool,
    /// Said no to what was asked or done, and what follows says what is meant.
    pub is_corrected: bool,
    pub read: u32,
    pub unread: u32,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(index: &'a Index, context: &'a Context) -> Self {
        Self {
            index,

            context,
            lines: context.cart.clone(),
            operations: Vec::new(),
            issues: Vec::new(),
            questions: Vec::new(),
            touched: Vec::new(),
            results: None,
            open: None,
            total: None,
            caps: Vec::new(),
            kept: Vec::new(),
            wants_checkout: false,
            is_corrected: false,
            read: 0,
            unread: 0,
        }
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        let before = self.touched.last().and_then(|id| self.index.number(id));
        Scope { index: self.index, context: self.context, before }
    }

    pub(crate) fn id(&self, item: ItemNo) -> Option<ItemId> {
        self.index.item(item).map(|item| item.id.clone())
    }

    pub(crate) fn ids(&self, items: &[ItemNo]) -> Vec<ItemId> {
        items.iter().filter_map(|item| self.id(*item)).take(PLAN_CANDIDATES_MAX).collect()
    }

    pub(crate) fn quantity_of(&self, item: &ItemId) -> u32 {
        self.lines.iter().find(|line| line.item == *item).map_or(0, |line| line.quantity)
    }

    fn set_line(&mut self, item: &ItemId, quantity: u32) {
        self.lines.retain(|line| line.item != *item || quantity > 0);
        if let Some(line) = self.lines.iter_mut().find(|line| line.item == *item) {
            line.quantity = quantity;
        } else if quantity > 0 {
            self.lines.push(CartLine { item: item.clone(), quantity });
        }
    }

    /// Writes an operation down and does it to the working copy.
    pub(crate) fn plan(&mut self, operation: Operation) {
        match &operation {
            Operation::Add { item, quantity, .. } => {
                let now = self.quantity_of(item).saturating_add(quantity.get());
                self.set_line(item, now);
                self.touch(item);
            }
            Operation::Remove { item, quantity } => {
                let now =
                    quantity.map_or(0, |taken| self.quantity_of(item).saturating_sub(taken.get()));
                self.set_line(item, now);
                self.touch(item);
            }
            Operation::SetQuantity { item, quantity } => {
                self.set_line(item, quantity.get());
                self.touch(item);
            }
            Operation::Replace { old, new, quantity } => {
                self.set_line(old, 0);
                let now = self.quantity_of(new).saturating_add(quantity.get());
                self.set_line(new, now);
                self.touch(new);
            }
            Operation::ClearCart => self.lines.clear(),
            _ => {}
        }
        self.operations.push(operation);
    }

    pub(crate) fn touch(&mut self, item: &ItemId) {
        self.touched.retain(|known| known != item);
        self.touched.push(item.clone());
    }

    pub(crate) fn issue(&mut self, kind: IssueKind, message: &str) {
        self.issues.push(Issue::new(kind, message));
    }

    /// Asks which of some items is meant.
    pub(crate) fn ask(
        &mut self,
        items: &[ItemNo],
        slot: Slot,
        purpose: Purpose,
        quantity: Option<Count>,
    ) {
        let candidates = self.ids(items);
        let titles: Vec<&str> = items
            .iter()
            .filter_map(|item| self.index.item(*item))
            .map(|item| item.title.as_str())
            .take(3)
            .collect();
        let prompt = match slot {
            Slot::Quantity => format!("How many of {} do you want?", titles.join(", ")),
            _ => format!("Which one do you mean: {}?", titles.join(", ")),
        };
        let message = format!("Several things fit. {prompt}");
        let mut issue = Issue::new(IssueKind::Clarify, message);
        issue.items.clone_from(&candidates);
        self.issues.push(issue);
        if self.questions.len() < PLAN_QUESTIONS_MAX {
            self.questions.push(Question {
                slot,
                prompt: prompt.into(),
                candidates: candidates.clone(),
                quantity,
            });
        }
        self.keep_open(Open {
            slot,
            purpose,
            quantity: quantity.unwrap_or(Count::ONE),
            is_counted: quantity.is_some(),
            candidates,
        });
    }

    /// The first question of a sentence is the one a short answer belongs to.
    fn keep_open(&mut self, open: Open) {
        if self.open.is_none() {
            self.open = Some(open);
        }
    }

    pub(crate) fn ask_which(
        &mut self,
        items: &[ItemNo],
        purpose: Purpose,
        quantity: Option<Count>,
    ) {
        let product = |item: &ItemNo| self.index.item(*item).map(|item| item.product);
        let first = items.first().and_then(product);
        let is_one_product = items.iter().all(|item| product(item) == first);
        let slot = if is_one_product { Slot::Variant } else { Slot::Product };
        self.ask(items, slot, purpose, quantity);
    }

    /// There is none of it, or not so many.
    pub(crate) fn unavailable(&mut self, items: &[ItemNo], purpose: Purpose, asked: Count) {
        let available = items
            .iter()
            .filter_map(|item| self.index.item(*item))
            .filter_map(|item| self.context.stock(item))
            .max()
            .unwrap_or(0);
        let alternatives = self.scope().alternatives(items);
        let titles: Vec<&str> = items
            .iter()
            .filter_map(|item| self.index.item(*item))
            .map(|item| item.title.as_str())
            .take(2)
            .collect();
        let message = if available == 0 {
            format!(
                "{} cannot be had at the moment. Choose one of the alternatives.",
                titles.join(", ")
            )
        } else {
            format!("There are only {available} of {}. Ask for fewer.", titles.join(", "))
        };
        let candidates: Vec<ItemId> =
            alternatives.iter().map(|alternative| alternative.item.clone()).collect();
        self.issues.push(Issue {
            items: self.ids(items),
            alternatives,
            available: Some(available),
            ..Issue::new(IssueKind::Unavailable, message)
        });
        if available > 0 {
            let candidates = self.ids(items);
            let slot = Slot::Quantity;
            self.keep_open(Open { slot, purpose, quantity: asked, is_counted: false, candidates });
            return;
        }
        let slot = Slot::Product;
        if !candidates.is_empty() {
            self.keep_open(Open { slot, purpose, quantity: asked, is_counted: true, candidates });
        }
    }

    pub(crate) fn not_found(&mut self, mention: &Mention, near: &[ItemNo]) {
        let said: Vec<&str> = mention.words.iter().map(|word| word.text.as_str()).collect();
        let message = if said.is_empty() {
            "Nothing is known that this could point at. Say what you mean.".to_owned()
        } else {
            format!("Nothing is sold that is called `{}`. Try other words.", said.join(" "))
        };
        let mut issue = Issue::new(IssueKind::NotFound, message);
        issue.alternatives = near
            .iter()
            .filter_map(|item| self.id(*item))
            .map(|item| acp_core::plan::Alternative { item, reasons: vec!["same kind".into()] })
            .take(PLAN_CANDIDATES_MAX)
            .collect();
        self.issues.push(issue);
    }

    pub(crate) fn over_budget(&mut self, items: &[ItemNo]) {
        let nearest = items.first().copied();
        let title = nearest.and_then(|item| self.index.item(item)).map_or("It", |item| &item.title);
        let message = format!("{title} costs more than you want to spend. Name another limit.");
        let alternatives = nearest.and_then(|item| self.id(item)).map(|item| {
            acp_core::plan::Alternative { item, reasons: vec!["nearest price".into()] }
        });
        self.issues.push(Issue {
            items: self.ids(items),
            alternatives: alternatives.into_iter().collect(),
            ..Issue::new(IssueKind::OverBudget, message)
        });
    }

    pub(crate) fn foreign_currency(&mut self) {
        let message = "Amounts are not converted. Say it in the currency of the shop.";
        self.issue(IssueKind::Clarify, message);
        self.questions.push(Question {
            slot: Slot::Currency,
            prompt: message.into(),
            candidates: Vec::new(),
            quantity: None,
        });
    }

    /// Asks how many.
    pub(crate) fn ask_count(&mut self, item: ItemNo, purpose: Purpose) {
        self.ask(&[item], Slot::Quantity, purpose, None);
    }

    /// What a choice that is not one thing comes to.
    pub(crate) fn explain(&mut self, choice: Choice, mention: &Mention, purpose: Purpose) {
        let counted = mention.number.and_then(|number| {
            let is_whole = number.by == crate::number::By::One;
            Count::new(number.count?).filter(|_| is_whole)
        });
        match choice {
            Choice::Several(items) => self.ask_which(&items, purpose, counted),
            Choice::Gone(items) => self.unavailable(&items, purpose, counted.unwrap_or(Count::ONE)),
            Choice::TooDear(items) => self.over_budget(&items),
            Choice::Foreign => self.foreign_currency(),
            Choice::Unknown(near) => self.not_found(mention, &near),
            Choice::Nothing => self.issue(
                IssueKind::Clarify,
                "Nothing was spoken of yet that this could point at. Say what you mean.",
            ),
            Choice::One(_) | Choice::Each(_) => {}
        }
    }
}
