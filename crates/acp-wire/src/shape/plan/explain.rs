use acp_core::plan::{Plan, StepKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::written;

/// Why a plan is as it is, in sentences and as facts.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanExplanation {
    /// All of it, to be read out.
    text: String,
    /// One by one.
    facts: Vec<String>,
}

/// What a step does, as a sentence.
pub(super) fn sentence(plan: &Plan, kind: StepKind) -> String {
    let terms = &plan.terms;
    let total = || terms.total.map_or_else(|| "nothing".to_owned(), |total| total.to_string());
    match kind {
        StepKind::Search => "Look the goods up.".to_owned(),
        StepKind::OrderStatus => "Look how the order stands.".to_owned(),
        StepKind::OrderCancel => "Call the order off, as far as nothing was sent.".to_owned(),
        StepKind::CartApply => {
            let line =
                |it: &acp_core::plan::PlannedLine| format!("{} × {}", it.line.quantity, it.title);
            let lines: Vec<String> = terms.lines.iter().map(line).collect();
            match lines.as_slice() {
                [] => "Empty the basket.".to_owned(),
                lines => format!("Have in the basket: {}.", lines.join(", ")),
            }
        }
        StepKind::SessionCreate => "Open a checkout for the basket.".to_owned(),
        StepKind::SessionUpdate => "Change the checkout.".to_owned(),
        StepKind::DeliverySelect => {
            let options: Vec<&str> = terms.selections.iter().map(|it| it.option.as_str()).collect();
            format!("Choose the delivery: {}.", options.join(", "))
        }
        StepKind::MandateReserve => format!("Take {} from the mandate.", total()),
        StepKind::InventoryReserve => "Have the goods set aside.".to_owned(),
        StepKind::PaymentAuthorize => format!("Have {} held.", total()),
        StepKind::OrderCreate => "Place the order.".to_owned(),
        StepKind::PaymentCapture => format!("Take the {} that is held.", total()),
        StepKind::InventoryCommit => "Turn what was set aside into a sale.".to_owned(),
        StepKind::MandateCommit => "Note in the mandate what was spent.".to_owned(),
    }
}

fn facts(plan: &Plan) -> Vec<String> {
    let terms = &plan.terms;
    let mut facts = Vec::new();
    for planned in &terms.lines {
        if let Some(first) = &planned.instead_of {
            let title = &planned.title;
            facts.push(format!("{title} takes the place of {first}, which is gone."));
        }
    }
    if let Some(most) = terms.total_max {
        facts.push(format!("The shopper wants to spend {most} at the most."));
    }
    if let Some(total) = terms.total {
        facts.push(format!("It costs {total} in all, with delivery and taxes."));
    }
    match (plan.mandate(), &plan.approval) {
        (_, Some(approval)) => {
            facts.push(format!("{} has said yes to just this price.", approval.approver));
        }
        (Some(mandate), None) => {
            facts.push(format!("It is paid under the mandate {mandate}."));
        }
        (None, None) if terms.pays => {
            facts.push("No mandate covers it, so that a person has to say yes.".to_owned());
        }
        (None, None) => {}
    }
    facts.extend(terms.questions.iter().map(|asked| asked.prompt.to_string()));
    facts.extend(terms.issues.iter().map(|issue| issue.message.to_string()));
    facts
}

/// Why a plan is as it is, as JSON.
pub fn render_explanation(plan: &Plan) -> Vec<u8> {
    let facts = facts(plan);
    let steps = plan.terms.steps.iter().map(|step| sentence(plan, step.kind));
    let sentences: Vec<String> = steps.chain(facts.iter().cloned()).collect();
    written(&PlanExplanation { text: sentences.join(" "), facts })
}
