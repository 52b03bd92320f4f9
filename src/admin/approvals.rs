//! Purchase orders that somebody has to approve.

use acp_core::ids::SessionId;
use acp_core::refusal::Refusal;
use acp_core::session::Session;
use acp_wire::problem::{Code, Problem};
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::Named;
use super::denial::{Denial, told_with_causes};
use crate::app::{Failure, Verdict};

/// A purchase order that waits, or waited, for an approval.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApprovalShown {
    pub session: String,
    /// Who buys, by the shop's own id.
    pub customer_id: Option<String>,
    /// The number the business knows it by; nothing once it is not approved.
    pub purchase_order_number: Option<String>,
    /// What it is about, such as `1250.00 USD`.
    pub total: String,
    pub expires_at: DateTime,
}

/// Every purchase order that waits, the one that expires first in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ApprovalList {
    pub approvals: Vec<ApprovalShown>,
}

impl ApprovalShown {
    fn of(session: &Session) -> Self {
        let order = session.stage.purchase_order();
        let buyer = session.basket.buyer.as_deref();
        let customer_id = buyer.and_then(|buyer| buyer.customer_id.as_ref());
        Self {
            session: session.id.to_string(),
            customer_id: customer_id.map(ToString::to_string),
            purchase_order_number: order.map(|order| order.number.to_string()),
            total: session.quote.totals.total().to_string(),
            expires_at: DateTime(session.expires_at),
        }
    }
}

impl From<Failure> for Denial {
    fn from(failure: Failure) -> Self {
        match &failure {
            Failure::Refused(refusal) => Self::from(Problem::from(refusal)),
            failure => {
                let message = format!("It could not be done now: {}.", told_with_causes(failure));
                Self::new(Code::ServiceUnavailable, message)
            }
        }
    }
}

fn session_id(text: &str) -> Result<SessionId, Denial> {
    let unknown = || Denial::from(Problem::from(&Refusal::SessionNotFound));
    SessionId::parse(text).ok().ok_or_else(unknown)
}

/// Lists what waits for an approval.
pub(super) async fn list(State(admin): State<Admin>) -> Result<Json<ApprovalList>, Denial> {
    let pending = admin.app.pending_approvals().await?;
    Ok(Json(ApprovalList { approvals: pending.iter().map(ApprovalShown::of).collect() }))
}

/// Approves: the session is completed, without its agent.
pub(super) async fn approve(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<ApprovalShown>, Denial> {
    let session = admin.app.judge_session(&session_id(&id)?, Verdict::Approved).await?;
    Ok(Json(ApprovalShown::of(&session)))
}

/// Does not approve: the session can be paid for otherwise.
pub(super) async fn reject(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<ApprovalShown>, Denial> {
    let session = admin.app.judge_session(&session_id(&id)?, Verdict::Rejected).await?;
    Ok(Json(ApprovalShown::of(&session)))
}
