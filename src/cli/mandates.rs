use clap::{Args, Subcommand};

use super::answer::{CommandError, Said, Side, Table, line};
use super::arguments::{OutputArgs, TenantArgs};
use super::desk::{Desk, Store, at_desk};
use super::wire::encoded;
use crate::admin::{MandateShown, MandatesShown};
use crate::config::Loaded;

/// List, show and revoke mandates, by which principals let agents spend
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway mandates list --principal ada")]
pub(super) struct MandatesArgs {
    #[command(subcommand)]
    command: MandatesCommand,
}

#[derive(Debug, Subcommand)]
enum MandatesCommand {
    List(ListArgs),
    Show(ShowArgs),
    Revoke(RevokeArgs),
}

/// List the mandates a principal has given, with those that have ended
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway mandates list --principal ada
  acp-gateway mandates list --principal jwt:ada --tenant birch-books --json"
)]
struct ListArgs {
    /// Who gave them: the subject of its key, or jwt: and whom its token names
    #[arg(long, value_name = "NAME")]
    principal: String,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show a mandate, and what is left of its budget now
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway mandates show mdt_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct ShowArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Take a mandate back: nothing is spent of it any more; it cannot be given again
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway mandates revoke mdt_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct RevokeArgs {
    #[command(flatten)]
    which: WhichArgs,
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// The id of the mandate (mdt_…)
    #[arg(value_name = "MANDATE")]
    id: String,
    #[command(flatten)]
    tenant: TenantArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Does what is to be done with mandates.
pub(super) fn run(args: &MandatesArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        MandatesCommand::List(args) => list(args, desk).await,
        MandatesCommand::Show(ShowArgs { which }) => show(which, desk).await,
        MandatesCommand::Revoke(RevokeArgs { which }) => revoke(which, desk).await,
    })
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = args.tenant.asked("&");
    let address = format!("/mandates?principal={}{tenant}", encoded(&args.principal));
    let answer = desk.get(&address).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let MandatesShown { mandates } = answer.read()?;
    if mandates.is_empty() {
        return Ok(Said::fine(format!("{} has given no mandate.\n", args.principal)));
    }
    let headings = ["MANDATE", "STATE", "AN ORDER", "BUDGET", "WINDOW", "UNTIL", "AGENTS"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for mandate in mandates {
        table.push([
            mandate.id,
            if mandate.is_revoked { "revoked" } else { "active" }.to_owned(),
            mandate.per_order,
            mandate.budget,
            mandate.window,
            mandate.valid_until.to_string(),
            mandate.agents.join(","),
        ]);
    }
    Ok(Said::fine(table.text()))
}

async fn show(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = which.tenant.asked("?");
    let answer = desk.get(&format!("/mandates/{}{tenant}", encoded(&which.id))).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    Ok(Said::fine(told(&answer.read()?)))
}

async fn revoke(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let tenant = which.tenant.asked("?");
    let address = format!("/mandates/{}/revoke{tenant}", encoded(&which.id));
    let answer = desk.post(&address, &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let MandateShown { id, principal, .. } = answer.read()?;
    Ok(Said::fine(format!("Nothing is spent of mandate {id} of {principal} any more.\n")))
}

fn told(mandate: &MandateShown) -> String {
    let MandateShown { id, principal, agents, window, time_zone, .. } = mandate;
    let mut text = String::new();
    line(&mut text, format_args!("Mandate {id}: {principal} lets {} spend.", agents.join(", ")));
    if mandate.is_revoked {
        line(&mut text, "It was revoked: nothing is spent of it any more.");
    }
    line(
        &mut text,
        format_args!("It is good from {} until {}.", mandate.valid_from, mandate.valid_until),
    );
    let how_long = match window.as_str() {
        "total" => "for good".to_owned(),
        window => format!("each {window} of {time_zone}"),
    };
    line(
        &mut text,
        format_args!(
            "{} an order at the most, and {} {how_long}.",
            mandate.per_order, mandate.budget
        ),
    );
    if let Some(left) = &mandate.left {
        line(&mut text, format_args!("{left} is left now."));
    }
    text
}
