//! The words for what endpoints are told of, in requests and answers about them.

use acp_core::webhook::NewsKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an endpoint is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub enum NewsWord {
    /// There is an order.
    #[serde(rename = "order_create")]
    OrderCreate,
    /// An order is not as it was.
    #[serde(rename = "order_update")]
    OrderUpdate,
    /// A plan asks for something.
    #[serde(rename = "question.asked")]
    QuestionAsked,
    /// A person has to say yes to a plan.
    #[serde(rename = "approval.requested")]
    ApprovalRequested,
    /// A person said yes to a plan.
    #[serde(rename = "approval.granted")]
    ApprovalGranted,
    /// A plan did what it should.
    #[serde(rename = "plan.completed")]
    PlanCompleted,
    /// A plan cannot be done like this.
    #[serde(rename = "plan.blocked")]
    PlanBlocked,
    /// A plan stopped because of the shop.
    #[serde(rename = "plan.failed")]
    PlanFailed,
    /// A plan was called off, or not approved.
    #[serde(rename = "plan.canceled")]
    PlanCanceled,
    /// Nobody began a plan in time.
    #[serde(rename = "plan.expired")]
    PlanExpired,
}

impl From<NewsWord> for NewsKind {
    fn from(word: NewsWord) -> Self {
        match word {
            NewsWord::OrderCreate => Self::OrderCreate,
            NewsWord::OrderUpdate => Self::OrderUpdate,
            NewsWord::QuestionAsked => Self::QuestionAsked,
            NewsWord::ApprovalRequested => Self::ApprovalRequested,
            NewsWord::ApprovalGranted => Self::ApprovalGranted,
            NewsWord::PlanCompleted => Self::PlanCompleted,
            NewsWord::PlanBlocked => Self::PlanBlocked,
            NewsWord::PlanFailed => Self::PlanFailed,
            NewsWord::PlanCanceled => Self::PlanCanceled,
            NewsWord::PlanExpired => Self::PlanExpired,
        }
    }
}

impl From<NewsKind> for NewsWord {
    fn from(kind: NewsKind) -> Self {
        match kind {
            NewsKind::OrderCreate => Self::OrderCreate,
            NewsKind::OrderUpdate => Self::OrderUpdate,
            NewsKind::QuestionAsked => Self::QuestionAsked,
            NewsKind::ApprovalRequested => Self::ApprovalRequested,
            NewsKind::ApprovalGranted => Self::ApprovalGranted,
            NewsKind::PlanCompleted => Self::PlanCompleted,
            NewsKind::PlanBlocked => Self::PlanBlocked,
            NewsKind::PlanFailed => Self::PlanFailed,
            NewsKind::PlanCanceled => Self::PlanCanceled,
            NewsKind::PlanExpired => Self::PlanExpired,
        }
    }
}
