use acp_core::webhook::NewsKind;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::answer::{CommandError, Said, Side, Table, line};
use super::arguments::{OutputArgs, TenantArgs};
use super::desk::{Desk, Store, at_desk};
use super::wire::encoded;
use crate::admin::{DeadList, EndpointAsked, EndpointList, EndpointShown, EndpointTried, Replayed};
use crate::config::Loaded;

/// Say where agents are told of their orders, and see how that goes
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway webhooks add --agent chatgpt https://agent.example/hooks")]
pub(super) struct WebhooksArgs {
    #[command(subcommand)]
    command: WebhooksCommand,
}

#[derive(Debug, Subcommand)]
enum WebhooksCommand {
    Add(AddArgs),
    List(ListArgs),
    Remove(RemoveArgs),
    Test(TestArgs),
    Dead(DeadArgs),
    Replay(ReplayArgs),
}

/// Tell an agent of its orders at an address
///
/// The agent can do the same over HTTP, with its own key.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway webhooks add --agent chatgpt https://agent.example/hooks
  acp-gateway webhooks add --agent chatgpt https://agent.example/hooks --event order_create
  acp-gateway webhooks add --agent chatgpt https://agent.example/hooks --event approval.requested"
)]
struct AddArgs {
    /// Where: an https:// address everybody can reach
    #[arg(value_name = "URL")]
    url: String,
    /// The agent, as `keys list` shows it
    #[arg(long, value_name = "AGENT")]
    agent: String,
    /// In which version of the protocol [default: the newest]
    #[arg(long, value_name = "DATE")]
    api_version: Option<String>,
    /// Of what, such as plan.completed; may be given several times [default: orders alone]
    #[arg(long = "event", value_name = "EVENT", value_parser = events(), hide_possible_values = true)]
    events: Vec<String>,
    /// Sign by the rules of Standard Webhooks as well
    #[arg(long)]
    standard_webhooks: bool,
    #[command(flatten)]
    whose: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// List where agents are told of their orders
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway webhooks list
  acp-gateway webhooks list --agent chatgpt --json"
)]
struct ListArgs {
    /// Only those of this agent
    #[arg(long, value_name = "AGENT")]
    agent: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Tell an agent nothing at an address any more, and forget what was still to be told there
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway webhooks remove we_0cvg5ha75avx7v975k735cwd3c"
)]
struct RemoveArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Tell an endpoint of an order nobody placed, once
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway webhooks test we_0cvg5ha75avx7v975k735cwd3c"
)]
struct TestArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// List what is not told to an endpoint by itself any more
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway webhooks dead we_0cvg5ha75avx7v975k735cwd3c"
)]
struct DeadArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Tell an endpoint what was kept back from it; one that was paused is told again
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway webhooks replay we_0cvg5ha75avx7v975k735cwd3c"
)]
struct ReplayArgs {
    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// The id of the endpoint (we_…), as `webhooks list` shows it
    #[arg(value_name = "ENDPOINT")]
    id: String,
    #[command(flatten)]
    output: OutputArgs,
}

fn events() -> PossibleValuesParser {
    PossibleValuesParser::new(NewsKind::ALL.map(NewsKind::as_str))
}

/// Does what is to be done with webhook endpoints.
pub(super) fn run(args: &WebhooksArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        WebhooksCommand::Add(args) => add(args, desk).await,
        WebhooksCommand::List(args) => list(args, desk).await,
        WebhooksCommand::Remove(RemoveArgs { which }) => remove(which, desk).await,
        WebhooksCommand::Test(TestArgs { which }) => test(which, desk).await,
        WebhooksCommand::Dead(DeadArgs { which }) => dead(which, desk).await,
        WebhooksCommand::Replay(ReplayArgs { which }) => replay(which, desk).await,
    })
}

async fn add(args: &AddArgs, desk: &Desk) -> Result<Said, CommandError> {
    let wish = EndpointAsked {
        tenant: args.whose.tenant.clone(),
        agent: args.agent.clone(),
        url: args.url.clone(),
        version: args.api_version.clone(),
        events: args.events.clone(),
        secret: None,
        standard_webhooks: args.standard_webhooks,
    };
    let answer = desk.post("/webhooks", &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let EndpointShown { id, agent, url, version, secret, .. } = answer.read()?;
    let mut text = String::new();
    line(&mut text, format_args!("{agent} is told of its orders at {url}, in version {version}."));
    line(&mut text, format_args!("Endpoint:  {id}"));
    line(&mut text, format_args!("Secret:    {}", secret.unwrap_or_default()));
    line(&mut text, "The secret is not shown again. Events are signed with it.");
    line(&mut text, format_args!("See whether it listens:  acp-gateway webhooks test {id}"));
    Ok(Said::fine(text))
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let asked = args.agent.as_deref().map(|agent| format!("?agent={}", encoded(agent)));
    let answer = desk.get(&format!("/webhooks{}", asked.unwrap_or_default())).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let EndpointList { endpoints } = answer.read()?;
    let headings = ["ENDPOINT", "TENANT", "AGENT", "STATE", "VERSION", "URL"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for it in endpoints {
        table.push([it.id, it.tenant, it.agent, it.state, it.version, it.url]);
    }
    Ok(Said::fine(table.text()))
}

async fn remove(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.post(&address(which, "remove"), &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let EndpointShown { agent, url, .. } = answer.read()?;
    Ok(Said::fine(format!("{agent} is told nothing at {url} any more.\n")))
}

async fn test(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.post(&address(which, "test"), &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let EndpointTried { delivered, status, reason, duration_ms } = answer.read()?;
    let said = status.map_or_else(
        || format!("did not answer: {}", reason.unwrap_or_default()),
        |status| format!("answered {status}"),
    );
    let taken = if delivered { "took it" } else { "did not take it" };
    Ok(Said::fine(format!("It {taken}: it {said}, after {duration_ms} ms.\n")))
}

async fn dead(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get(&address(which, "dead")).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let DeadList { deliveries } = answer.read()?;
    if deliveries.is_empty() {
        return Ok(Said::fine("Nothing is kept back from it.\n".to_owned()));
    }
    let headings = ["ABOUT", "WHY", "TOLD", "OF", "LAST TRIED", "END"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for it in deliveries {
        let tried_at = it.tried_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let end = it.end.unwrap_or_else(|| "-".to_owned());
        let about = it.order.or(it.plan).unwrap_or_default();
        table.push([about, it.why, it.told.to_string(), it.known.to_string(), tried_at, end]);
    }
    Ok(Said::fine(table.text()))
}

async fn replay(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.post(&address(which, "replay"), &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let Replayed { orders } = answer.read()?;
    Ok(Said::fine(format!("It is told of {orders} orders and plans again.\n")))
}

fn address(which: &WhichArgs, what: &str) -> String {
    format!("/webhooks/{}/{what}", encoded(&which.id))
}
