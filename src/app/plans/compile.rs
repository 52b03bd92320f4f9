//! A wish becomes terms: what is bought, what it costs, and what is done in which order.

use acp_core::ids::PlanId;
use acp_core::mandate::{Bought, Denied, Mandate, Purchase};
use acp_core::money::Money;
use acp_core::plan::{
    Basis, Issue, IssueKind, Mode, Operation, Outline, PlanRefusal, PlanStatus, PlanTerms,
    PlanWish, Question, Slot, Step, StepKind,
};
use acp_core::ports::SeenMandate;
use acp_core::refusal::Refusal;
use acp_core::session::{Owner, Session};

use super::pricing::{Priced, Unpriced};
use crate::app::{App, Failure};

/// What a wish comes to, and where a plan with these terms stands.
pub(super) struct Compiled {
    pub(super) terms: PlanTerms,
    pub(super) status: PlanStatus,
}

impl App {
    /// Works out what a wish comes to. Nothing is written and nothing is promised.
    pub(super) async fn compile(
        &self,
        who: (&Owner, &PlanId),
        wish: &PlanWish,
    ) -> Result<Compiled, Failure> {
        let (owner, _) = who;
        let mandate = self.mandate_named(owner, wish).await?;
        let ground = self.ground(owner, &wish.basis).await?;
        let mut terms = PlanTerms { before: ground.lines.clone(), ..PlanTerms::default() };
        terms.mandate_version = mandate.as_ref().map(|seen| seen.mandate.version);
        let outline = match Outline::of(&wish.draft, &ground.lines) {
            Ok(outline) => outline,
            Err(issue) => return Ok(stopped(terms, vec![issue].into())),
        };
        terms.total_max = outline.total_max;
        terms.lines = match self.planned_lines(&owner.tenant, &outline).await? {
            Ok(lines) => lines,
            Err(issues) => return Ok(stopped(terms, issues.into())),
        };
        terms.pays = outline.pays;
        let is_of_session = ground.session.is_some();
        if outline.pays || is_of_session && changes_checkout(&outline) {
            let about = (&ground, &outline);
            match self.priced(who, wish, about, &terms.lines).await? {
                Ok(priced) => {
                    let denied = self.over_limit(owner, &priced, mandate.as_ref(), &outline);
                    take_in(&mut terms, priced);
                    if let Some(denied) = denied.filter(|_| outline.pays) {
                        terms.pays = false;
                        terms.issues.extend(denied.issues);
                        terms.questions.extend(denied.questions);
                    }
                }
                // A checkout that is only changed need not be complete.
                Err(unpriced) if outline.pays || !unpriced.issues.is_empty() => {
                    return Ok(stopped(terms, unpriced));
                }
                Err(_) => {}
            }
        }
        terms.steps = steps(&terms, &outline, wish);
        let is_nothing = terms.steps.is_empty();
        let status = if !terms.questions.is_empty() || is_nothing && !terms.issues.is_empty() {
            PlanStatus::NeedsInput
        } else if terms.pays && !is_covered(&terms, mandate.as_ref(), wish) {
            PlanStatus::NeedsApproval
        } else {
            PlanStatus::Ready
        };
        Ok(Compiled { terms, status })
    }

    /// The mandate a wish names. One that was not given to this agent is not there.
    async fn mandate_named(
        &self,
        owner: &Owner,
        wish: &PlanWish,
    ) -> Result<Option<SeenMandate>, Failure> {
        let Some(id) = &wish.mandate else { return Ok(None) };
        let found = self.ports.mandates.find(&owner.tenant, id).await?;
        let theirs = found.filter(|seen| seen.mandate.agents.contains(&owner.agent));
        Ok(Some(theirs.ok_or(Refusal::PlanNot(PlanRefusal::NoMandate))?))
    }

    /// Why it may not cost this much: by the words of the shopper, or by the mandate.
    fn over_limit(
        &self,
        owner: &Owner,
        priced: &Priced,
        mandate: Option<&SeenMandate>,
        outline: &Outline,
    ) -> Option<Unpriced> {
        let total = priced.session.quote.totals.total();
        if let Some(most) = outline.total_max {
            if most.currency() != total.currency() {
                let prompt = format!("How much may it cost in {}?", total.currency());
                let (candidates, quantity) = (Vec::new(), None);
                let prompt = prompt.into();
                let asked = Question { slot: Slot::Currency, prompt, candidates, quantity };
                return Some(Unpriced { questions: vec![asked], ..Unpriced::default() });
            }
            if total.minor() > most.minor() {
                let message = format!("It costs {total} in all, and {most} is the limit.");
                return Some(Issue::new(IssueKind::OverBudget, message).into());
            }
        }
        let seen = mandate?;
        let purchase = purchase(owner, &priced.session);
        let now = self.ports.clock.now();
        let budget = &seen.mandate.budget;
        let span = self.ports.calendar.span(budget.window, &budget.time_zone, now);
        let judged = seen.mandate.judge(&purchase, now).and_then(|()| match span {
            Ok(span) => seen.ledger.judge_budget(&seen.mandate, total, span),
            Err(_) => Err(Denied::Uncountable),
        });
        judged.err().map(|denied| {
            let kind = match denied {
                Denied::Order(_)
                | Denied::Budget(_)
                | Denied::Orders
                | Denied::UnitPrice { .. } => IssueKind::OverBudget,
                _ => IssueKind::Refused,
            };
            Issue::new(kind, format!("The mandate does not cover it: {denied}.")).into()
        })
    }
}

impl From<Vec<Issue>> for Unpriced {
    fn from(issues: Vec<Issue>) -> Self {
        Self { issues, questions: Vec::new() }
    }
}

/// Terms of which nothing can be done before something else is said.
fn stopped(mut terms: PlanTerms, why: Unpriced) -> Compiled {
    terms.pays = false;
    let mut currencies = terms.lines.iter().map(|line| line.unit_price.currency());
    let first = currencies.next();
    if currencies.any(|currency| Some(currency) != first) {
        // Prices in several currencies make no plan, and there is none to show.
        terms.lines.clear();
    }
    terms.issues.extend(why.issues);
    terms.questions.extend(why.questions);
    Compiled { terms, status: PlanStatus::NeedsInput }
}

fn changes_checkout(outline: &Outline) -> bool {
    outline.changes_basket
        || !outline.codes.is_empty()
        || outline.without != acp_core::plan::Without::None
        || outline.address.is_some()
        || outline.delivery.is_some()
}

fn take_in(terms: &mut PlanTerms, priced: Priced) {
    let totals = &priced.session.quote.totals;
    terms.rows = totals.rows().to_vec();
    terms.total = Some(totals.total());
    terms.selections = priced.selections;
    terms.codes = priced.codes;
    terms.buyer = priced.buyer;
    terms.contact = priced.contact;
}

/// Whether a mandate pays for it without anybody's yes.
fn is_covered(terms: &PlanTerms, mandate: Option<&SeenMandate>, wish: &PlanWish) -> bool {
    let asks = |mandate: &Mandate, total: Money| mandate.asks_first(total);
    match (wish.mode, mandate, terms.total) {
        (Mode::Autopilot, Some(seen), Some(total)) => !asks(&seen.mandate, total),
        (Mode::Autopilot | Mode::Assisted | Mode::Preview, _, _) => false,
    }
}

/// What is bought, with the prices of the checkout it is bought by.
pub(super) fn purchase(owner: &Owner, session: &Session) -> Purchase {
    let quote = &session.quote;
    let bought = |line: &acp_core::session::QuotedLine| Bought {
        item: line.item.id.clone(),
        categories: with_parents(&line.item.category),
        unit_price: line.item.price,
        is_stored_value: is_stored_value(&line.item.category, &line.item.tags),
    };
    let contact = session.basket.contact.as_deref();
    Purchase {
        agent: owner.agent.clone(),
        merchant: owner.tenant.clone(),
        lines: quote.lines.iter().map(bought).collect(),
        country: contact.and_then(|it| it.address.as_ref()).map(|it| it.country.clone()),
        total: quote.totals.total(),
    }
}

/// A category and those it is part of: `clothing/shirts` is part of `clothing`.
fn with_parents(category: &str) -> Vec<Box<str>> {
    let ends = category.match_indices('/').map(|(end, _)| end);
    let parents = ends.filter_map(|end| category.get(..end)).map(Box::from);
    parents.chain([category.into()]).collect()
}

/// Whether goods are as good as money. It is told by their category and tags, which the merchant
/// writes.
fn is_stored_value(category: &str, tags: &[Box<str>]) -> bool {
    const WORDS: [&str; 4] = ["gift-card", "gift-cards", "stored-value", "voucher"];
    let is_one = |word: &str| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    category.split('/').any(is_one) || tags.iter().any(|tag| is_one(tag))
}

/// What is done, in order.
fn steps(terms: &PlanTerms, outline: &Outline, wish: &PlanWish) -> Vec<Step> {
    let mut kinds: Vec<StepKind> = Vec::new();
    for other in &outline.others {
        kinds.push(match other {
            Operation::OrderStatus(_) => StepKind::OrderStatus,
            Operation::CancelOrder(_) => StepKind::OrderCancel,
            _ => StepKind::Search,
        });
    }
    let is_of_session = matches!(wish.basis, Basis::Session(_));
    if is_of_session && (terms.pays || changes_checkout(outline)) {
        kinds.push(StepKind::SessionUpdate);
    } else if outline.changes_basket && !is_of_session {
        kinds.push(StepKind::CartApply);
    }
    if terms.pays {
        if !is_of_session {
            kinds.push(StepKind::SessionCreate);
        }
        if !terms.selections.is_empty() {
            kinds.push(StepKind::DeliverySelect);
        }
        kinds.extend([
            StepKind::MandateReserve,
            StepKind::InventoryReserve,
            StepKind::PaymentAuthorize,
            StepKind::OrderCreate,
            StepKind::PaymentCapture,
            StepKind::InventoryCommit,
            StepKind::MandateCommit,
        ]);
    }
    kinds.into_iter().map(Step::pending).collect()
}
