use std::path::PathBuf;

use clap::Args;

use super::error::CommandError;
use super::said::Said;
use crate::http::openapi_document;

/// Print the OpenAPI description of the public API
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  acp-gateway openapi
  acp-gateway openapi --out openapi.json")]
pub(super) struct OpenapiArgs {
    /// Write it to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the description to where it is wanted.
pub(super) fn write(args: OpenapiArgs) -> Result<Said, CommandError> {
    let document = openapi_document();
    let Some(path) = args.out else {
        return Ok(Said::fine(document));
    };
    match std::fs::write(&path, document) {
        Ok(()) => Ok(Said::fine(format!("The API is described in {}.\n", path.display()))),
        Err(source) => Err(CommandError::Unwritable { path, source }),
    }
}
