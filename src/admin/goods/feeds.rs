use acp_core::catalog::{FeedRound, FeedStand};
use acp_core::ports::FeedForm;
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use futures_util::stream;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::admin::body::{Asked, Inquiry, Named};
use crate::admin::denial::Denial;
use crate::admin::tenants::meant;
use crate::app::{CutShort, Export, FeedReader, FeedTarget, Push, Pushed};

/// Which feed is to be written, and how.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::admin) struct FeedWanted {
    tenant: Option<String>,
    format: Option<String>,
}

/// How far an agent was told of all that is sold.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedShown {
    pub name: String,
    pub tenant: String,
    pub address: String,
    /// What the agent calls the feed, once there is one.
    pub feed: Option<String>,
    /// Whether somebody is at work on it.
    pub at_work: bool,
    pub due_at: Option<DateTime>,
    pub failures: u32,
    /// How it failed last, until it goes well.
    pub trouble: Option<String>,
    pub last: Option<RoundShown>,
    /// What the agent called what it took last, where it has names for that.
    pub update: Option<String>,
}

/// The last time everything was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundShown {
    pub ended_at: DateTime,
    pub products: u64,
    pub told: u64,
    pub gone: u64,
    pub refused: u64,
}

/// Every agent that is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FeedList {
    pub feeds: Vec<FeedShown>,
}

/// Whether an agent is to be told of everything.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct PushAsked {
    #[serde(default)]
    pub everything: bool,
}

/// What came of telling an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushDone {
    /// What it was told; nothing where somebody else is at work on it.
    pub done: Option<RoundShown>,
}

impl From<FeedRound> for RoundShown {
    fn from(round: FeedRound) -> Self {
        let FeedRound { at, products, told, gone, refused } = round;
        Self { ended_at: DateTime(at), products, told, gone, refused }
    }
}

impl FeedShown {
    fn of(target: &FeedTarget, stand: Option<FeedStand>) -> Self {
        let is_new = stand.is_none();
        let stand = stand.unwrap_or_else(|| FeedStand::new(target.host.address()));
        Self {
            name: target.key.name.to_string(),
            tenant: target.key.tenant.to_string(),
            address: target.host.address().to_owned(),
            feed: stand.feed.map(Into::into),
            at_work: stand.lease.is_some(),
            due_at: (!is_new).then_some(DateTime(stand.due)),
            failures: stand.failures,
            trouble: stand.trouble.map(Into::into),
            last: stand.last.map(Into::into),
            update: stand.update.map(Into::into),
        }
    }
}

/// Shows how far agents were told.
pub(in crate::admin) async fn list(State(admin): State<Admin>) -> Result<Json<FeedList>, Denial> {
    let mut feeds = Vec::new();
    for target in admin.feeds.targets() {
        feeds.push(FeedShown::of(target, admin.feeds.stand(target).await?));
    }
    Ok(Json(FeedList { feeds }))
}

/// Tells an agent now.
pub(in crate::admin) async fn push(
    State(admin): State<Admin>,
    Named(name): Named,
    Asked(PushAsked { everything }): Asked<PushAsked>,
) -> Result<Json<PushDone>, Denial> {
    let target = admin.feeds.targets().iter().find(|target| *target.key.name == *name);
    let target = target.ok_or_else(|| {
        let name = name.escape_debug();
        let message = format!("No agent keeps a feed with the name {name} (feed.agents).");
        Denial::new(Code::NotFound, message)
    })?;
    let push = if everything { Push::Everything } else { Push::Now };
    let done = match admin.feeds.push(target, push).await? {
        Pushed::Done(round) => Some(round.into()),
        Pushed::NotDue | Pushed::Busy => None,
        Pushed::Resting(rest) => {
            let (why, tenant) = (rest.why(), target.key.tenant.as_str().escape_debug());
            let message = format!(
                "The feed rests: {why} ({tenant}). It goes on by itself once the tenant is served; \
                 `acp-gateway tenants list` shows them."
            );
            return Err(Denial::new(Code::Invalid, message));
        }
    };
    Ok(Json(PushDone { done }))
}

/// Writes all that is sold.
pub(in crate::admin) async fn export(
    State(admin): State<Admin>,
    Inquiry(FeedWanted { tenant, format }): Inquiry<FeedWanted>,
) -> Result<Response, Denial> {
    let form = match format.as_deref() {
        None | Some("jsonl") => FeedForm::JsonLines,
        Some("json") => FeedForm::Json,
        Some("csv") => FeedForm::Csv,
        Some(_) => {
            let message = "A feed is written as jsonl, json or csv.";
            return Err(Denial::new(Code::Invalid, message));
        }
    };
    let tenant = meant(&admin, tenant).await?;
    let export = admin.feeds.export(&tenant, form, FeedReader::Operator).await?;
    Ok(Response::new(Body::from_stream(stream::unfold(Some(export), next))))
}

/// A feed that breaks off ends before its end, and whoever reads it notices.
#[derive(Debug, thiserror::Error)]
#[error("the feed broke off")]
struct BrokenOff;

type Piece = Result<Vec<u8>, BrokenOff>;

async fn next(export: Option<Export>) -> Option<(Piece, Option<Export>)> {
    let mut export = export?;
    match export.piece().await {
        Ok(piece) => Some((Ok(piece?), Some(export))),
        Err(cut) => {
            let error = &cut as &dyn std::error::Error;
            match cut {
                CutShort::NotTaken => tracing::info!(error, "a product feed broke off"),
                CutShort::Failed(_) => tracing::error!(error, "a product feed broke off"),
            }
            Some((Err(BrokenOff), None))
        }
    }
}
