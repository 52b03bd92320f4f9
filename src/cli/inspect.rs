use clap::Args;
use serde_json::Value;

use super::answer::{CommandError, Said, outline};
use super::arguments::OutputArgs;
use super::desk::{Store, at_desk};
use super::wire::encoded;
use crate::config::Loaded;

/// Show everything that belongs to a session or an order
///
/// The session, the journal of its completion, what happened to it, its order and the stock of
/// its items. Of what is sealed only the length is shown.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway inspect cs_0595_0cvg5ha75avx7v975k735cwd3c
  acp-gateway inspect ord_0595_4m1rz8x2c0d9k7j5h3g1f6e4ba --outline"
)]
pub(super) struct InspectArgs {
    /// The id of a session (cs_…) or of an order (ord_…)
    #[arg(value_name = "ID")]
    id: String,
    /// Print an outline that reads faster than JSON
    #[arg(long, conflicts_with = "json")]
    outline: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Looks inside.
pub(super) fn run(args: &InspectArgs, loaded: &Loaded) -> Result<Said, CommandError> {
    let address = format!("/inspect/{}", encoded(&args.id));
    let answer = at_desk(loaded, Store::MustExist, async |desk| desk.get(&address).await)?;
    let mut document: Value = answer.read()?;
    if !args.outline {
        return Ok(Said::fine(format!("{document:#}\n")));
    }
    drop_wrappers(&mut document);
    Ok(Said::fine(outline(&document)))
}

/// Makes one thing of an entry of a log and its number.
fn drop_wrappers(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(drop_wrappers),
        Value::Object(members) => {
            let is_wrapper = members.len() == 2 && members.contains_key("number");
            if is_wrapper
                && members.get("entry").is_some_and(Value::is_object)
                && let Some(Value::Object(entry)) = members.remove("entry")
            {
                members.extend(entry);
            }
            members.values_mut().for_each(drop_wrappers);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
