//! A sentence, from its characters to a draft.

use acp_core::dialogue::{Language, Spoken};
use acp_core::ids::ItemId;
use acp_core::money::Money;
use acp_core::plan::{Constraint, Count, Issue, IssueKind, Operation, PlanDraft, Question};

use crate::act::Planner;
use crate::advice::Cues;
use crate::clause::clauses;
use crate::context::{Context, Shop};
use crate::extract::taken;
use crate::guard::{is_bypass, is_off_topic, language};
use crate::index::Index;
use crate::lexicon::{Mark, canonical};
use crate::money::{Bound, Spoken as Spent};
use crate::scan::{Piece, What, pieces};
use crate::text::tokens;

/// Below this share of words that were understood, in percent, nothing is changed.
pub(crate) const COVERAGE_MIN: u32 = 75;

/// What a sentence comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understanding {
    /// What to do. Steps that wait for an answer are not in it.
    pub draft: PlanDraft,
    /// What has to be asked first, the most valuable first.
    pub questions: Vec<Question>,
    /// What could not be planned.
    pub issues: Vec<Issue>,
    /// Each stretch of words that was understood to be about an item.
    pub spoken: Vec<Spoken>,
    /// The share of words that were understood, in percent.
    pub coverage: u32,
    /// The language it is in.
    pub language: Language,
    /// What the words leave room for; nothing where they were not read for goods at all.
    pub cues: Option<Cues>,
    /// What the dialogue knows now. The cart in it is the caller's to fill in again.
    pub context: Context,
}

/// Reads a sentence.
pub fn parse(text: &str, index: &Index, shop: &Shop, context: &Context) -> Understanding {
    let tokens = tokens(text);
    let known =
        |word: &str| index.term(&canonical(word)).is_some_and(|term| index.names_goods(term));
    let language = language(text, &tokens, known);
    let refuse = |kind: IssueKind, message: &str| {
        let mut context = context.clone();
        context.latest = context.latest.min(context.salience.len());
        Understanding {
            draft: PlanDraft::default(),
            questions: Vec::new(),
            issues: vec![Issue::new(kind, message)],
            spoken: Vec::new(),
            coverage: 0,
            language,
            cues: None,
            context,
        }
    };
    if is_bypass(text, &tokens) {
        let message = "Limits, prices and permissions are not set by words. Ask for goods only.";
        return refuse(IssueKind::Refused, message);
    }
    if language == Language::Other {
        return refuse(IssueKind::LanguageUnsupported, "Only English is read. Say it in English.");
    }
    let not_understood = "This is not an instruction to a shop. Say what to add, change or order.";
    let ranges = taken(text, &tokens, shop, context);
    if ranges.iter().all(|range| range.operation.is_none()) && is_off_topic(&tokens) {
        return refuse(IssueKind::NotUnderstood, not_understood);
    }
    let pieces = pieces(&tokens, &ranges, index);
    let found = clauses(&pieces);
    let mut planner = Planner::new(index, context);
    let names_last = tokens.iter().any(|token| {
        matches!(token.text.as_str(), "last" | "latest" | "just" | "recent" | "previous" | "newest")
    });
    let is_alone = |place: usize| {
        let others = found.iter().enumerate().filter(|(other, _)| *other != place);
        others
            .into_iter()
            .all(|(_, clause)| matches!(clause.verb, Some(Mark::Thanks | Mark::Yes | Mark::No)))
    };
    for (place, clause) in found.iter().enumerate() {
        planner.act(clause, is_alone(place), names_last);
    }
    let spoken = spoken(&pieces, index);
    count_words(&mut planner, &pieces, found.is_empty());
    let cues = Cues::of(&planner, &pieces);
    Understanding { cues: Some(cues), ..finish(planner, spoken, language) }
}

/// Takes something a question that waits has offered, as if a sentence had led to it: so many of it,
/// or as many as were asked for. Nothing where the question did not offer it, or it is not sold any
/// more.
pub fn choose(
    item: &ItemId,
    count: Option<Count>,
    index: &Index,
    context: &Context,
) -> Option<Understanding> {
    let open = context.open.as_ref().filter(|open| open.candidates.contains(item))?;
    let number = index.number(item)?;
    let mut planner = Planner::new(index, context);
    planner.answer(number, count, open);
    planner.read = 1;
    Some(finish(planner, Vec::new(), Language::English))
}

/// Reads what each stretch of words led to.
fn spoken(pieces: &[Piece], index: &Index) -> Vec<Spoken> {
    let mut out: Vec<Spoken> = Vec::new();
    let mut is_open = false;
    for piece in pieces {
        let What::Word(word) = &piece.what else {
            is_open &=
                matches!(piece.what, What::Noise | What::Mark(Mark::Of | Mark::In | Mark::With));
            continue;
        };
        if !is_open {
            out.push(Spoken {
                start: piece.start,
                end: piece.end,
                matched: Vec::new(),
                unmatched: Vec::new(),
            });
            is_open = true;
        }
        let Some(last) = out.last_mut() else { continue };
        last.end = piece.end;
        match word.terms.first() {
            Some(term) => last.matched.push(index.spelling(*term).to_owned()),
            None => last.unmatched.push(word.text.clone()),
        }
    }
    out
}

fn count_words(planner: &mut Planner<'_>, pieces: &[Piece], is_nothing: bool) {
    let mut is_aside = false;
    for piece in pieces {
        is_aside = match &piece.what {
            What::Mark(
                Mark::Aside
                | Mark::Status
                | Mark::CancelOrder
                | Mark::View
                | Mark::Checkout
                | Mark::Clear,
            ) => true,
            What::Word(_)
            | What::Number(_)
            | What::Noise
            | What::Article
            | What::Mark(Mark::Filler | Mark::Of | Mark::In | Mark::To | Mark::For) => is_aside,
            _ => false,
        };
        if is_aside {
            continue;
        }
        match &piece.what {
            What::Word(word)
                if word.terms.is_empty()
                    && !word.is_empty
                    && !word.is_package
                    && planner.issues.is_empty() =>
            {
                planner.unread = planner.unread.saturating_add(1);
            }
            What::Word(_) | What::Number(_) | What::Done(_) => {
                planner.read = planner.read.saturating_add(1);
            }
            What::Mark(mark) if !matches!(mark, Mark::Filler) => {
                planner.read = planner.read.saturating_add(1);
            }
            _ => {}
        }
    }
    if is_nothing
        && planner.unread == 0
        && pieces.iter().any(|piece| matches!(piece.what, What::Word(_)))
    {
        planner.unread = 1;
    }
}

fn finish(mut planner: Planner<'_>, spoken: Vec<Spoken>, language: Language) -> Understanding {
    let all = planner.read.saturating_add(planner.unread);
    let coverage = planner.read.saturating_mul(100).checked_div(all).unwrap_or(0);
    keep_total(&mut planner);
    let is_silent =
        planner.operations.is_empty() && planner.issues.is_empty() && !planner.wants_checkout;
    let is_doubtful = coverage < COVERAGE_MIN && planner.unread > 0;
    if (is_silent && planner.unread > 0) || (is_doubtful && planner.issues.is_empty()) {
        planner.operations.retain(|operation| {
            matches!(operation, Operation::Search { .. } | Operation::ViewCart)
        });
        planner.wants_checkout = false;
        planner.lines.clone_from(&planner.context.cart);
        planner.touched.clear();
        if planner.operations.is_empty() {
            planner.issue(
                IssueKind::NotUnderstood,
                "Too little of this was understood to act on it. Say it in other words.",
            );
        }
    }
    check_out(&mut planner);
    let constraints = constraints(&planner);
    let operations = std::mem::take(&mut planner.operations);
    let draft = PlanDraft::new(operations, constraints).unwrap_or_else(|refused| {
        planner.issue(IssueKind::NotUnderstood, &format!("This is too much at once: {refused}."));
        planner.touched.clear();
        PlanDraft::default()
    });
    let context = remember(&planner, &draft);
    Understanding {
        draft,
        questions: planner.questions,
        issues: planner.issues,
        spoken,
        coverage,
        language,
        cues: None,
        context,
    }
}

fn check_out(planner: &mut Planner<'_>) {
    if !planner.wants_checkout || !planner.issues.is_empty() {
        return;
    }
    if planner.lines.is_empty() {
        planner.issue(
            IssueKind::EmptyCart,
            "There is nothing in the cart to pay for. Add something first.",
        );
    } else {
        planner.operations.push(Operation::Checkout);
    }
}

/// A limit on all of it: if it is passed, nothing of this sentence is put into the cart.
fn keep_total(planner: &mut Planner<'_>) {
    let Some(limit) = planner.total else { return };
    let price = |item: &ItemId| {
        planner
            .index
            .number(item)
            .and_then(|number| planner.index.item(number))
            .map_or(0, |item| item.price)
    };
    let sum = planner.lines.iter().fold(0_i64, |sum, line| {
        sum.saturating_add(price(&line.item).saturating_mul(i64::from(line.quantity)))
    });
    if crate::decide::allows(limit, sum) || limit.minor.is_none() {
        return;
    }
    let is_change = |operation: &Operation| operation.changes_cart();
    if planner.operations.iter().any(is_change) {
        let items: Vec<u32> =
            planner.touched.iter().filter_map(|item| planner.index.number(item)).collect();
        planner.operations.retain(|operation| !operation.changes_cart());
        planner.lines.clone_from(&planner.context.cart);
        planner.touched.clear();
        planner.over_budget(&items);
    } else if planner.wants_checkout {
        let lines = planner.lines.iter();
        let items: Vec<u32> = lines.filter_map(|line| planner.index.number(&line.item)).collect();
        planner.over_budget(&items);
    }
}

/// What the plan is held to. A limit on the price of one goes along only if there is one thing to
/// hold it against.
fn constraints(planner: &Planner<'_>) -> Vec<Constraint> {
    let money = |limit: Spent| {
        let (minor, currency) = limit.minor.zip(planner.index.currency())?;
        Money::new(minor, currency).ok()
    };
    let changes = planner.operations.iter().filter(|operation| operation.changes_cart()).count();
    let unit = match planner.caps.as_slice() {
        [cap] if changes == 1 && cap.bound == Bound::AtMost => money(*cap),
        _ => None,
    };
    let unit = unit.map(Constraint::UnitPriceAtMost);
    let total = planner.total.and_then(money).map(Constraint::TotalAtMost);
    unit.into_iter().chain(total).collect()
}

/// What the dialogue knows behind a plan.
pub(crate) fn remember(planner: &Planner<'_>, draft: &PlanDraft) -> Context {
    let mut context = planner.context.clone();
    context.cart.clone_from(&planner.lines);
    context.speak_of(&planner.touched);
    if let Some(results) = &planner.results {
        context.show(results);
        if let [only] = results.as_slice() {
            context.speak_of(std::slice::from_ref(only));
        }
    }
    let only_looked = !draft.is_empty()
        && draft.operations().iter().all(|operation| {
            matches!(
                operation,
                Operation::Search { .. } | Operation::ViewCart | Operation::SetDelivery(_)
            )
        });
    if planner.open.is_some() {
        context.open.clone_from(&planner.open);
    } else if !only_looked {
        context.open = None;
    }
    if draft.operations().contains(&Operation::Checkout) {
        context.cart.clear();
        context.open = None;
    }
    context
}
