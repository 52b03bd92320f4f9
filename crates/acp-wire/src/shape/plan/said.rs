use acp_core::ids::PlanId;
use acp_core::plan::{Issue as CoreIssue, Plan as CorePlan, PlannedLine, Question as CoreQuestion};
use acp_core::ports::PlanPlace;
use acp_core::pricing::{TotalKind, TotalRow};
use acp_core::run::Trouble;
use acp_core::session::Contact;
use acp_core::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::digest::say_digest;
use super::step::{PlanStep, steps};
use crate::scalar::{Amount, DateTime};
use crate::shape::action::{Action, ActionLimits};
use crate::voice::written;

/// A line of the basket, as the plan will have it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanLine<'a> {
    /// The id of the item.
    item_id: &'a str,
    /// What a person calls it.
    title: &'a str,
    /// How many.
    #[schema(minimum = 1)]
    quantity: u32,
    /// What one costs, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    unit_price: Amount,
    /// What the shopper wanted first, where that is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    instead_of: Option<&'a str>,
}

/// A row of what a plan costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanTotal {
    /// Which row. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("total"))]
    kind: &'static str,
    /// How much, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    amount: Amount,
}

/// Something that has to be said before a plan can begin.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanQuestion<'a> {
    /// Its name in this plan.
    id: String,
    /// What is missing.
    #[schema(examples("address"))]
    slot: &'static str,
    /// What to ask, as a sentence.
    prompt: &'a str,
    /// The items to choose among, best first.
    candidates: Vec<&'a str>,
}

/// Something else that would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanAlternative<'a> {
    /// The item.
    item_id: &'a str,
    /// Why it is near.
    reasons: Vec<&'a str>,
}

/// What stands in the way of a plan, or of a part of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanIssue<'a> {
    /// Of which kind. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("unavailable"))]
    kind: &'static str,
    /// What happened and what to do.
    message: &'a str,
    /// The items it is about.
    items: Vec<&'a str>,
    /// What would do instead, nearest first.
    alternatives: Vec<PlanAlternative<'a>>,
    /// How many can be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available: Option<u32>,
}

/// Who gets the goods. Left out of a plan that is over.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRecipient<'a> {
    /// The name.
    name: &'a str,
    /// Street and number.
    line_one: &'a str,
    /// The town.
    city: &'a str,
    /// The state or province.
    state: &'a str,
    /// The postal code.
    postal_code: &'a str,
    /// ISO 3166-1.
    country: &'a str,
}

/// The yes of a person to a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanApproval<'a> {
    /// Who said it.
    approved_by: &'a str,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime,
    /// From then on it is no good.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
}

/// A plan: what is to be done, what that costs, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plan<'a> {
    /// Names the plan.
    id: &'a str,
    /// How often its terms were worked out.
    version: u32,
    /// Names what it wants and comes to: 64 hexadecimal digits. Another plan, or the same at
    /// another price, has another one.
    digest: String,
    /// Where it stands: `needs_input`, `needs_approval`, `ready`, `running`, `completed`,
    /// `blocked`, `failed`, `canceled` or `expired`.
    #[schema(examples("needs_approval"))]
    status: &'static str,
    /// Why it stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<&'static str>,
    /// How it stands, as a sentence that can be read out as it is.
    say: &'a str,
    /// How much it may do by itself.
    mode: &'static str,
    /// Who made it of what was said: `rules`, `llm` or `client`.
    planner: &'static str,
    /// Whether nobody knows yet what became of a call to somebody else. Do not buy it again.
    reconciliation_required: bool,
    /// What is to be done.
    actions: Vec<Action<'a>>,
    /// The most it may cost, by the words of the shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    constraints: Option<ActionLimits<'a>>,
    /// What the basket will hold.
    lines: Vec<PlanLine<'a>>,
    /// The codes that are used.
    discount_codes: &'a [Box<str>],
    /// The ids of the delivery options that are chosen.
    delivery: Vec<&'a str>,
    /// Who gets the goods, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    recipient: Option<PlanRecipient<'a>>,
    /// What it costs, row by row; empty where nothing is bought.
    totals: Vec<PlanTotal>,
    /// What it costs in all, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    total: Option<Amount>,
    /// The currency of all amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[a-z]{3}$", nullable = false)]
    currency: Option<String>,
    /// What is done, in order.
    steps: Vec<PlanStep>,
    /// What has to be said first.
    questions: Vec<PlanQuestion<'a>>,
    /// What stands in the way.
    issues: Vec<PlanIssue<'a>>,
    /// The yes of a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    approval: Option<PlanApproval<'a>>,
    /// The mandate it is paid under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mandate_id: Option<&'a str>,
    /// The conversation it came of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    conversation_id: Option<&'a str>,
    /// The cart it works on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cart_id: Option<&'a str>,
    /// The checkout session.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    session_id: Option<&'a str>,
    /// The order.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order_id: Option<&'a str>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime,
    /// From then on it cannot begin any more, or is forgotten.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
}

impl<'a> Plan<'a> {
    /// A plan as it is told.
    pub fn of(plan: &'a CorePlan) -> Self {
        let (wish, terms, made) = (&plan.wish, &plan.terms, &plan.made);
        let trouble = plan.run.as_ref().and_then(|run| run.standing.trouble);
        let is_said = |say: &&str| !say.is_empty();
        let last = plan.timeline.iter().rev().map(|moment| &*moment.say).find(is_said);
        let questions = terms.questions.iter().enumerate();
        Self {
            id: plan.id.as_str(),
            version: plan.version,
            digest: say_digest(plan.digest),
            status: plan.status.name(),
            reason: plan.reason.map(acp_core::plan::StopReason::name),
            say: last.unwrap_or_default(),
            mode: wish.mode.name(),
            planner: wish.planner.name(),
            reconciliation_required: trouble == Some(Trouble::Unclear),
            actions: wish.draft.operations().iter().map(Action::of).collect(),
            constraints: ActionLimits::of(wish.draft.constraints()),
            lines: terms.lines.iter().map(line).collect(),
            discount_codes: &terms.codes,
            delivery: terms.selections.iter().map(|it| it.option.as_str()).collect(),
            recipient: terms.contact.as_ref().and_then(recipient),
            totals: terms.rows.iter().map(row).collect(),
            total: terms.total.map(Amount::from),
            currency: terms.total.map(|total| total.currency().lowercase()),
            steps: steps(plan),
            questions: questions.map(|(place, asked)| question(place, asked)).collect(),
            issues: terms.issues.iter().map(issue).collect(),
            approval: plan.approval.as_ref().map(|approval| PlanApproval {
                approved_by: &approval.approver,
                at: DateTime(approval.at),
                expires_at: DateTime(approval.expires_at),
            }),
            mandate_id: plan.mandate().map(acp_core::ids::MandateId::as_str),
            conversation_id: wish.conversation.as_deref(),
            cart_id: made.cart.as_ref().map(acp_core::ids::CartId::as_str),
            session_id: made.session.as_ref().map(acp_core::ids::SessionId::as_str),
            order_id: made.order.as_ref().map(acp_core::ids::OrderId::as_str),
            created_at: DateTime(plan.created_at),
            updated_at: DateTime(plan.changed_at),
            expires_at: DateTime(plan.expires_at),
        }
    }
}

fn line(planned: &PlannedLine) -> PlanLine<'_> {
    PlanLine {
        item_id: planned.line.item.as_str(),
        title: &planned.title,
        quantity: planned.line.quantity,
        unit_price: planned.unit_price.into(),
        instead_of: planned.instead_of.as_ref().map(acp_core::ids::ItemId::as_str),
    }
}

fn recipient(contact: &Contact) -> Option<PlanRecipient<'_>> {
    let address = contact.address.as_ref()?;
    Some(PlanRecipient {
        name: &address.name,
        line_one: &address.line_one,
        city: &address.city,
        state: &address.state,
        postal_code: &address.postal_code,
        country: &address.country,
    })
}

fn row(row: &TotalRow) -> PlanTotal {
    PlanTotal { kind: row_name(row.kind), amount: row.amount.into() }
}

pub(super) const fn row_name(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "items_base_amount",
        TotalKind::ItemsDiscount => "items_discount",
        TotalKind::Subtotal => "subtotal",
        TotalKind::Discount => "discount",
        TotalKind::Fulfillment => "fulfillment",
        TotalKind::Tax => "tax",
        TotalKind::Fee => "fee",
        TotalKind::GiftWrap => "gift_wrap",
        TotalKind::Tip => "tip",
        TotalKind::StoreCredit => "store_credit",
        TotalKind::Total => "total",
        TotalKind::AmountRefunded => "amount_refunded",
    }
}

fn question(place: usize, asked: &CoreQuestion) -> PlanQuestion<'_> {
    PlanQuestion {
        id: format!("q{}", place.saturating_add(1)),
        slot: asked.slot.name(),
        prompt: &asked.prompt,
        candidates: asked.candidates.iter().map(acp_core::ids::ItemId::as_str).collect(),
    }
}

fn issue(issue: &CoreIssue) -> PlanIssue<'_> {
    PlanIssue {
        kind: issue.kind.name(),
        message: &issue.message,
        items: issue.items.iter().map(acp_core::ids::ItemId::as_str).collect(),
        alternatives: issue
            .alternatives
            .iter()
            .map(|it| PlanAlternative {
                item_id: it.item.as_str(),
                reasons: it.reasons.iter().map(|reason| &**reason).collect(),
            })
            .collect(),
        available: issue.available,
    }
}

/// A page of plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanList<'a> {
    /// The plans, the newest in front.
    plans: Vec<Plan<'a>>,
    /// Where the next page begins; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// A plan as JSON.
pub fn render_plan(plan: &CorePlan) -> Vec<u8> {
    written(&Plan::of(plan))
}

/// A page of plans as JSON.
pub fn render_plans(plans: &[CorePlan], next: Option<&PlanPlace>) -> Vec<u8> {
    let plans = plans.iter().map(Plan::of).collect();
    written(&PlanList { plans, next_cursor: next.map(cursor_of) })
}

/// Where a page goes on, as text.
fn cursor_of(place: &PlanPlace) -> String {
    format!("{:x}.{}", place.created_at.unix_ms(), place.plan)
}

/// The place a cursor stands for; `None` when it was never told.
pub fn place_of(text: &str) -> Option<PlanPlace> {
    let (created_at, plan) = text.split_once('.')?;
    let created_at = Timestamp::from_unix_ms(i64::from_str_radix(created_at, 16).ok()?);
    Some(PlanPlace { created_at, plan: PlanId::parse(plan).ok()? })
}
