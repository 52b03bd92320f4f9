use acp_wire::scalar::DateTime;
use clap::Args;

use super::command::{moment, to_the_second};
use crate::admin::{KeyRotated, RotationAsked};
use crate::cli::answer::{CommandError, Said, line};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Desk, Store, at_desk};
use crate::cli::wire::encoded;
use crate::config::Loaded;

/// Make a key that takes the place of another, and print its token, this once
///
/// Agent, scope, label, habits, and what requests are signed with stay as they are; so does the
/// time from which on the key is refused, unless another is given. The old key is good for a while
/// yet, so that its holder can change over.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway keys rotate 4f1f2d3c9a7b
  acp-gateway keys rotate 4f1f2d3c9a7b --overlap 7d
  acp-gateway keys rotate 4f1f2d3c9a7b --overlap 0"
)]
pub(super) struct RotateArgs {
    /// The id of the key, as `keys list` shows it: the middle part of its token
    #[arg(value_name = "KEY")]
    id: String,
    /// How long the old key is still good: so many s, m, h or d; with 0 it ends at once
    #[arg(long, value_name = "TIME", default_value = "24h", value_parser = seconds)]
    overlap: u64,
    /// The day, or the moment in RFC 3339, from which on the new key is refused
    #[arg(long, value_name = "TIME", value_parser = moment)]
    expires_at: Option<DateTime>,
    #[command(flatten)]
    output: OutputArgs,
}

/// Replaces a key.
pub(super) fn run(args: &RotateArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    at_desk(loaded, Store::MustExist, async |desk| rotate(args, desk).await)
}

async fn rotate(args: &RotateArgs, desk: &Desk) -> Result<Said, CommandError> {
    let address = format!("/keys/{}/rotate", encoded(&args.id));
    let wish = RotationAsked { overlap_seconds: Some(args.overlap), expires_at: args.expires_at };
    let answer = desk.post(&address, &wish).await?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let KeyRotated { token, key, replaced } = answer.read()?;
    let mut text = format!("{token}\n\n");
    line(&mut text, "This is the token. It is shown only this once and cannot be found out later.");
    let (id, agent) = (&key.id, &key.agent);
    line(&mut text, format_args!("Key {id} takes the place of key {} of {agent}.", replaced.id));
    if let Some(end) = replaced.expires_at {
        line(&mut text, format_args!("The old key is refused from {} on.", to_the_second(end)));
    }
    if let Some(end) = key.expires_at {
        line(&mut text, format_args!("The new key is refused from {} on.", to_the_second(end)));
    }
    Ok(Said::fine(text))
}

/// A span of time as people type it.
fn seconds(text: &str) -> Result<u64, String> {
    let expected = || format!("{text} is no time; expected something like 0, 90m, 24h or 7d");
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.strip_prefix(digits).unwrap_or_default() {
        "" if digits == "0" => 1,
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(expected()),
    };
    let count: u64 = digits.parse().map_err(|_cause| expected())?;
    count.checked_mul(unit).ok_or_else(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_unit_unless_it_is_none() {
        for (text, expected) in [("0", 0), ("30s", 30), ("90m", 5_400), ("24h", 86_400)] {
            assert_eq!(seconds(text), Ok(expected), "{text}");
        }
        assert_eq!(seconds("7d"), Ok(604_800));
        for text in ["", "7", "h", "-1h", "1.5h", "1w", "1 h", "99999999999999999999d"] {
            assert!(seconds(text).unwrap_err().contains("24h"), "{text}");
        }
    }
}
