//! What operators did, the last act first.

use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::admin::body::Inquiry;
use crate::admin::denial::Denial;
use crate::store::record::Act;

/// Which acts.
#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::admin) struct ActsAsked {
    /// Those that began then or later.
    #[serde(default)]
    since: Option<DateTime>,
    /// Those before the act with this number.
    #[serde(default)]
    before: Option<u64>,
}

/// An act of an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActShown {
    /// Acts are numbered from 1 without gaps.
    pub number: u64,
    pub at: DateTime,
    /// Who did it, such as `uid 1000`.
    pub actor: String,
    /// What was done, such as `keys.revoke`.
    pub act: String,
    /// What it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The status of the answer. Nothing while it is at work, or when the process died over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The number of the act it goes on with, where one did not hold the names of all it was done
    /// to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<u64>,
}

/// Acts of operators, the last one in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TrailPage {
    pub acts: Vec<ActShown>,
    /// There may be more before this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

impl ActShown {
    fn of(act: &Act) -> Self {
        Self {
            number: act.number,
            at: DateTime(act.at),
            actor: act.actor.to_string(),
            act: act.what.to_string(),
            subject: act.subject.as_deref().map(ToOwned::to_owned),
            status: act.status,
            continues: act.continues,
        }
    }
}

/// Lists what operators did.
pub(in crate::admin) async fn list(
    State(admin): State<Admin>,
    Inquiry(asked): Inquiry<ActsAsked>,
) -> Result<Json<TrailPage>, Denial> {
    let found = admin.trail.before(asked.before).await?;
    let is_asked_for = |act: &&Act| asked.since.is_none_or(|DateTime(since)| act.at >= since);
    let acts: Vec<_> = found.iter().filter(is_asked_for).map(ActShown::of).collect();
    // Clocks of several gateways differ a little, so that one act alone says nothing of the rest.
    let is_over = acts.is_empty() || found.last().is_none_or(|act| act.number == 1);
    let before = found.last().map(|act| act.number).filter(|_| !is_over);
    Ok(Json(TrailPage { acts, before }))
}
