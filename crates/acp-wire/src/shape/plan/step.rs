use acp_core::plan::{Plan as CorePlan, Reversible, Step as CoreStep, StepKind};
use serde::Serialize;
use utoipa::ToSchema;

use super::explain::sentence;
use crate::scalar::Amount;

/// A step of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanStep {
    /// Its number, from 1.
    id: usize,
    /// What it does. More words may come.
    #[schema(examples("payment.authorize"))]
    kind: &'static str,
    /// How far it is.
    #[schema(examples("pending"))]
    status: &'static str,
    /// What it does, as a sentence.
    say: String,
    /// The steps that come first.
    depends_on: Vec<usize>,
    /// What has to be true right before it.
    preconditions: &'static [&'static str],
    /// Whether it can be taken back: `read_only`, `yes`, `until_captured`, `until_shipped`,
    /// `by_refund` or `no`.
    reversible: &'static str,
    /// What takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    compensation: Option<&'static str>,
    /// What it costs, in minor units, where it moves money.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    expected_cost: Option<Amount>,
    /// The key it is done under, however often it is tried.
    idempotency_key: Box<str>,
}

pub(super) fn steps(plan: &CorePlan) -> Vec<PlanStep> {
    let step = |(place, step): (usize, &CoreStep)| PlanStep {
        id: place.saturating_add(1),
        kind: step.kind.name(),
        status: step.status.name(),
        say: sentence(plan, step.kind),
        depends_on: if place == 0 { Vec::new() } else { vec![place] },
        preconditions: step.kind.preconditions(),
        reversible: reversible_name(step.kind.reversible()),
        compensation: step.kind.compensation(),
        expected_cost: plan.terms.total.filter(|_| costs(step.kind)).map(Amount::from),
        idempotency_key: plan.key_of(step.kind),
    };
    plan.terms.steps.iter().enumerate().map(step).collect()
}

const fn costs(kind: StepKind) -> bool {
    matches!(kind, StepKind::MandateReserve | StepKind::PaymentAuthorize | StepKind::PaymentCapture)
}

const fn reversible_name(reversible: Reversible) -> &'static str {
    match reversible {
        Reversible::ReadOnly => "read_only",
        Reversible::Yes => "yes",
        Reversible::UntilCaptured => "until_captured",
        Reversible::UntilShipped => "until_shipped",
        Reversible::ByRefund => "by_refund",
        Reversible::No => "no",
    }
}
