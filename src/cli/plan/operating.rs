//! Plans of agents, for whoever runs the gateway.

use acp_core::plan::PlanStatus;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::admin::{PlanShown, PlansShown};
use crate::cli::answer::{CommandError, Said, Side, Table, line};
use crate::cli::arguments::{OutputArgs, TenantArgs};
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// List, show and call off the plans of agents
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway plans list --agent chatgpt --status needs_approval")]
pub(in crate::cli) struct PlansArgs {
    #[command(subcommand)]
    command: PlansCommand,
}

#[derive(Debug, Subcommand)]
enum PlansCommand {
    List(ListArgs),
    Show(ShowArgs),
    Cancel(CancelArgs),
}

/// List the last plans of an agent, the newest in front
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway plans list --agent chatgpt
  acp-gateway plans list --agent chatgpt --status running --json"
)]
struct ListArgs {
    /// The agent, as `keys list` shows it
    #[arg(long, value_name = "AGENT")]
    agent: String,
    /// Only those that stand here, such as `needs_approval`
    #[arg(long, value_name = "STATUS", value_parser = statuses(), hide_possible_values = true)]
    status: Option<String>,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show how a plan stands, step by step, and nothing of whom it is for
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway plans show plan_06e6_4k7w2r9t5y1n8d3f6c0b5x2z7v"
)]
struct ShowArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Call a plan off, until its order is placed; what it did is taken back
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway plans cancel plan_06e6_4k7w2r9t5y1n8d3f6c0b5x2z7v"
)]
struct CancelArgs {
    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// The id of the plan (plan_…)
    #[arg(value_name = "PLAN")]
    id: String,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

fn statuses() -> PossibleValuesParser {
    PossibleValuesParser::new(PlanStatus::ALL.map(PlanStatus::name))
}

/// Does what is to be done with plans.
pub(in crate::cli) fn run(args: &PlansArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        PlansCommand::List(args) => list(args, desk).await,
        PlansCommand::Show(ShowArgs { which }) => show(which, desk).await,
        PlansCommand::Cancel(CancelArgs { which }) => cancel(which, desk).await,
    })
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let status = args.status.as_deref().map(|status| format!("&status={}", encoded(status)));
    let (status, tenant) = (status.unwrap_or_default(), args.tenant.asked("&"));
    let address = format!("/plans?agent={}{status}{tenant}", encoded(&args.agent));
    let answer = desk.get(&address).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let PlansShown { plans } = answer.read()?;
    if plans.is_empty() {
        return Ok(Said::fine(format!("There is no such plan of {}.\n", args.agent)));
    }
    let headings = ["PLAN", "STATUS", "REASON", "TOTAL", "ORDER", "CREATED"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    for it in plans {
        let (reason, total, order) = (or_none(it.reason), or_none(it.total), or_none(it.order));
        table.push([it.id, it.status, reason, total, order, it.created_at.to_string()]);
    }
    Ok(Said::fine(table.text()))
}

async fn show(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = which.tenant.asked("?");
    let answer = desk.get(&format!("/plans/{}{tenant}", encoded(&which.id))).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    Ok(Said::fine(told(&answer.read()?)))
}

async fn cancel(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = which.tenant.asked("?");
    let address = format!("/plans/{}/cancel{tenant}", encoded(&which.id));
    let answer = desk.post(&address, &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let PlanShown { id, agent, status, .. } = answer.read()?;
    Ok(Said::fine(match status.as_str() {
        "canceled" => format!("Plan {id} of {agent} is called off.\n"),
        _ => format!("Plan {id} of {agent} takes back what it did; then it is called off.\n"),
    }))
}

fn told(plan: &PlanShown) -> String {
    let PlanShown { id, agent, status, mode, .. } = plan;
    let mut text = String::new();
    line(&mut text, format_args!("Plan {id} of {agent}: {status} ({mode})."));
    line(&mut text, &plan.say);
    if let Some(reason) = &plan.reason {
        line(&mut text, format_args!("It stopped because of {reason}."));
    }
    if let Some(total) = &plan.total {
        line(&mut text, format_args!("It costs {total}."));
    }
    if plan.is_unclear {
        line(&mut text, "It waits for somebody else, and goes on by itself.");
    }
    if plan.is_canceled {
        line(&mut text, "It is to be called off.");
    }
    let parts = [
        ("Conversation:", &plan.conversation),
        ("Mandate:", &plan.mandate),
        ("Session:", &plan.session),
        ("Order:", &plan.order),
    ];
    for (name, id) in parts {
        if let Some(id) = id {
            line(&mut text, format_args!("{name:<14}{id}"));
        }
    }
    for step in &plan.steps {
        line(&mut text, format_args!("  {:<20}{}", step.kind, step.status));
    }
    line(&mut text, format_args!("Until:        {}", plan.expires_at));
    text
}
