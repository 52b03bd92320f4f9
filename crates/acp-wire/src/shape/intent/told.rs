use std::collections::BTreeMap;

use acp_core::dialogue::{self, Language, Status, Sureness};
use acp_core::ids::{ItemId, PlanId};
use acp_core::plan::{Alternative, Issue, IssueKind, Question};
use acp_core::stock::Availability;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::scalar::{Amount, DateTime};
use crate::shape::action::{Action, ActionLimits};
use crate::shape::plan::{Plan, render_plan};
use crate::voice::written;

/// Where it stands with a sentence.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IntentStatus {
    /// There is something to do, and nothing in the way of it.
    Ready,
    /// Somebody has to say something first. What is clear is planned all the same.
    NeedsInput,
    /// It asks for what words cannot give.
    Refused,
    /// There is nothing to do.
    NothingToDo,
}

/// How sure it is that this is what was meant.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ConfidenceWord {
    /// Every word was read, and nothing is open.
    High,
    /// Something is open, or some words were passed over.
    Medium,
    /// It was not understood.
    Low,
}

/// Who can do something about an issue.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IntentResolution {
    /// The agent.
    Recoverable,
    /// The shopper, by saying something.
    RequiresBuyerInput,
    /// Nobody.
    Unrecoverable,
}

/// A stretch of the text that was read for goods.
#[derive(Debug, Serialize, ToSchema)]
struct IntentSpan<'a> {
    /// Where it begins and ends, in characters of the text.
    #[schema(min_items = 2, max_items = 2)]
    span: [usize; 2],
    /// Its words that goods are called by, as they are compared.
    matched_tokens: &'a [String],
    /// Its words that nothing is called by.
    unmatched_tokens: &'a [String],
}

/// A question to the shopper. The answer is the next text of the conversation.
#[derive(Debug, Serialize, ToSchema)]
struct IntentQuestion<'a> {
    /// Which question of this intent it is.
    #[schema(examples("q1"))]
    id: String,
    /// What is missing. More words may come.
    #[schema(examples("variant"))]
    slot: &'static str,
    /// What to ask, as a sentence.
    prompt: &'a str,
    /// The items to choose among, best first; they are among the `items`.
    candidates: Vec<&'a str>,
    /// How many were asked for, where that is known already.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quantity: Option<u32>,
    /// Whether anything may be said: always, for now.
    free_text: bool,
    /// Until when it can be answered.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
}

/// Something else that would do.
#[derive(Debug, Serialize, ToSchema)]
struct IntentAlternative<'a> {
    /// What it is; it is among the `items`.
    item_id: &'a str,
    /// What makes it close.
    reasons: Vec<&'a str>,
}

/// Something that could not be planned.
#[derive(Debug, Serialize, ToSchema)]
struct IntentIssue<'a> {
    /// Of what kind: `clarify`, `unavailable`, `over_budget`, `not_found`, `empty_cart`,
    /// `not_understood`, `language_unsupported`, `refused`. More words may come.
    #[serde(rename = "type")]
    #[schema(examples("clarify"))]
    kind: &'static str,
    /// What happened and what to do, as a sentence.
    message: &'a str,
    /// Where in the request it is, as a JSONPath.
    #[schema(examples("$.text"))]
    param: &'static str,
    /// Who can do something about it.
    resolution: IntentResolution,
    /// The items it is about; they are among the `items`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    item_ids: Vec<&'a str>,
    /// What would do instead, nearest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    alternatives: Vec<IntentAlternative<'a>>,
    /// How many can be had, where that is the trouble.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available: Option<u32>,
}

/// What tells an item from its variants.
#[derive(Debug, Serialize, ToSchema)]
struct IntentItemOption<'a> {
    /// Of what kind.
    #[schema(examples("color"))]
    name: &'a str,
    /// Which.
    #[schema(examples("blue"))]
    value: &'a str,
}

/// An item an intent speaks of, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct IntentItem<'a> {
    /// Its id.
    item_id: &'a str,
    /// What a person calls it.
    title: &'a str,
    /// What one costs before tax, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    price: Amount,
    /// The currency it is sold in.
    #[schema(pattern = "^[a-z]{3}$")]
    currency: String,
    /// What tells it from its variants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    options: Vec<IntentItemOption<'a>>,
    /// Whether any of it can be had.
    in_stock: bool,
}

/// What a sentence comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Intent<'a> {
    /// Its id.
    #[schema(examples("int_06e6_3x9v2m7q4c8z1b5n6k0j4h2g1f"))]
    id: &'a str,
    /// The conversation it belongs to: send it along with the next text.
    #[schema(examples("conv_06e6_5t2w9y6n3k0d7f4c1b8x5z1v8r"))]
    conversation_id: &'a str,
    /// Where it stands.
    status: IntentStatus,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// Until when the conversation is remembered, if nothing else is said.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
    /// The language it is in: `en`, or `und` for any other.
    language: &'static str,
    /// Who understood it: `rules`. More words may come.
    planner: &'static str,
    /// The share of its words that were understood, from 0 to 1. Below 0.75 nothing is changed.
    #[schema(minimum = 0, maximum = 1)]
    coverage: f64,
    /// How sure it is that this is what was meant.
    confidence: ConfidenceWord,
    /// What was read for goods.
    understanding: Vec<IntentSpan<'a>>,
    /// What to do, in this order. What waits for an answer is not in it.
    actions: Vec<Action<'a>>,
    /// Limits the shopper set.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    constraints: Option<ActionLimits<'a>>,
    /// What to ask, the most valuable first.
    questions: Vec<IntentQuestion<'a>>,
    /// What could not be planned.
    issues: Vec<IntentIssue<'a>>,
    /// Every item that is spoken of.
    items: Vec<IntentItem<'a>>,
    /// The plan that came of it, or the one it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plan_id: Option<&'a str>,
    /// That plan as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Plan, required = false)]
    plan: Option<Plan<'a>>,
}

const fn resolution(kind: IssueKind) -> IntentResolution {
    match kind {
        IssueKind::EmptyCart | IssueKind::LanguageUnsupported => IntentResolution::Recoverable,
        IssueKind::Clarify
        | IssueKind::Unavailable
        | IssueKind::OverBudget
        | IssueKind::NotFound
        | IssueKind::NotUnderstood => IntentResolution::RequiresBuyerInput,
        IssueKind::Refused => IntentResolution::Unrecoverable,
    }
}

fn names(items: &[ItemId]) -> Vec<&str> {
    items.iter().map(ItemId::as_str).collect()
}

impl<'a> IntentQuestion<'a> {
    fn of(number: usize, question: &'a Question, expires_at: DateTime) -> Self {
        Self {
            id: format!("q{number}"),
            slot: question.slot.name(),
            prompt: &question.prompt,
            candidates: names(&question.candidates),
            quantity: question.quantity.map(acp_core::plan::Count::get),
            free_text: true,
            expires_at,
        }
    }
}

impl<'a> IntentIssue<'a> {
    fn of(issue: &'a Issue) -> Self {
        let alternative = |it: &'a Alternative| IntentAlternative {
            item_id: it.item.as_str(),
            reasons: it.reasons.iter().map(AsRef::as_ref).collect(),
        };
        Self {
            kind: issue.kind.name(),
            message: &issue.message,
            param: "$.text",
            resolution: resolution(issue.kind),
            item_ids: names(&issue.items),
            alternatives: issue.alternatives.iter().map(alternative).collect(),
            available: issue.available,
        }
    }
}

impl<'a> IntentItem<'a> {
    pub(super) fn of(goods: &'a dialogue::Goods) -> Self {
        let item = &goods.item;
        let options = item.options.iter();
        Self {
            item_id: item.id.as_str(),
            title: &item.title,
            price: item.price.into(),
            currency: item.price.currency().lowercase(),
            options: options.map(|(name, value)| IntentItemOption { name, value }).collect(),
            in_stock: goods.available != Availability::Units(0),
        }
    }
}

/// The bytes of what a sentence comes to.
pub fn render_intent(intent: &dialogue::Intent) -> Vec<u8> {
    let expires_at = DateTime(intent.expires_at);
    let questions = (1_usize..).zip(&intent.questions);
    written(&Intent {
        id: intent.id.as_str(),
        conversation_id: intent.conversation.as_str(),
        status: match intent.status() {
            Status::Ready => IntentStatus::Ready,
            Status::NeedsInput => IntentStatus::NeedsInput,
            Status::Refused => IntentStatus::Refused,
            Status::NothingToDo => IntentStatus::NothingToDo,
        },
        created_at: DateTime(intent.at),
        expires_at,
        language: match intent.language {
            Language::English => "en",
            Language::Other => "und",
        },
        planner: intent.planner.name(),
        coverage: f64::from(intent.coverage.min(100)) / 100.0,
        confidence: match intent.sureness() {
            Sureness::High => ConfidenceWord::High,
            Sureness::Medium => ConfidenceWord::Medium,
            Sureness::Low => ConfidenceWord::Low,
        },
        understanding: intent
            .spoken
            .iter()
            .map(|spoken| IntentSpan {
                span: [spoken.start, spoken.end],
                matched_tokens: &spoken.matched,
                unmatched_tokens: &spoken.unmatched,
            })
            .collect(),
        actions: intent.draft.operations().iter().map(Action::of).collect(),
        constraints: ActionLimits::of(intent.draft.constraints()),
        questions: questions
            .map(|(number, it)| IntentQuestion::of(number, it, expires_at))
            .collect(),
        issues: intent.issues.iter().map(IntentIssue::of).collect(),
        items: intent.goods.iter().map(IntentItem::of).collect(),
        plan_id: intent.plan.as_ref().map(|plan| plan.id.as_str()),
        plan: intent.plan.as_ref().map(Plan::of),
    })
}
/// The plan an intent that was told names.
pub fn plan_named(intent: &[u8]) -> Option<PlanId> {
    #[derive(Deserialize)]
    struct Named<'a> {
        plan_id: &'a str,
    }
    let named: Named<'_> = serde_json::from_slice(intent).ok()?;
    PlanId::parse(named.plan_id).ok()
}

/// An intent that was told, with its plan as it stands by now.
pub fn with_plan(intent: &[u8], plan: &acp_core::plan::Plan) -> Vec<u8> {
    let told = serde_json::from_slice::<BTreeMap<&str, &RawValue>>(intent);
    let rendered = render_plan(plan);
    let (Ok(mut told), Ok(plan)) = (told, serde_json::from_slice::<&RawValue>(&rendered)) else {
        return intent.to_vec();
    };
    told.insert("plan", plan);
    written(&told)
}
