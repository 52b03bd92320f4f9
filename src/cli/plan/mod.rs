//! Saying what is wanted to a running gateway, as an agent does: over HTTP, with a key.

mod following;
mod heard;
mod operating;
mod told;
mod visit;

pub(super) use operating::{PlansArgs, run as run_plans};

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::answer::{CommandError, Said, Verdict};
use super::arguments::OutputArgs;
use super::entry::print;
use crate::config::Loaded;
use heard::{Intent, Plan};
use visit::Visit;

/// Say what is wanted in plain words, see the plan for it, and carry it out
///
/// Calls a running gateway as an agent. Without --execute nothing is done. With it, the plan begins
/// where nobody has to say yes first, and is followed to its end.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples:
  acp-gateway plan \"two unsalted butters and the cheapest honey, then check out\"
  acp-gateway plan \"the organic ones\" --conversation conv_06e6_5t2w9y6n3k0d7f4c1b8x5z1v8r
  acp-gateway plan \"a jar of honey, check out\" --shopper ada.json --mandate mdt_… \\
      --token tok_visa --execute

Exit codes: 0 done, 1 failed, 2 not understood, 4 with --execute: stopped, or waits for somebody."
)]
pub(super) struct PlanArgs {
    /// What is wanted
    #[arg(value_name = "WORDS")]
    text: String,
    /// The gateway [default: where the configured one listens]
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The key of an agent [default: `ACP_GATEWAY_KEY`, and on this machine the demo key]
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The conversation this belongs to
    #[arg(long, value_name = "CONVERSATION")]
    conversation: Option<String>,
    /// The mandate it is paid under
    #[arg(long, value_name = "MANDATE")]
    mandate: Option<String>,
    /// A JSON file with the buyer and the `fulfillment_details`
    #[arg(long, value_name = "FILE")]
    shopper: Option<PathBuf>,
    /// The token that pays
    #[arg(long, value_name = "TOKEN", requires = "execute")]
    token: Option<String>,
    /// Carry it out, and follow it to its end
    #[arg(long)]
    execute: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// Says it, and shows what comes of it.
pub(super) fn run(
    args: &PlanArgs,
    loaded: &Loaded,
    key: Option<Zeroizing<String>>,
) -> Result<Said, CommandError> {
    let server = &loaded.config.server;
    let url = args.url.clone().unwrap_or_else(|| server.public_url_at(server.listen));
    let key = args.key.clone().map(Zeroizing::new).or(key);
    let visit = Visit::to(&url, key)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(CommandError::Runtime)?;
    runtime.block_on(said(args, &visit))
}

async fn said(args: &PlanArgs, visit: &Visit) -> Result<Said, CommandError> {
    let answer = visit.post("/intents", &wish(args)?).await?;
    let intent: Intent = serde_json::from_slice(&answer).map_err(CommandError::Strange)?;
    if !args.execute {
        return Ok(Said::fine(if args.output.json { raw(&answer) } else { told::intent(&intent) }));
    }
    if !args.output.json {
        print(&Said::fine(told::intent(&intent)))?;
    }
    let Some(plan) = &intent.plan else {
        let text = if args.output.json { raw(&answer) } else { String::new() };
        return Ok(Said { text, verdict: Verdict::NotDone });
    };
    if has_begun(plan) {
        following::follow(visit, &plan.id, args.output.json).await?;
    }
    let answer = visit.get(&format!("/plans/{}", super::wire::encoded(&plan.id))).await?;
    let plan: Plan = serde_json::from_slice(&answer).map_err(CommandError::Strange)?;
    let verdict = if plan.status == "completed" { Verdict::Fine } else { Verdict::NotDone };
    let text = if args.output.json { raw(&answer) } else { told::outcome(&plan) };
    Ok(Said { text, verdict })
}

fn has_begun(plan: &Plan) -> bool {
    !["needs_input", "needs_approval", "ready", "expired"].contains(&plan.status.as_str())
}

fn raw(answer: &[u8]) -> String {
    format!("{}\n", String::from_utf8_lossy(answer).trim_end())
}

/// What is asked, as the body of `POST /intents`.
fn wish(args: &PlanArgs) -> Result<Value, CommandError> {
    let mut wish = shopper(args)?;
    let mut put = |name: &str, value: Value| wish.insert(name.to_owned(), value);
    put("text", json!(args.text));
    if let Some(conversation) = &args.conversation {
        put("conversation_id", json!(conversation));
    }
    if let Some(mandate) = &args.mandate {
        put("mandate_id", json!(mandate));
    }
    if args.execute {
        put("execute", json!("if_allowed"));
    }
    if let Some(token) = &args.token {
        let credential = json!({"type": "spt", "token": token});
        let instrument = json!({"type": "card", "credential": credential});
        let data = json!({"handler_id": "card_tokenized", "instrument": instrument});
        put("payment", json!({"payment_data": data}));
    }
    Ok(Value::Object(wish))
}

/// What is known of the shopper.
fn shopper(args: &PlanArgs) -> Result<Map<String, Value>, CommandError> {
    let Some(path) = &args.shopper else { return Ok(Map::new()) };
    let at = || path.clone();
    let bytes =
        std::fs::read(path).map_err(|source| CommandError::Unreadable { path: at(), source })?;
    let mut known: Map<String, Value> = serde_json::from_slice(&bytes)
        .map_err(|source| CommandError::NoShopper { path: at(), source })?;
    known.retain(|name, _| ["buyer", "fulfillment_details"].contains(&name.as_str()));
    Ok(known)
}
