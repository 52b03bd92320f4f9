//! Where a session stands, as it is said since 12 December 2025.

use acp_core::session::{Readiness, Stage};
use serde::Serialize;
use utoipa::ToSchema;

/// Where a session stands.
///
/// - `not_ready_for_payment`: something is missing or stands in the way; the messages say what.
/// - `ready_for_payment`: it can be completed.
/// - `authentication_required`: complete it with an `authentication_result`.
/// - `in_progress`: it is being completed, or waits for somebody to approve of it.
/// - `completed`: there is an order.
/// - `canceled`: it was given up, or its time ran out.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    NotReadyForPayment,
    ReadyForPayment,
    AuthenticationRequired,
    InProgress,
    Completed,
    Canceled,
}

impl Status {
    /// The nearest there is a word for.
    pub(crate) const fn of(stage: &Stage) -> Self {
        match stage {
            Stage::Open(Readiness::Incomplete | Readiness::Blocked | Readiness::Escalated) => {
                Self::NotReadyForPayment
            }
            Stage::Open(Readiness::Ready { .. }) => Self::ReadyForPayment,
            Stage::AuthenticationRequired(_) => Self::AuthenticationRequired,
            Stage::PendingApproval(_) | Stage::Completing(_) => Self::InProgress,
            Stage::Completed(_) => Self::Completed,
            // A message of the session tells the two apart.
            Stage::Canceled | Stage::Expired => Self::Canceled,
        }
    }
}
