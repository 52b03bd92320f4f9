use super::step::StepKind;
use crate::time::Timestamp;

/// What happened to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "their names say it")]
pub enum MomentKind {
    Created,
    QuestionAsked,
    QuoteChanged,
    ApprovalRequested,
    Approved,
    Rejected,
    Started,
    StepStarted,
    StepRetrying,
    StepSucceeded,
    StepFailed,
    StepCompensated,
    Replanned,
    CancelRequested,
    Completed,
    Blocked,
    Failed,
    Canceled,
    Expired,
}

impl MomentKind {
    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "plan.created",
            Self::QuestionAsked => "question.asked",
            Self::QuoteChanged => "quote.changed",
            Self::ApprovalRequested => "approval.requested",
            Self::Approved => "approval.granted",
            Self::Rejected => "approval.rejected",
            Self::Started => "plan.started",
            Self::StepStarted => "step.started",
            Self::StepRetrying => "step.retrying",
            Self::StepSucceeded => "step.succeeded",
            Self::StepFailed => "step.failed",
            Self::StepCompensated => "step.compensated",
            Self::Replanned => "plan.replanned",
            Self::CancelRequested => "plan.cancel_requested",
            Self::Completed => "plan.completed",
            Self::Blocked => "plan.blocked",
            Self::Failed => "plan.failed",
            Self::Canceled => "plan.canceled",
            Self::Expired => "plan.expired",
        }
    }

    /// Whether nothing follows it.
    pub const fn is_last(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Blocked | Self::Failed | Self::Canceled | Self::Expired
        )
    }
}

/// Something that happened, with a sentence an agent can read out as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Its number, from 1.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: MomentKind,
    /// To which step.
    pub step: Option<StepKind>,
    /// The sentence.
    pub say: Box<str>,
}
