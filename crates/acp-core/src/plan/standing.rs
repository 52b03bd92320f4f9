use crate::mandate::Denied;

/// Where a plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlanStatus {
    /// Something has to be said first.
    NeedsInput,
    /// A person has to say yes.
    NeedsApproval,
    /// It can begin.
    Ready,
    /// It is under way.
    Running,
    /// It did what it should.
    Completed,
    /// It stopped, safely, because it cannot be done like this. Nothing was charged.
    Blocked,
    /// It stopped because of us. Nothing was charged, or it was given back.
    Failed,
    /// Somebody called it off.
    Canceled,
    /// Nobody began it in time.
    Expired,
}

impl PlanStatus {
    /// Every status.
    pub const ALL: [Self; 9] = [
        Self::NeedsInput,
        Self::NeedsApproval,
        Self::Ready,
        Self::Running,
        Self::Completed,
        Self::Blocked,
        Self::Failed,
        Self::Canceled,
        Self::Expired,
    ];

    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsInput => "needs_input",
            Self::NeedsApproval => "needs_approval",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing becomes of it any more.
    pub const fn is_over(self) -> bool {
        match self {
            Self::NeedsInput | Self::NeedsApproval | Self::Ready | Self::Running => false,
            Self::Completed | Self::Blocked | Self::Failed | Self::Canceled | Self::Expired => true,
        }
    }
}

/// Why a plan stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StopReason {
    /// The payment was declined. Nobody tries it again by himself.
    PaymentDeclined,
    /// The buyer's bank wants to see the buyer.
    AuthenticationRequired,
    /// Goods are gone, and nothing was named in their place.
    OutOfStock,
    /// It costs more than it did, or than is allowed.
    OverBudget,
    /// The mandate does not allow it any more.
    MandateDenied,
    /// The checkout lacks something, or something stands in its way.
    NotReady,
    /// What it was about has changed meanwhile.
    Changed,
    /// It took too long.
    TimedOut,
    /// Who should say yes said no.
    Rejected,
    /// Whoever asked for it called it off.
    CanceledByCaller,
    /// The order could not be kept.
    OrderFailed,
    /// It did what it should, or a person has to look at why not.
    Broken,
}

impl StopReason {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::PaymentDeclined,
        Self::AuthenticationRequired,
        Self::OutOfStock,
        Self::OverBudget,
        Self::MandateDenied,
        Self::NotReady,
        Self::Changed,
        Self::TimedOut,
        Self::Rejected,
        Self::CanceledByCaller,
        Self::OrderFailed,
        Self::Broken,
    ];

    /// The word it goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PaymentDeclined => "payment_declined",
            Self::AuthenticationRequired => "requires_3ds",
            Self::OutOfStock => "out_of_stock",
            Self::OverBudget => "over_budget",
            Self::MandateDenied => "mandate_denied",
            Self::NotReady => "session_not_ready",
            Self::Changed => "changed_meanwhile",
            Self::TimedOut => "timed_out",
            Self::Rejected => "rejected",
            Self::CanceledByCaller => "canceled",
            Self::OrderFailed => "order_failed",
            Self::Broken => "internal_error",
        }
    }

    /// How a plan ends that stops because of this.
    pub const fn ends_in(self) -> PlanStatus {
        match self {
            Self::Rejected | Self::CanceledByCaller => PlanStatus::Canceled,
            Self::TimedOut | Self::OrderFailed | Self::Broken => PlanStatus::Failed,
            Self::PaymentDeclined
            | Self::AuthenticationRequired
            | Self::OutOfStock
            | Self::OverBudget
            | Self::MandateDenied
            | Self::NotReady
            | Self::Changed => PlanStatus::Blocked,
        }
    }

    /// What an agent can say about it.
    pub const fn say(self) -> &'static str {
        match self {
            Self::PaymentDeclined => {
                "The payment was declined. Nothing was charged; another way to pay may work."
            }
            Self::AuthenticationRequired => {
                "The bank wants to see the buyer. Nothing was charged; the buyer has to check out in person."
            }
            Self::OutOfStock => "Something is sold out by now. Nothing was charged.",
            Self::OverBudget => "It costs more than it may. Nothing was charged.",
            Self::MandateDenied => "The spending mandate does not allow it. Nothing was charged.",
            Self::NotReady => {
                "The checkout could not be made ready for payment. Nothing was charged."
            }
            Self::Changed => {
                "The basket was changed by somebody else meanwhile. Nothing was charged."
            }
            Self::TimedOut => "It took too long and was called off. Nothing was charged.",
            Self::Rejected => "The purchase was not approved. Nothing was charged.",
            Self::CanceledByCaller => "It was called off. Nothing was charged.",
            Self::OrderFailed => {
                "The order could not be kept and was called off. What was charged was given back."
            }
            Self::Broken => "Something went wrong on the side of the shop. Nothing was charged.",
        }
    }
}

/// Why a plan is not treated in this way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// What is to be done names another digest.
    #[error("the plan has changed: look at it again")]
    Changed,
    /// It is under way already.
    #[error("the plan is under way")]
    Running,
    /// Something has to be said first.
    #[error("the plan has open questions")]
    NeedsInput,
    /// A person has to say yes first.
    #[error("a person has to approve the plan")]
    NeedsApproval,
    /// It needs no yes.
    #[error("the plan needs no approval")]
    NeedsNoApproval,
    /// It is only to be looked at.
    #[error("the plan is a preview")]
    OnlyPreview,
    /// It has ended.
    #[error("the plan has ended ({})", .0.name())]
    Over(PlanStatus),
    /// The order is placed: it can be called off, the plan cannot.
    #[error("the order of the plan is placed")]
    TooLate,
    /// Nothing was sent to pay with.
    #[error("the plan pays for something, and nothing pays")]
    NoPayment,
    /// What was sent to pay with says more than how it is paid.
    #[error("a plan is begun with what pays and nothing else")]
    MoreThanPayment,
    /// There is no such question.
    #[error("the plan does not ask that")]
    NoSuchQuestion,
    /// There is no such mandate, or not for this agent.
    #[error("there is no such mandate for this agent")]
    NoMandate,
    /// The mandate does not allow it.
    #[error("the mandate does not allow it: {0}")]
    Denied(Denied),
}
