use clap::{Args, Subcommand};
use serde_json::json;

use super::answer::{CommandError, Said, Side, Table, line};
use super::arguments::OutputArgs;
use super::desk::{Desk, Store, at_desk};
use super::wire::encoded;
use crate::admin::{ReconciledShown, RunList, RunPage, RunShown};
use crate::config::Loaded;

/// Look at completions under way, and help those that do not end by themselves
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  acp-gateway runs list
  acp-gateway runs show cs_0595_0cvg5ha75avx7v975k735cwd3c")]
pub(super) struct RunsArgs {
    #[command(subcommand)]
    command: RunsCommand,
}

#[derive(Debug, Subcommand)]
enum RunsCommand {
    List(ListArgs),
    Show(ShowArgs),
    Retry(RetryArgs),
    Compensate(CompensateArgs),
    Capture(CaptureArgs),
    Reconcile(ReconcileArgs),
}

/// List the completions under way, the one that is looked at next in front
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway runs list
  acp-gateway runs list --stuck"
)]
struct ListArgs {
    /// Only those that do not end by themselves
    #[arg(long)]
    stuck: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show the completion of a session and what became of its payments
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway runs show cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct ShowArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Try the step of a completion again, now
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway runs retry cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct RetryArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Give everything back that a completion holds or took
///
/// Before there is an order, the session can be paid for again; an order that exists is canceled.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway runs compensate cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct CompensateArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Take the money that is held for an order, because its goods are on their way
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway runs capture cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
struct CaptureArgs {
    /// The id of the session (cs_…)
    #[arg(value_name = "SESSION")]
    session: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Compare the provider's payments with the orders here
///
/// After a store has lost writes, money may be held or taken for which there is no order. What is
/// held is let go of. What was taken is told: a buyer who asks again gets the order for it.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway runs reconcile
  acp-gateway runs reconcile --since 2026-11-21T09:00:00Z --give-back"
)]
struct ReconcileArgs {
    /// Since when payments are compared [default: the last day]
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Give money back that was taken for no order
    #[arg(long)]
    give_back: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Does what is to be done with runs.
pub(super) fn run(args: &RunsArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        RunsCommand::List(args) => list(args, desk).await,
        RunsCommand::Show(args) => show(args, desk).await,
        RunsCommand::Retry(RetryArgs { session, output }) => {
            judge(desk, session, "retry", *output).await
        }
        RunsCommand::Compensate(CompensateArgs { session, output }) => {
            judge(desk, session, "compensate", *output).await
        }
        RunsCommand::Capture(CaptureArgs { session, output }) => {
            judge(desk, session, "capture", *output).await
        }
        RunsCommand::Reconcile(args) => reconcile(args, desk).await,
    })
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/runs").await?;
    let RunList { mut runs } = answer.read()?;
    if args.stuck {
        runs.retain(|run| run.needs_person);
    }
    if args.output.json {
        return Ok(Said::fine(format!("{}\n", json!({ "runs": runs }))));
    }
    if runs.is_empty() {
        let what = if args.stuck { "that needs a person" } else { "under way" };
        return Ok(Said::fine(format!("There is no completion {what}.\n")));
    }
    let headings = ["SESSION", "STEP", "AMOUNT", "TRIES", "TROUBLE", "UNTIL"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for run in runs {
        let trouble = run.trouble.unwrap_or_default();
        let tries = run.tries.to_string();
        table.push([run.session, run.step, run.amount, tries, trouble, run.until.to_string()]);
    }
    Ok(Said::fine(table.text()))
}

async fn show(args: &ShowArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get(&format!("/runs/{}", encoded(&args.session))).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let RunPage { run, payments } = answer.read()?;
    let mut text = String::new();
    match run {
        Some(run) => describe(&mut text, &run),
        None => line(&mut text, "No completion of this session is under way."),
    }
    if !payments.is_empty() {
        let headings = ["AT", "ATTEMPT", "STATE", "AMOUNT", "PAYMENT"];
        let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
        for note in payments {
            let (at, attempt) = (note.at.to_string(), note.attempt.to_string());
            let payment = note.payment.unwrap_or_default();
            table.push([at, attempt, note.state, note.amount, payment]);
        }
        line(&mut text, "");
        text.push_str(&table.text());
    }
    Ok(Said::fine(text))
}

fn describe(text: &mut String, run: &RunShown) {
    let RunShown { session, step, amount, attempt, tries, .. } = run;
    line(text, format!("Attempt {attempt} of {session}, {amount}, is at step {step}."));
    match &run.trouble {
        Some(trouble) => {
            let until = &run.until;
            line(text, format!("Trouble: {trouble}, after {tries} tries; next look at {until}."));
        }
        None => line(text, format!("It is its worker's, or waits, until {}.", run.until)),
    }
    if run.needs_person {
        line(text, "It does not end by itself. Once the cause is mended, have it tried again:");
        line(text, format!("  acp-gateway runs retry {session}"));
        line(text, "or have everything given back:");
        line(text, format!("  acp-gateway runs compensate {session}"));
    }
}

async fn judge(
    desk: &Desk,
    session: &str,
    word: &str,
    output: OutputArgs,
) -> Result<Said, CommandError> {
    let address = format!("/runs/{}/{word}", encoded(session));
    let answer = desk.post(&address, &json!({})).await?;
    if output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let RunShown { session, step, .. } = answer.read()?;
    Ok(Said::fine(format!(
        "The completion goes on at step {step}.\nSee what became of it:  acp-gateway runs show \
         {session}\n"
    )))
}

async fn reconcile(args: &ReconcileArgs, desk: &Desk) -> Result<Said, CommandError> {
    let wish = json!({ "since": args.since, "give_back": args.give_back });
    let answer = desk.post("/reconcile", &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let ReconciledShown { looked_at, strays } = answer.read()?;
    if strays.is_empty() {
        let text = format!("Looked at {looked_at} payments; every one is accounted for.\n");
        return Ok(Said::fine(text));
    }
    let headings = ["PAYMENT", "SESSION", "AMOUNT", "MADE", "FATE"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for stray in strays {
        let made_at = stray.made_at.to_string();
        table.push([stray.payment, stray.session, stray.amount, made_at, stray.fate]);
    }
    Ok(Said::fine(table.text()))
}
