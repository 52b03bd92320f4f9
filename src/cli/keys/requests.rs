use clap::Args;

use super::command::to_the_second;
use crate::admin::{RequestList, RequestShown};
use crate::cli::answer::{CommandError, Said, Side, Table};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Show what a key or an agent was used for lately, and how that ended
///
/// The last hundred requests of an agent are remembered for a week: when, what, by which request id
/// and with which error, and nothing of what was in them. What other gateways of the store answered
/// in the last seconds may be missing.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway keys requests 4f1f2d3c9a7b
  acp-gateway keys requests 4f1f2d3c9a7b --errors
  acp-gateway keys requests --agent chatgpt"
)]
pub(super) struct RequestsArgs {
    /// The id of the key, as `keys list` shows it: the middle part of its token
    #[arg(value_name = "KEY", required_unless_present = "agent", conflicts_with = "agent")]
    id: Option<String>,
    /// The agent, with whichever key it called or with none
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// The tenant the agent called [default: the shop]
    #[arg(long, value_name = "TENANT", requires = "agent")]
    tenant: Option<String>,
    /// Only what was refused, failed, or was not answered
    #[arg(long, conflicts_with = "json")]
    errors: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Shows what was asked for.
pub(super) fn run(args: &RequestsArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| requests(args, desk).await)
}

async fn requests(args: &RequestsArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get(&address(args)).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let RequestList { requests, .. } = answer.read()?;
    let mut table = Table::new([
        ("AT", Side::Left),
        ("METHOD", Side::Left),
        ("PATH", Side::Left),
        ("VERSION", Side::Left),
        ("STATUS", Side::Right),
        ("ERROR", Side::Left),
        ("MS", Side::Right),
        ("REQUEST ID", Side::Left),
    ]);
    let mut is_empty = true;
    let is_error = |status: Option<u16>| status.is_none_or(|status| status >= 400);
    for request in requests.into_iter().filter(|it| !args.errors || is_error(it.status)) {
        is_empty = false;
        table.push(row(request));
    }
    if is_empty {
        return Ok(Said::fine("There is no such request among the last ones.\n".to_owned()));
    }
    Ok(Said::fine(table.text()))
}

fn address(args: &RequestsArgs) -> String {
    let agent = args.agent.as_deref().unwrap_or_default();
    match (&args.id, &args.tenant) {
        (Some(id), _) => format!("/keys/{}/requests", encoded(id)),
        (None, None) => format!("/requests?agent={}", encoded(agent)),
        (None, Some(tenant)) => {
            format!("/requests?agent={}&tenant={}", encoded(agent), encoded(tenant))
        }
    }
}

fn row(request: RequestShown) -> [String; 8] {
    let error = match (request.code, request.param) {
        (Some(code), Some(param)) => format!("{code} at {param}"),
        (code, _) => code.unwrap_or_else(|| "-".to_owned()),
    };
    let again = if request.is_replay { " again" } else { "" };
    [
        to_the_second(request.at),
        request.method,
        request.path,
        request.version.unwrap_or_else(|| "-".to_owned()),
        request.status.map_or_else(|| "none".to_owned(), |status| format!("{status}{again}")),
        error,
        request.duration_ms.to_string(),
        request.request_id,
    ]
}
