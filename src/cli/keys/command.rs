use acp_core::principal::Scope;
use acp_core::time::Timestamp;
use acp_wire::scalar::DateTime;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::requests::{self, RequestsArgs};
use super::rotate::{self, RotateArgs};
use super::signing::{self, SigningArgs};
use crate::admin::{
    EndpointList, EndpointShown, HabitsShown, KeyAsked, KeyList, KeyMade, KeyShown, KeyState,
};
use crate::cli::answer::{CommandError, Said, Side, Table, line};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Make, list, rotate and revoke the keys that let somebody call
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway keys create --scope agent --agent chatgpt")]
pub(in crate::cli) struct KeysArgs {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    Create(CreateArgs),
    List(ListArgs),
    Revoke(RevokeArgs),
    Rotate(RotateArgs),
    Requests(RequestsArgs),
    Signing(SigningArgs),
}

/// Make a key and print its token, this once
///
/// The first key ends the demo: from then on the demo keys open nothing.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway keys create --scope agent --agent chatgpt --label 'ChatGPT, production'
  acp-gateway keys create --scope agent --agent trial --expires-at 2027-01-31
  acp-gateway keys create --scope merchant --label 'back office'
  acp-gateway keys create --scope principal --subject ada"
)]
struct CreateArgs {
    /// What the key allows: to buy, to look after the shop or the gateway, or to let agents spend
    #[arg(long, value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::as_str)))]
    scope: String,
    /// The agent it speaks for; keys of one agent see the same sessions
    #[arg(long, value_name = "NAME", required_if_eq("scope", "agent"))]
    agent: Option<String>,
    /// The principal it speaks for: whoever lets agents spend
    #[arg(
        long,
        value_name = "NAME",
        required_if_eq("scope", "principal"),
        conflicts_with = "agent"
    )]
    subject: Option<String>,
    /// The tenant it is for [default: the shop]
    #[arg(long, value_name = "TENANT")]
    tenant: Option<String>,
    /// What people call the key
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    label: String,
    /// The day, or the moment in RFC 3339, from which on it is refused
    #[arg(long, value_name = "TIME", value_parser = moment)]
    expires_at: Option<DateTime>,
    #[command(flatten)]
    habits: HabitsArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What an agent does otherwise than its version of the protocol says.
#[derive(Debug, Args)]
#[command(next_help_heading = "For agents that do otherwise than their version says")]
struct HabitsArgs {
    /// The status for an idempotency key that was used for another body
    #[arg(long, value_name = "STATUS", value_parser = ["409", "422"])]
    conflict_status: Option<String>,
    /// The status for a completion that ended in an order
    #[arg(long, value_name = "STATUS", value_parser = ["200", "201"])]
    completed_status: Option<String>,
    /// What is done with fields its version does not know
    #[arg(long, value_name = "WHAT", value_parser = ["ignore", "refuse"])]
    unknown_fields: Option<String>,
    /// Its addresses carry phone numbers
    #[arg(long)]
    address_phone: bool,
}

impl HabitsArgs {
    fn shown(self) -> HabitsShown {
        let status = |text: Option<String>| text.and_then(|text| text.parse().ok());
        HabitsShown {
            conflict_status: status(self.conflict_status),
            completed_status: status(self.completed_status),
            unknown_fields: self.unknown_fields,
            address_phone: self.address_phone,
        }
    }
}

/// List every key, also those that open nothing any more
///
/// USED is when the key was last used, to the minute; what happened in the last minute may be
/// missing. Behind FOLLOWS stands the key whose place it took.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway keys list
  acp-gateway keys list --json"
)]
struct ListArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// End a key at once; it cannot be taken back
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway keys revoke 4f1f2d3c9a7b"
)]
struct RevokeArgs {
    /// The id of the key, as `keys list` shows it: the middle part of its token
    #[arg(value_name = "KEY")]
    id: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Does what is to be done with keys.
pub(in crate::cli) fn run(args: KeysArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    match args.command {
        KeysCommand::Create(args) => {
            at_desk(loaded, Store::MayBeNew, async |desk| create(args, desk).await)
        }
        KeysCommand::List(args) => {
            at_desk(loaded, Store::MustExist, async |desk| list(&args, desk).await)
        }
        KeysCommand::Revoke(args) => {
            at_desk(loaded, Store::MustExist, async |desk| revoke(&args, desk).await)
        }
        KeysCommand::Rotate(args) => rotate::run(&args, loaded),
        KeysCommand::Requests(args) => requests::run(&args, loaded),
        KeysCommand::Signing(args) => signing::run(args, loaded),
    }
}

async fn create(args: CreateArgs, desk: &Desk) -> Result<Said, CommandError> {
    let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == args.scope);
    let wish = KeyAsked {
        tenant: args.tenant,
        scope: scope.unwrap_or(Scope::Agent),
        agent: args.agent.or(args.subject).unwrap_or(args.scope),
        label: args.label,
        expires_at: args.expires_at,
        habits: args.habits.shown(),
    };
    let answer = desk.post("/keys", &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let KeyMade { token, key } = answer.read()?;
    let mut text = format!("{token}\n\n");
    line(&mut text, "This is the token. It is shown only this once and cannot be found out later.");
    line(
        &mut text,
        format_args!(
            "Key {} with the scope {} speaks for {} and calls the tenant {}.",
            key.id,
            key.scope.as_str(),
            key.agent,
            key.tenant
        ),
    );
    if let Some(end) = key.expires_at {
        line(&mut text, format_args!("It is refused from {} on.", to_the_second(end)));
    }
    Ok(Said::fine(text))
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get("/keys").await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let KeyList { keys } = answer.read()?;
    if keys.is_empty() {
        return Ok(Said::fine("No key was made yet: this is a demo.\n".to_owned()));
    }
    let left = |heading| (heading, Side::Left);
    let headings =
        ["KEY", "SCOPE", "AGENT", "STATE", "CREATED", "EXPIRES", "USED", "FOLLOWS", "LABEL"];
    let mut table = Table::new(headings.map(left));
    for key in keys {
        table.push(row(key));
    }
    Ok(Said::fine(table.text()))
}

async fn revoke(args: &RevokeArgs, desk: &Desk) -> Result<Said, CommandError> {
    let address = format!("/keys/{}/revoke", encoded(&args.id));
    let answer = desk.post(&address, &serde_json::json!({})).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let key: KeyShown = answer.read()?;
    let since = key.revoked_at.map(to_the_second).unwrap_or_default();
    let mut text = String::new();
    line(&mut text, format_args!("Key {} of {} opens nothing since {since}.", key.id, key.agent));
    for endpoint in endpoints_of(&key, desk).await? {
        line(
            &mut text,
            format_args!(
                "The agent is still told of its orders at {}: acp-gateway webhooks remove {}",
                endpoint.url, endpoint.id
            ),
        );
    }
    Ok(Said::fine(text))
}

/// Endpoints belong to the agent and outlive the key they may have been opened with.
async fn endpoints_of(key: &KeyShown, desk: &Desk) -> Result<Vec<EndpointShown>, CommandError> {
    let (agent, tenant) = (encoded(&key.agent), encoded(&key.tenant));
    let answer = desk.get(&format!("/webhooks?agent={agent}&tenant={tenant}")).await?;
    let EndpointList { endpoints } = answer.read()?;
    Ok(endpoints)
}

fn row(key: KeyShown) -> [String; 9] {
    let never = || "never".to_owned();
    let state = match key.state {
        KeyState::Good => "good",
        KeyState::Expired => "expired",
        KeyState::Revoked => "revoked",
    };
    [
        key.id,
        key.scope.as_str().to_owned(),
        key.agent,
        state.to_owned(),
        to_the_second(key.created_at),
        key.expires_at.map_or_else(never, to_the_second),
        key.last_used_at.map_or_else(never, to_the_second),
        key.follows.unwrap_or_else(|| "-".to_owned()),
        key.label,
    ]
}

/// A time without what is too fine for people.
pub(super) fn to_the_second(DateTime(time): DateTime) -> String {
    let seconds = time.unix_ms().div_euclid(1_000).saturating_mul(1_000);
    DateTime(Timestamp::from_unix_ms(seconds)).to_string()
}

/// A moment as people type it: a day begins at midnight, UTC.
pub(super) fn moment(text: &str) -> Result<DateTime, String> {
    let full =
        if text.contains(['T', 't']) { text.to_owned() } else { format!("{text}T00:00:00Z") };
    serde_json::from_value(serde_json::Value::String(full)).map_err(|error| {
        format!("{error}; expected something like 2027-01-31 or 2027-01-31T18:00:00Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight() {
        assert_eq!(moment("2027-01-31").unwrap().to_string(), "2027-01-31T00:00:00Z");
        assert_eq!(
            moment("2027-01-31T18:00:00+01:00").unwrap().to_string(),
            "2027-01-31T17:00:00Z"
        );
        assert!(moment("soon").unwrap_err().contains("2027-01-31"));
    }

    #[test]
    fn times_are_shown_to_the_second() {
        let time = DateTime(Timestamp::from_unix_ms(1_700_000_000_987));
        assert_eq!(to_the_second(time), "2023-11-14T22:13:20Z");
    }
}
