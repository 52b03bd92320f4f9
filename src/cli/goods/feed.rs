use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::admin::{FeedList, FeedShown, PushAsked, PushDone, RoundShown};
use crate::cli::answer::{CommandError, Said, Side, Table};
use crate::cli::arguments::{OutputArgs, TenantArgs};
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Write all that is sold as a product feed, and tell agents of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  acp-gateway feed export > products.jsonl
  acp-gateway feed status")]
pub(in crate::cli) struct FeedArgs {
    #[command(subcommand)]
    command: FeedCommand,
}

#[derive(Debug, Subcommand)]
enum FeedCommand {
    Export(ExportArgs),
    Push(PushArgs),
    Status(StatusArgs),
}

/// Write all that is sold
///
/// With --dir, two files are written as the protocol has them for a full replacement:
/// products.jsonl and metadata.json. What an agent gets so drops what it does not name.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway feed export --format csv > goods.csv
  acp-gateway feed export --dir handover --id feed_8f3K2x --country US"
)]
struct ExportArgs {
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = formats())]
    format: String,
    /// Write the files of a full replacement into this directory
    #[arg(long, value_name = "DIR", conflicts_with = "format")]
    dir: Option<PathBuf>,
    /// What the agent calls the feed [default: the tenant]
    #[arg(long, value_name = "FEED", requires = "dir")]
    id: Option<String>,
    /// Which market the feed is for, such as US
    #[arg(long, value_name = "COUNTRY", requires = "dir")]
    country: Option<String>,
    #[command(flatten)]
    tenant: TenantArgs,
}

/// Tell an agent now of what has changed
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway feed push chatgpt
  acp-gateway feed push chatgpt --everything"
)]
struct PushArgs {
    /// The name of the feed, as `feed status` shows it
    #[arg(value_name = "FEED")]
    name: String,
    /// Tell it of everything, also of what it was told before
    #[arg(long)]
    everything: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Show how far agents were told
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway feed status"
)]
struct StatusArgs {
    #[command(flatten)]
    output: OutputArgs,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(["jsonl", "json", "csv"])
}

/// Does what is to be done with feeds.
pub(in crate::cli) fn run(args: &FeedArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match &args.command {
        FeedCommand::Export(args) => export(args, loaded, desk).await,
        FeedCommand::Push(args) => push(args, desk).await,
        FeedCommand::Status(args) => status(args, desk).await,
    })
}

async fn export(args: &ExportArgs, loaded: &Loaded, desk: &Desk) -> Result<Said, CommandError> {
    let address = format!("/feed?format={}{}", args.format, args.tenant.asked("&"));
    let Some(dir) = &args.dir else {
        // Line by line is too slow for so many lines.
        let mut out = io::BufWriter::new(io::stdout());
        desk.download(&address, &mut out).await?;
        out.flush().map_err(CommandError::Unprinted)?;
        return Ok(Said::fine(String::new()));
    };
    std::fs::create_dir_all(dir).map_err(unwritable(dir))?;
    // What breaks off must not be taken for the whole, from which everything else is dropped.
    let (products, part) = (dir.join("products.jsonl"), dir.join("products.jsonl.part"));
    let mut file = io::BufWriter::new(File::create(&part).map_err(unwritable(&part))?);
    desk.download(&address, &mut file).await?;
    let file = file.into_inner().map_err(|error| unwritable(&part)(error.into_error()))?;
    file.sync_all().map_err(unwritable(&part))?;
    std::fs::rename(&part, &products).map_err(unwritable(&products))?;
    let tenant = args.tenant.tenant.as_deref().unwrap_or(&loaded.config.shop.id);
    let id = args.id.as_deref().unwrap_or(tenant);
    let metadata = match args.country.as_deref().map(str::to_uppercase) {
        Some(country) => json!({ "id": id, "target_country": country }),
        None => json!({ "id": id }),
    };
    let about = dir.join("metadata.json");
    std::fs::write(&about, format!("{metadata}\n")).map_err(unwritable(&about))?;
    let (products, about) = (products.display(), about.display());
    Ok(Said::fine(format!("Everything that is sold is in {products}; {about} goes with it.\n")))
}

fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> CommandError {
    let path = path.to_owned();
    |source| CommandError::Unwritable { path, source }
}

async fn push(args: &PushArgs, desk: &Desk) -> Result<Said, CommandError> {
    let address = format!("/feeds/{}/push", encoded(&args.name));
    let wish = PushAsked { everything: args.everything };
    let body = serde_json::to_vec(&wish).map_err(CommandError::Unsayable)?;
    let answer = desk.post_long(&address, body).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let name = &args.name;
    let PushDone { done } = answer.read()?;
    Ok(Said::fine(match done {
        Some(round) => format!("{name}: {}.\n", told(&round)),
        None => format!("{name} is being told already by somebody else.\n"),
    }))
}

fn told(round: &RoundShown) -> String {
    let RoundShown { products, told, gone, refused, .. } = round;
    format!("{told} of {products} products told, {gone} of them gone, {refused} not taken")
}

async fn status(args: &StatusArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/feeds").await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let FeedList { feeds } = answer.read()?;
    if feeds.is_empty() {
        return Ok(Said::fine("No agent is told of what is sold (feed.agents).\n".to_owned()));
    }
    let mut table = Table::new(
        ["NAME", "TENANT", "FEED", "STATE", "LAST TIME"].map(|heading| (heading, Side::Left)),
    );
    for shown in feeds {
        let (state, last) = (state_of(&shown), shown.last.as_ref());
        let last = last.map(|round| format!("{}: {}", round.ended_at, told(round)));
        let FeedShown { name, tenant, feed, .. } = shown;
        table.push([name, tenant, feed.unwrap_or_default(), state, last.unwrap_or_default()]);
    }
    Ok(Said::fine(table.text()))
}

fn state_of(shown: &FeedShown) -> String {
    match (&shown.trouble, shown.at_work) {
        (Some(trouble), _) if shown.failures == 0 => format!("rests: {trouble}"),
        (Some(trouble), _) => format!("failed {} times: {trouble}", shown.failures),
        (None, true) => "at work".to_owned(),
        (None, false) if shown.last.is_some() => "up to date".to_owned(),
        (None, false) => "not told yet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_says_how_it_stands() {
        let shown = |trouble: Option<&str>, at_work| FeedShown {
            name: "a".into(),
            tenant: "shop".into(),
            address: "https://agent.example".into(),
            feed: None,
            at_work,
            due_at: None,
            failures: 2,
            trouble: trouble.map(Into::into),
            last: None,
            update: None,
        };
        assert_eq!(state_of(&shown(Some("no"), false)), "failed 2 times: no");
        let resting = FeedShown { failures: 0, ..shown(Some("no tenant"), false) };
        assert_eq!(state_of(&resting), "rests: no tenant");
        assert_eq!(state_of(&shown(None, true)), "at work");
        assert_eq!(state_of(&shown(None, false)), "not told yet");
    }
}
