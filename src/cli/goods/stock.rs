use clap::{Args, Subcommand};

use crate::admin::{DoubtList, DoubtShown, Finding, SettleAsked};
use crate::cli::answer::{CommandError, Said, Side, Table};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::config::Loaded;

/// Look for units nobody knows about, and say what became of them
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway stock doubts")]
pub(in crate::cli) struct StockArgs {
    #[command(subcommand)]
    command: StockCommand,
}

#[derive(Debug, Subcommand)]
enum StockCommand {
    Doubts(DoubtsArgs),
    Settle(SettleArgs),
}

/// List the units in doubt, the oldest in front
///
/// Units are in doubt when the answer to a call that took them out of the inventory, or gave them
/// back, was lost, and the inventory cannot tell a repetition from a new wish.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway stock doubts
  acp-gateway stock doubts --json"
)]
struct DoubtsArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Settle a doubt by what you found in the inventory
///
/// Look for the reservation among the notes of the inventory's adjustments first.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway stock settle 'cs_0595_0cvg5ha75avx7v975k735cwd3c|1|li_honey' --taken
  acp-gateway stock settle 'cs_0595_0cvg5ha75avx7v975k735cwd3c|1|li_honey' --not-taken"
)]
struct SettleArgs {
    /// The reservation, as `stock doubts` lists it
    reservation: String,
    #[command(flatten)]
    finding: FindingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Clone, Copy, Debug, Args)]
#[group(required = true, multiple = false)]
struct FindingArgs {
    /// The inventory lacks the units: the gateway gives them back
    #[arg(long)]
    taken: bool,
    /// The inventory has the units, or you put its number right
    #[arg(long)]
    not_taken: bool,
}

/// Does what is to be done with units in doubt.
pub(in crate::cli) fn run(args: &StockArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        StockCommand::Doubts(args) => doubts(args, desk).await,
        StockCommand::Settle(args) => settle(args, desk).await,
    })
}

async fn doubts(args: &DoubtsArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/stock/doubts").await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let DoubtList { doubts } = answer.read()?;
    if doubts.is_empty() {
        return Ok(Said::fine("No units are in doubt.\n".to_owned()));
    }
    let mut table = Table::new([
        ("ITEM", Side::Left),
        ("UNITS", Side::Right),
        ("SINCE", Side::Left),
        ("RESERVATION", Side::Left),
    ]);
    for DoubtShown { reservation, item, units, since } in doubts {
        table.push([item, units.to_string(), since.to_string(), reservation]);
    }
    Ok(Said::fine(table.text()))
}

async fn settle(args: &SettleArgs, desk: &Desk) -> Result<Said, CommandError> {
    let finding = if args.finding.taken { Finding::Taken } else { Finding::NotTaken };
    let asked = SettleAsked { reservation: args.reservation.clone(), finding };
    let answer = desk.post("/stock/doubts/settle", &asked).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let DoubtShown { item, units, .. } = answer.read()?;
    Ok(Said::fine(match finding {
        Finding::Taken => format!("Settled: {units} of {item} were given back.\n"),
        Finding::NotTaken => format!("Settled: {units} of {item} are where they belong.\n"),
    }))
}
