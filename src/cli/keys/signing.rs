use std::path::PathBuf;

use acp_core::signing::{SignaturePolicy, SignedForm, SigningAlgorithm, SigningProfile};
use acp_wire::scalar::DateTime;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::command::{moment, to_the_second};
use crate::admin::{
    EndAsked, PolicyAsked, SigningKeyAsked, SigningKeyMade, SigningKeyShown, SigningKeyState,
    SigningShown,
};
use crate::cli::answer::{CommandError, Said, Side, Table, line};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Say what the holder of a key signs its requests with, and whether it has to
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  acp-gateway keys signing add 4f1f2d3c9a7b --algorithm hmac-sha256
  acp-gateway keys signing policy 4f1f2d3c9a7b required")]
pub(super) struct SigningArgs {
    #[command(subcommand)]
    command: SigningCommand,
}

#[derive(Debug, Subcommand)]
enum SigningCommand {
    Add(AddArgs),
    List(ListArgs),
    End(EndArgs),
    Policy(PolicyArgs),
}

/// Add a signing key; where it is a secret, make it and print it, this once
///
/// Two may be good at the same time, so that the next one can be in use before the old one ends.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway keys signing add 4f1f2d3c9a7b --algorithm hmac-sha256
  acp-gateway keys signing add 4f1f2d3c9a7b --algorithm ed25519 --public-key agent.pem \\
      --profile full"
)]
struct AddArgs {
    /// The id of the key, as `keys list` shows it
    #[arg(value_name = "KEY")]
    key: String,
    /// How it signs
    #[arg(long, value_parser = PossibleValuesParser::new(SigningAlgorithm::ALL.map(SigningAlgorithm::as_str)))]
    algorithm: String,
    /// What it signs: the body, the time and the body, or all that decides what is done
    #[arg(long, default_value = SigningProfile::TimeAndBody.as_str(), value_parser = PossibleValuesParser::new(SigningProfile::ALL.map(SigningProfile::as_str)))]
    profile: String,
    /// Whether it signs bodies byte for byte, or in the canonical form of RFC 8785
    #[arg(long, default_value = SignedForm::Canonical.as_str(), value_parser = PossibleValuesParser::new(SignedForm::ALL.map(SignedForm::as_str)))]
    form: String,
    /// The file with the public key: as PEM, as JWK, or its bytes in base64
    #[arg(
        long,
        value_name = "FILE",
        required_if_eq_any = [("algorithm", "ed25519"), ("algorithm", "es256")]
    )]
    public_key: Option<PathBuf>,
    /// The day, or the moment in RFC 3339, before which it proves nothing
    #[arg(long, value_name = "TIME", value_parser = moment)]
    not_before: Option<DateTime>,
    /// The day, or the moment in RFC 3339, from which on it proves nothing
    #[arg(long, value_name = "TIME", value_parser = moment)]
    not_after: Option<DateTime>,
    #[command(flatten)]
    output: OutputArgs,
}

/// List what the holder of a key signs with
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway keys signing list 4f1f2d3c9a7b"
)]
struct ListArgs {
    /// The id of the key, as `keys list` shows it
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// End a signing key at once; it cannot be taken back
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway keys signing end 4f1f2d3c9a7b sig_08d5b3a2c1f0"
)]
struct EndArgs {
    /// The id of the key, as `keys list` shows it
    #[arg(value_name = "KEY")]
    key: String,
    /// The id of the signing key, as `keys signing list` shows it
    #[arg(value_name = "SIGNING_KEY")]
    id: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Decide whether requests with a key have to be signed
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway keys signing policy 4f1f2d3c9a7b required"
)]
struct PolicyArgs {
    /// The id of the key, as `keys list` shows it
    #[arg(value_name = "KEY")]
    key: String,
    /// Unless it is off, a wrong signature is refused
    #[arg(value_parser = PossibleValuesParser::new(SignaturePolicy::ALL.map(SignaturePolicy::as_str)))]
    policy: String,
    #[command(flatten)]
    output: OutputArgs,
}

/// Does what is to be done with signing keys.
pub(super) fn run(args: SigningArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| match args.command {
        SigningCommand::Add(args) => add(args, desk).await,
        SigningCommand::List(args) => list(&args, desk).await,
        SigningCommand::End(args) => end(args, desk).await,
        SigningCommand::Policy(args) => policy(args, desk).await,
    })
}

fn address(key: &str, rest: &str) -> String {
    format!("/keys/{}/signing{rest}", encoded(key))
}

async fn add(args: AddArgs, desk: &Desk) -> Result<Said, CommandError> {
    let public_key = args.public_key.map(|path| match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(source) => Err(CommandError::Unreadable { path, source }),
    });
    let wish = SigningKeyAsked {
        algorithm: args.algorithm,
        profile: Some(args.profile),
        form: Some(args.form),
        public_key: public_key.transpose()?,
        not_before: args.not_before,
        not_after: args.not_after,
    };
    let answer = desk.post(&address(&args.key, ""), &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let SigningKeyMade { secret, key } = answer.read()?;
    let mut text = String::new();
    if let Some(secret) = secret {
        line(&mut text, format_args!("{secret}\n"));
        let once = "This is the secret. It is shown only this once and cannot be found out later.";
        line(&mut text, once);
    }
    let SigningKeyShown { id, algorithm, profile, form, .. } = key;
    line(
        &mut text,
        format_args!("Signing key {id} of {}: {algorithm} over {profile}, {form}.", args.key),
    );
    Ok(Said::fine(text))
}

async fn list(args: &ListArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.get(&address(&args.key, "")).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let SigningShown { policy, tenant_asks_for, signing_keys, .. } = answer.read()?;
    let mut text = format!("Signatures are {policy}.\n");
    if !tenant_asks_for.is_empty() {
        let groups = tenant_asks_for.join(", ");
        line(&mut text, format_args!("The tenant asks for signed requests to: {groups}."));
    }
    if signing_keys.is_empty() {
        line(&mut text, "There is no signing key.");
        return Ok(Said::fine(text));
    }
    let headings = ["SIGNING KEY", "ALGORITHM", "PROFILE", "FORM", "STATE", "FROM", "UNTIL"];
    let mut table = Table::new(headings.map(|heading| (heading, Side::Left)));
    for key in signing_keys {
        table.push(row(key));
    }
    text.push_str(&table.text());
    Ok(Said::fine(text))
}

async fn end(args: EndArgs, desk: &Desk) -> Result<Said, CommandError> {
    let answer = desk.post(&address(&args.key, "/end"), &EndAsked { id: args.id.clone() }).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    Ok(Said::fine(format!("Signing key {} of {} proves nothing any more.\n", args.id, args.key)))
}

async fn policy(args: PolicyArgs, desk: &Desk) -> Result<Said, CommandError> {
    let wish = PolicyAsked { policy: args.policy };
    let answer = desk.post(&address(&args.key, "/policy"), &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let SigningShown { key, policy, .. } = answer.read()?;
    Ok(Said::fine(format!("Signatures of {key} are {policy} from now on.\n")))
}

fn row(key: SigningKeyShown) -> [String; 7] {
    let state = match key.state {
        SigningKeyState::Coming => "coming",
        SigningKeyState::Good => "good",
        SigningKeyState::Ended => "ended",
    };
    [
        key.id,
        key.algorithm,
        key.profile,
        key.form,
        state.to_owned(),
        to_the_second(key.not_before.unwrap_or(key.created_at)),
        key.not_after.map_or_else(|| "it is ended".to_owned(), to_the_second),
    ]
}
