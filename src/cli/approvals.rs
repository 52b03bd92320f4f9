use clap::{Args, Subcommand};

use super::answer::{CommandError, Said, Side, Table};
use super::arguments::OutputArgs;
use super::desk::{Desk, Store, at_desk};
use super::wire::encoded;
use crate::admin::{ApprovalList, ApprovalShown};
use crate::config::Loaded;

/// List, approve and reject purchase orders that somebody has to agree to
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway approvals list")]
pub(super) struct ApprovalsArgs {
    #[command(subcommand)]
    command: ApprovalsCommand,
}

#[derive(Debug, Subcommand)]
enum ApprovalsCommand {
    List(ListArgs),
    Approve(ApproveArgs),
    Reject(RejectArgs),
}

/// List the purchase orders that wait, the one that expires first in front
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway approvals list
  acp-gateway approvals list --json"
)]
struct ListArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Approve a purchase order: the order is placed at once
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway approvals approve cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct ApproveArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Do not approve a purchase order: the session can be paid for otherwise
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway approvals reject cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct RejectArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Does what is to be done with approvals.
pub(super) fn run(args: &ApprovalsArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        ApprovalsCommand::List(args) => list(args, desk).await,
        ApprovalsCommand::Approve(ApproveArgs { session, output }) => {
            judge(desk, session, "approve", *output).await
        }
        ApprovalsCommand::Reject(RejectArgs { session, output }) => {
            judge(desk, session, "reject", *output).await
        }
    })
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/approvals").await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let ApprovalList { approvals } = answer.read()?;
    if approvals.is_empty() {
        return Ok(Said::fine("No purchase order waits for an approval.\n".to_owned()));
    }
    let headings = ["SESSION", "CUSTOMER", "NUMBER", "TOTAL", "EXPIRES"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for approval in approvals {
        table.push([
            approval.session,
            approval.customer_id.unwrap_or_default(),
            approval.purchase_order_number.unwrap_or_default(),
            approval.total,
            approval.expires_at.to_string(),
        ]);
    }
    Ok(Said::fine(table.text()))
}

async fn judge(
    desk: &Desk,
    session: &str,
    verdict: &str,
    output: OutputArgs,
) -> Result<Said, CommandError> {
    let address = format!("/approvals/{}/{verdict}", encoded(session));
    let answer = desk.post(&address, &serde_json::json!({})).await?;
    if output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let approval: ApprovalShown = answer.read()?;
    Ok(Said::fine(if verdict == "approve" {
        format!(
            "Approved: the order of {} is being placed.\nSee what became of it:  acp-gateway \
             inspect {}\n",
            approval.total, approval.session
        )
    } else {
        format!("Not approved: session {} can be paid for otherwise.\n", approval.session)
    }))
}
