use clap::{Args, Subcommand};

use crate::admin::{ActShown, TrailPage};
use crate::cli::answer::{CommandError, Said, Side, Table};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// See what operators did here
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway audit list")]
pub(in crate::cli) struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    List(ListArgs),
}

/// List what operators did, the last act in front
///
/// Everything that changes something through this command line is written down before it is done:
/// who it was, what, and to what; then how it ended. An act without a status is at work, or its
/// process died over it. One that is of another names what else that was done to. Without --since,
/// the last acts are listed.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway audit list
  acp-gateway audit list --since 2026-11-21T09:00:00Z --json"
)]
struct ListArgs {
    /// Everything since then
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Lists what operators did.
pub(in crate::cli) fn run_audit(args: &AuditArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let AuditCommand::List(args) = &args.command;
    let page = at_desk(loaded, Store::MustExist, async |desk| found(desk, args).await)?;
    if args.output.json {
        let text = serde_json::to_string(&page).map_err(CommandError::Unsayable)?;
        return Ok(Said::fine(format!("{text}\n")));
    }
    if page.acts.is_empty() {
        return Ok(Said::fine("Nobody did anything.\n".to_owned()));
    }
    let headings = ["NUMBER", "TIME", "WHO", "WHAT", "TO", "STATUS"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for ActShown { number, at, actor, act, subject, status, continues } in page.acts {
        let act = continues.map_or(act.clone(), |first| format!("{act} (of {first})"));
        let status = status.map_or_else(|| "open".to_owned(), |status| status.to_string());
        let subject = subject.unwrap_or_default();
        table.push([number.to_string(), at.to_string(), actor, act, subject, status]);
    }
    Ok(Said::fine(table.text()))
}

/// One page, or as many as it takes to come to a time. There is an end of acts, so there is one of
/// pages.
async fn found(desk: &Desk, args: &ListArgs) -> Result<TrailPage, CommandError> {
    let Some(since) = &args.since else {
        return desk.get("/audit").await?.read();
    };
    let since = encoded(since);
    let mut whole: TrailPage = desk.get(&format!("/audit?since={since}")).await?.read()?;
    while let Some(before) = whole.before {
        let address = format!("/audit?since={since}&before={before}");
        let page: TrailPage = desk.get(&address).await?.read()?;
        whole.acts.extend(page.acts);
        whole.before = page.before;
    }
    Ok(whole)
}
