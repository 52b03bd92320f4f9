use clap::Args;

use super::answer::{CommandError, Said};
use crate::boot::{BootError, certificates};
use crate::config::Loaded;

/// Print the configuration this gateway would run with
///
/// Behind each value that is not a default stands where it came from. What is printed is a file
/// that loads again; secrets are left out.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway config
  acp-gateway config > acp-gateway.toml"
)]
pub(super) struct ConfigArgs {
    /// The address to listen on, as `serve` would be told
    #[arg(long, value_name = "ADDRESS")]
    pub(super) listen: Option<String>,
}

/// Shows the configuration, unless a file it names cannot be used.
pub(super) fn show(loaded: &Loaded) -> Result<Said, CommandError> {
    certificates(&loaded.config.server).map_err(BootError::from)?;
    let mut text = loaded.describe().map_err(CommandError::Undescribed)?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Ok(Said::fine(text))
}
