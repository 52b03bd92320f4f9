use std::path::PathBuf;

use acp_wire::version::Version;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::answer::{CommandError, Said};
use crate::http::openapi_document;

/// Print the OpenAPI description of the public API
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  acp-gateway openapi
  acp-gateway openapi --api-version 2025-09-29
  acp-gateway openapi --out openapi.json")]
pub(super) struct OpenapiArgs {
    /// The version of the protocol to describe, such as 2025-09-29
    #[arg(long, value_name = "DATE", default_value = Version::NEWEST.as_str(),
        hide_possible_values = true, value_parser = PossibleValuesParser::new(Version::RELEASED.map(Version::as_str)))]
    api_version: String,
    /// Write it to this file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Writes the description to where it is wanted.
pub(super) fn write(args: OpenapiArgs) -> Result<Said, CommandError> {
    let version = Version::parse(&args.api_version).unwrap_or(Version::NEWEST);
    let document = openapi_document(version);
    let Some(path) = args.out else {
        return Ok(Said::fine(document));
    };
    match std::fs::write(&path, document) {
        Ok(()) => Ok(Said::fine(format!("The API is described in {}.\n", path.display()))),
        Err(source) => Err(CommandError::Unwritable { path, source }),
    }
}
