//! What people are told of an intent and of its plan.

use acp_core::money::{Currency, Money};

use super::heard::{Action, Event, Intent, Issue, Item, Plan, Question};
use crate::cli::answer::{Side, Table, line};

/// What was understood, and the plan for it.
pub(super) fn intent(intent: &Intent) -> String {
    let mut text = String::new();
    let Intent { confidence, planner, items, .. } = intent;
    line(&mut text, format_args!("Understood with {confidence} confidence ({planner})."));
    for action in &intent.actions {
        line(&mut text, format_args!("  {}", doing(action, items)));
    }
    asked(&mut text, &intent.questions, items);
    // What is asked need not be said twice.
    let is_asked = |issue: &&Issue| {
        intent.questions.iter().any(|question| issue.message.contains(&question.prompt))
    };
    issues(&mut text, intent.issues.iter().filter(|issue| !is_asked(issue)));
    match &intent.plan {
        Some(planned) => plan(&mut text, planned, items),
        None => line(&mut text, format_args!("Nothing was planned ({}).", intent.status)),
    }
    let is_asked = |plan: &Plan| !plan.questions.is_empty();
    if !intent.questions.is_empty() || intent.plan.as_ref().is_some_and(is_asked) {
        line(
            &mut text,
            format_args!(
                "Answer with: acp-gateway plan \"…\" --conversation {}",
                intent.conversation_id
            ),
        );
    }
    text
}

fn doing(action: &Action, items: &[Item]) -> String {
    let Action { op, item_id, quantity } = action;
    let what = item_id.as_deref().map(|id| format!(" {}", title(id, items)));
    let many = quantity.map(|quantity| format!(" {quantity} ×"));
    format!("{op}{}{}", many.unwrap_or_default(), what.unwrap_or_default())
}

fn title<'a>(id: &'a str, items: &'a [Item]) -> &'a str {
    items.iter().find(|item| item.id == id).map_or(id, |item| &item.title)
}

fn asked(text: &mut String, questions: &[Question], items: &[Item]) {
    for Question { prompt, candidates } in questions {
        line(text, format_args!("? {prompt}"));
        for id in candidates {
            let item = items.iter().find(|item| item.id == *id);
            let price = item.map(|item| format!(", {}", amount(item.price, &item.currency)));
            line(text, format_args!("    {}{}", title(id, items), price.unwrap_or_default()));
        }
    }
}

fn issues<'a>(text: &mut String, issues: impl Iterator<Item = &'a Issue>) {
    for Issue { message } in issues {
        line(text, format_args!("! {message}"));
    }
}

fn plan(text: &mut String, plan: &Plan, items: &[Item]) {
    let Plan { id, status, say, .. } = plan;
    line(text, format_args!("\nPlan {id}: {status}. {say}"));
    asked(text, &plan.questions, items);
    issues(text, plan.issues.iter());
    // A plan that pays for nothing names none.
    let sold_in = || items.first().map(|item| item.currency.as_str());
    let currency = plan.currency.as_deref().or_else(sold_in).unwrap_or_default();
    if !plan.lines.is_empty() || !plan.totals.is_empty() {
        let headings = [("QTY", Side::Right), ("WHAT", Side::Left), ("AMOUNT", Side::Right)];
        let mut table = Table::new(headings);
        for it in &plan.lines {
            let sum = it.unit_price.saturating_mul(i64::from(it.quantity));
            table.push([it.quantity.to_string(), it.title.clone(), amount(sum, currency)]);
        }
        for total in &plan.totals {
            table.push([String::new(), total.kind.clone(), amount(total.amount, currency)]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
    if !plan.steps.is_empty() {
        let headings =
            [("", Side::Right), ("STEP", Side::Left), ("STATUS", Side::Left), ("", Side::Left)];
        let mut table = Table::new(headings);
        for step in &plan.steps {
            let (kind, status) = (step.kind.clone(), step.status.clone());
            table.push([step.id.to_string(), kind, status, step.say.clone()]);
        }
        text.push('\n');
        text.push_str(&table.text());
    }
}

/// How a plan that was to be carried out stands.
pub(super) fn outcome(plan: &Plan) -> String {
    let mut text = String::new();
    let Plan { id, status, say, .. } = plan;
    line(&mut text, format_args!("\nPlan {id}: {status}. {say}"));
    if let Some(order) = &plan.order_id {
        line(&mut text, format_args!("Order {order}."));
    }
    if plan.reconciliation_required {
        line(&mut text, "Nobody knows yet what became of the payment. Do not buy it again.");
    }
    if status == "needs_approval" {
        line(&mut text, format_args!("A person says yes with: POST /plans/{id}/approve"));
    }
    text
}

/// What happened, in one line.
pub(super) fn event(event: &Event) -> String {
    let Event { kind, step, say, .. } = event;
    let step = step.as_deref().unwrap_or_default();
    format!("{}\n", format!("  {kind:<22}{step:<20}{say}").trim_end())
}

fn amount(minor: i64, currency: &str) -> String {
    let money = Currency::parse(currency).and_then(|currency| Money::new(minor, currency));
    money.map_or_else(|_not_said| minor.to_string(), |money| money.to_string())
}
