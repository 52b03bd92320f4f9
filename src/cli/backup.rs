use std::path::PathBuf;

use clap::Args;

use super::answer::{CommandError, Said, line};
use super::arguments::OutputArgs;
use super::desk::{Store, at_desk};
use crate::admin::{BackupAsked, BackupMade};
use crate::config::Loaded;

/// Copy the store into a new file, while the gateway works
///
/// The copy is the store as it was at one moment. It does not hold the master key: keep that too,
/// in another place.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Example:
  acp-gateway backup /backups/acp-2026-11-21.redb

To restore it, stop the gateway, put the copy as acp.redb into an empty data directory together
with the master.key of the old one, and start on that directory.

It is for the store inside the gateway. Where the store is on Redis, backups are those of Redis
(redis-cli bgsave, or its append-only files), and this command says so and ends with 1."
)]
pub(super) struct BackupArgs {
    /// The file to make; one that exists is never overwritten
    #[arg(value_name = "FILE")]
    path: PathBuf,
    #[command(flatten)]
    output: OutputArgs,
}

/// Makes a backup.
pub(super) fn run(args: BackupArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    // The gateway may work in another directory.
    let path = std::path::absolute(&args.path)
        .map_err(|source| CommandError::Unwritable { path: args.path, source })?;
    let wish = serde_json::to_vec(&BackupAsked { path }).map_err(CommandError::Unsayable)?;
    let answer =
        at_desk(loaded, Store::MustExist, async |desk| desk.post_long("/backup", wish).await)?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let BackupMade { path, bytes } = answer.read()?;
    let mut text = format!("The store was copied to {} ({bytes} bytes).\n", path.display());
    let config = &loaded.config;
    let master_key = match config.secrets.master_key {
        Some(_) => "the configured one".to_owned(),
        None => config.store.data_dir.join("master.key").display().to_string(),
    };
    line(&mut text, format_args!("It is of no use without the master key: {master_key}"));
    Ok(Said::fine(text))
}
