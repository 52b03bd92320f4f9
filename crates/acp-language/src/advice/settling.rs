use acp_core::ids::ItemId;
use acp_core::money::Money;
use acp_core::plan::{Constraint, Issue, IssueKind, Operation, PlanDraft};
use acp_core::ports::{Inquiry, Proposal, Verb};

use super::asking::Sentence;
use super::cues::Cues;
use super::effect::touched;
use super::vetting::{Objection, vet};
use super::weighing::{About, Difference, Verdict, Why, weigh};
use crate::act::Planner;
use crate::context::Purpose;
use crate::index::{Index, ItemNo};
use crate::parse::{Understanding, remember};

/// What became of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: the understanding of the rules holds.
    Kept(Why),
    /// Nothing: something is wrong with it.
    Objected(Objection),
    /// It is what is done.
    Taken,
    /// The shopper is asked.
    Asked(Difference),
}

/// An understanding, and what a model had to do with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    /// What the sentence comes to.
    pub understanding: Understanding,
    /// What became of the proposal.
    pub outcome: Outcome,
}

/// Holds a proposal against what the rules understood.
pub fn consider(
    sentence: &Sentence<'_>,
    understood: Understanding,
    inquiry: &Inquiry,
    proposal: &Proposal,
) -> Considered {
    let Some(cues) = understood.cues.clone() else {
        return Considered { understanding: understood, outcome: Outcome::Kept(Why::Settled) };
    };
    let (index, context, draft) = (sentence.index, sentence.context, &proposal.draft);
    if let Err(objection) = vet(draft, inquiry, index, context, &cues) {
        return Considered { understanding: understood, outcome: Outcome::Objected(objection) };
    }
    let settling = Settling { sentence, understood, proposed: draft, cues: &cues };
    match weigh(sentence, &settling.understood, proposal, &cues) {
        Verdict::Rules(why) => {
            Considered { understanding: settling.understood, outcome: Outcome::Kept(why) }
        }
        Verdict::Model => match settling.taken() {
            Some(understanding) => Considered { understanding, outcome: Outcome::Taken },
            None => Considered {
                understanding: settling.understood,
                outcome: Outcome::Objected(Objection::NotAllowed),
            },
        },
        Verdict::Ask(difference) => Considered {
            understanding: settling.asked(&difference),
            outcome: Outcome::Asked(difference),
        },
    }
}

struct Settling<'a> {
    sentence: &'a Sentence<'a>,
    understood: Understanding,
    proposed: &'a PlanDraft,
    cues: &'a Cues,
}

impl Settling<'_> {
    /// The proposal takes the place of what the rules did to the cart; what only rules can read
    /// stays. `None` where both together are more than a plan can be.
    fn taken(&self) -> Option<Understanding> {
        let of_rules = self.understood.draft.operations().iter();
        let others = of_rules.filter(|operation| Verb::of(operation).is_none());
        let operations: Vec<Operation> =
            others.chain(self.proposed.operations()).cloned().collect();
        let draft = PlanDraft::new(operations, self.constraints()).ok()?;
        let planner = Planner::new(self.sentence.index, self.sentence.context);
        Some(self.understanding(planner, draft, Vec::new()))
    }

    /// What is not in doubt stays, and the rest is asked.
    fn asked(&self, difference: &Difference) -> Understanding {
        let is_clear = |operation: &&Operation| {
            !matches!(operation, Operation::Checkout | Operation::ClearCart)
                && touched(operation).iter().all(|item| !difference.items.contains(item))
        };
        let of_rules = self.understood.draft.operations().iter();
        let operations: Vec<Operation> = of_rules.filter(is_clear).cloned().collect();
        let constraints = self.understood.draft.constraints().to_vec();
        let draft = PlanDraft::new(operations, constraints).unwrap_or_default();
        let mut planner = Planner::new(self.sentence.index, self.sentence.context);
        self.ask(&mut planner, difference);
        let is_answered =
            |issue: &&Issue| !matches!(issue.kind, IssueKind::NotUnderstood | IssueKind::NotFound);
        let issues = self.understood.issues.iter().filter(is_answered).cloned().collect();
        self.understanding(planner, draft, issues)
    }

    fn ask(&self, planner: &mut Planner<'_>, difference: &Difference) {
        let items = numbers(self.sentence.index, &difference.items);
        match (difference.about, items.as_slice()) {
            (About::Payment, _) | (_, []) => planner.issue(
                IssueKind::Clarify,
                "It is not clear whether this asks to pay. Say `check out` to pay for the cart.",
            ),
            (About::Quantity, [item, ..]) => {
                let purpose = self.purpose(difference.items.first());
                planner.ask_count(*item, purpose);
            }
            (About::Item, _) => {
                let purpose = self.purpose(difference.items.first());
                planner.ask_which(&items, purpose, None);
            }
        }
    }

    /// What happens with the answer: what the rules, or else the model, would have done.
    fn purpose(&self, item: Option<&ItemId>) -> Purpose {
        let both = self.understood.draft.operations().iter().chain(self.proposed.operations());
        let is_about =
            |operation: &&Operation| item.is_some_and(|id| touched(operation).contains(&id));
        match both.into_iter().find(is_about) {
            Some(Operation::Remove { quantity, .. }) => Purpose::Remove(*quantity),
            Some(Operation::SetQuantity { quantity, .. }) => Purpose::Set(*quantity),
            Some(Operation::Replace { old, .. }) => Purpose::Replace(old.clone()),
            _ => Purpose::Add,
        }
    }

    /// The limits of the rules, and those that were spoken where the rules read nothing.
    fn constraints(&self) -> Vec<Constraint> {
        let mut constraints = self.understood.draft.constraints().to_vec();
        let money = |minor: i64| Money::new(minor, self.sentence.index.currency()?).ok();
        let changes = self.proposed.operations().iter().filter(|each| each.changes_cart());
        let unit = self.cues.unit_cap().filter(|_| changes.count() == 1).and_then(money);
        let total = self.cues.total_cap().and_then(money);
        constraints.extend(unit.map(Constraint::UnitPriceAtMost));
        constraints.extend(total.map(Constraint::TotalAtMost));
        let mut kept: Vec<Constraint> = Vec::with_capacity(constraints.len());
        for constraint in constraints {
            if !kept.contains(&constraint) {
                kept.push(constraint);
            }
        }
        kept
    }

    fn understanding(
        &self,
        mut planner: Planner<'_>,
        draft: PlanDraft,
        mut issues: Vec<Issue>,
    ) -> Understanding {
        for operation in draft.operations() {
            if let Operation::Search { results, .. } = operation {
                planner.results = Some(results.clone());
            }
            planner.plan(operation.clone());
        }
        let context = remember(&planner, &draft);
        issues.append(&mut planner.issues);
        Understanding {
            draft,
            questions: planner.questions,
            issues,
            spoken: self.understood.spoken.clone(),
            coverage: self.understood.coverage,
            language: self.understood.language,
            cues: self.understood.cues.clone(),
            context,
        }
    }
}

fn numbers(index: &Index, items: &[ItemId]) -> Vec<ItemNo> {
    items.iter().filter_map(|item| index.number(item)).collect()
}
