use acp_core::tenant::ProofNeeded;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::answer::{CommandError, Said, Side, Table, line};
use super::arguments::OutputArgs;
use super::desk::{Desk, Store, at_desk};
use super::wire::encoded;
use crate::admin::{PolicyShown, ProofsAsked, TenantAsked, TenantList, TenantShown};
use crate::config::Loaded;

/// Make, list, suspend and resume the merchants one gateway sells for
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway tenants create birch-books --name 'Birch Books'
  acp-gateway keys create --scope agent --agent chatgpt --tenant birch-books
  acp-gateway catalog import books.csv --tenant birch-books")]
pub(super) struct TenantsArgs {
    #[command(subcommand)]
    command: TenantsCommand,
}

#[derive(Debug, Subcommand)]
enum TenantsCommand {
    List(ListArgs),
    Create(CreateArgs),
    Show(ShowArgs),
    Suspend(SuspendArgs),
    Resume(ResumeArgs),
    Policy(PolicyArgs),
}

/// List every tenant, the shop of the configuration in front
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway tenants list
  acp-gateway tenants list --json"
)]
struct ListArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Make a tenant: it has its own goods, keys, sessions, orders and quotas
///
/// Currency, taxes, delivery, promotions and payments are those of the configuration, for every
/// tenant. A tenant cannot be taken away again, only suspended.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway tenants create birch-books --name 'Birch Books'"
)]
struct CreateArgs {
    /// The id of the tenant: lowercase letters, digits, - and _
    #[arg(value_name = "TENANT")]
    id: String,
    /// What people call it [default: its id]
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show a tenant, and which proofs its operations need
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway tenants show birch-books"
)]
struct ShowArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Begin nothing new for a tenant: its agents are turned away, its merchant may look
///
/// Completions that have begun are finished. Other gateways of the same store know of it within
/// seconds.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway tenants suspend birch-books"
)]
struct SuspendArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Serve the callers of a tenant again
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway tenants resume birch-books"
)]
struct ResumeArgs {
    #[command(flatten)]
    which: WhichArgs,
}

/// Say which proof an operation needs: a key, or a signed request
///
/// What is not named stays as it is. A key that has to sign its requests has to whatever stands
/// here; see `keys signing`.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    override_usage = "acp-gateway tenants policy [OPTIONS] <TENANT>",
    after_help = "\
Examples:
  acp-gateway tenants policy birch-books --complete signed
  acp-gateway tenants policy birch-books --change signed --merchant signed"
)]
struct PolicyArgs {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    proofs: ProofArgs,
}

#[derive(Clone, Debug, Args)]
#[group(required = true, multiple = true)]
struct ProofArgs {
    /// For an agent to look
    #[arg(long, value_name = "PROOF", value_parser = proofs())]
    read: Option<String>,
    /// For an agent to open, change or cancel a session or a cart
    #[arg(long, value_name = "PROOF", value_parser = proofs())]
    change: Option<String>,
    /// For an agent to complete a session
    #[arg(long, value_name = "PROOF", value_parser = proofs())]
    complete: Option<String>,
    /// For everything the merchant does
    #[arg(long, value_name = "PROOF", value_parser = proofs())]
    merchant: Option<String>,
}

#[derive(Debug, Args)]
struct WhichArgs {
    /// The id of the tenant, as `tenants list` shows it
    #[arg(value_name = "TENANT")]
    id: String,
    #[command(flatten)]
    output: OutputArgs,
}

fn proofs() -> PossibleValuesParser {
    PossibleValuesParser::new(ProofNeeded::ALL.map(ProofNeeded::as_str))
}

/// Does what is to be done with tenants.
pub(super) fn run(args: &TenantsArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let store = match &args.command {
        TenantsCommand::Create(_) => Store::MayBeNew,
        _ => Store::MustExist,
    };
    at_desk(loaded, store, async |desk| match &args.command {
        TenantsCommand::List(args) => list(args, desk).await,
        TenantsCommand::Create(args) => create(args, desk).await,
        TenantsCommand::Show(ShowArgs { which }) => show(which, desk).await,
        TenantsCommand::Suspend(SuspendArgs { which }) => move_on(which, desk, "suspend").await,
        TenantsCommand::Resume(ResumeArgs { which }) => move_on(which, desk, "resume").await,
        TenantsCommand::Policy(args) => set_policy(args, desk).await,
    })
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/tenants").await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let TenantList { tenants } = answer.read()?;
    let headings = ["TENANT", "STATE", "SIGNED", "CREATED", "NAME"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for tenant in tenants {
        let signed = signed(&tenant.policy);
        table.push([
            tenant.id,
            if tenant.suspended_at.is_some() { "suspended" } else { "served" }.to_owned(),
            if signed.is_empty() { "-".to_owned() } else { signed.join(",") },
            tenant.created_at.to_string(),
            tenant.name,
        ]);
    }
    Ok(Said::fine(table.text()))
}

async fn create(args: &CreateArgs, desk: &Desk) -> Result<Said, CommandError> {
    let name = args.name.clone().unwrap_or_else(|| args.id.clone());
    let answer = desk.post("/tenants", &TenantAsked { id: args.id.clone(), name }).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let TenantShown { id, name, .. } = answer.read()?;
    let mut text = String::new();
    line(&mut text, format_args!("There is a tenant {id} ({name}) now, without goods and keys."));
    line(
        &mut text,
        format_args!(
            "Let an agent in:  acp-gateway keys create --scope agent --agent NAME --tenant {id}"
        ),
    );
    line(
        &mut text,
        format_args!("Sell something:   acp-gateway catalog import FILE --tenant {id}"),
    );
    Ok(Said::fine(text))
}

async fn show(which: &WhichArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get(&address(which, "")).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    Ok(Said::fine(told(&answer.read()?)))
}

async fn move_on(which: &WhichArgs, desk: &Desk, to: &str) -> Result<Said, CommandError> {
    let address = address(which, &format!("/{to}"));
    let answer = desk.post(&address, &serde_json::json!({})).await?;
    if which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let TenantShown { id, suspended_at, .. } = answer.read()?;
    Ok(Said::fine(match suspended_at {
        Some(since) => format!(
            "Tenant {id} is suspended since {since}: its agents are turned away, and what has \
             begun is finished.\n"
        ),
        None => format!("The callers of tenant {id} are served.\n"),
    }))
}

async fn set_policy(args: &PolicyArgs, desk: &Desk) -> Result<Said, CommandError> {
    let ProofArgs { read, change, complete, merchant } = args.proofs.clone();
    let wish = ProofsAsked { read, change, complete, merchant };
    let answer = desk.post(&address(&args.which, "/policy"), &wish).await?;
    if args.which.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    Ok(Said::fine(told(&answer.read()?)))
}

fn address(which: &WhichArgs, what: &str) -> String {
    format!("/tenants/{}{what}", encoded(&which.id))
}

/// The groups that need a signature.
fn signed(policy: &PolicyShown) -> Vec<&'static str> {
    let PolicyShown { read, change, complete, merchant } = policy;
    let groups =
        [("read", read), ("change", change), ("complete", complete), ("merchant", merchant)];
    let is_signed = |proof: &str| proof == ProofNeeded::Signed.as_str();
    groups.into_iter().filter(|(_, proof)| is_signed(proof)).map(|(group, _)| group).collect()
}

fn told(tenant: &TenantShown) -> String {
    let TenantShown { id, name, is_shop, created_at, suspended_at, policy } = tenant;
    let what = if *is_shop { "the shop of the configuration" } else { "a tenant beside the shop" };
    let mut text = String::new();
    line(&mut text, format_args!("{id} ({name}) is {what}, made at {created_at}."));
    match suspended_at {
        Some(since) => line(&mut text, format_args!("It is suspended since {since}.")),
        None => line(&mut text, "Its callers are served."),
    }
    let mut table = Table::new([("OPERATIONS", Side::Left), ("NEED", Side::Left)]);
    let PolicyShown { read, change, complete, merchant } = policy;
    for (group, proof) in
        [("read", read), ("change", change), ("complete", complete), ("merchant", merchant)]
    {
        table.push([group.to_owned(), proof.clone()]);
    }
    text.push_str(&table.text());
    text
}
