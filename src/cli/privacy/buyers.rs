use clap::Args;
use serde_json::Value;

use crate::admin::{Erased, PersonAsked};
use crate::cli::answer::{CommandError, Said};
use crate::cli::arguments::OutputArgs;
use crate::cli::desk::{Store, at_desk};
use crate::config::Loaded;

/// Who is meant.
#[derive(Clone, Args)]
#[group(required = true, multiple = false)]
struct PersonArgs {
    /// Whoever buys or receives under this address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Whoever this session is of (cs_…)
    #[arg(long, value_name = "ID")]
    session: Option<String>,
    /// Whoever this order is of (ord_…)
    #[arg(long, value_name = "ID")]
    order: Option<String>,
}

impl std::fmt::Debug for PersonArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PersonArgs").finish_non_exhaustive()
    }
}

impl PersonArgs {
    fn wish(self) -> Result<Vec<u8>, CommandError> {
        let Self { email, session, order } = self;
        let asked = PersonAsked { email, session, order };
        serde_json::to_vec(&asked).map_err(CommandError::Unsayable)
    }
}

/// Write everything that is kept about a buyer, as JSON
///
/// Sessions with their history and payments, orders with what happened to them, carts, and the
/// answers that are kept to be repeated. Who exported it is written down (audit list).
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway export --email jane@example.com > jane.json
  acp-gateway export --order ord_0595_4m1rz8x2c0d9k7j5h3g1f6e4ba"
)]
pub(in crate::cli) struct ExportArgs {
    #[command(flatten)]
    person: PersonArgs,
}

/// Erase what is kept about a buyer
///
/// Sessions, carts and kept answers are gone afterwards. Orders stay, with their numbers, items
/// and amounts, and without names, addresses and notes. Nothing is erased while a completion, an
/// approval or an errand is under way. Backups, the payment provider and the merchant's own
/// systems keep what they have: see docs/privacy.md.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway erase --email jane@example.com
  acp-gateway erase --session cs_0595_0cvg5ha75avx7v975k735cwd3c"
)]
pub(in crate::cli) struct EraseArgs {
    #[command(flatten)]
    person: PersonArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Shows what is kept about a buyer.
pub(in crate::cli) fn run_export(args: ExportArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let wish = args.person.wish()?;
    let answer = at_desk(loaded, Store::MustExist, async |desk| {
        desk.post_long("/privacy/export", wish).await
    })?;
    let document: Value = answer.read()?;
    Ok(Said::fine(format!("{document:#}\n")))
}

/// Erases what is kept about a buyer.
pub(in crate::cli) fn run_erase(args: EraseArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let wish = args.person.wish()?;
    let answer = at_desk(loaded, Store::MustExist, async |desk| {
        desk.post_long("/privacy/erase", wish).await
    })?;
    if args.output.json {
        return Ok(Said::fine(answer.raw()));
    }
    let Erased { ids } = answer.read()?;
    Ok(Said::fine(format!(
        "Erased: {}\nBackups and the systems of others keep what they have.\n",
        ids.join(", ")
    )))
}
