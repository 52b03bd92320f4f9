use crate::money::Money;

use super::state::{Completion, PlacedOrder};
use super::tender::{PurchaseOrder, RiskSignals};

/// What an open session still lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Required input is missing: an address, a buyer, a choice.
    Incomplete,
    /// Something given stands in the way.
    Blocked,
    /// Somebody has to act outside the protocol.
    Escalated,
    /// It can be paid for.
    Ready {
        /// What will be charged.
        total: Money,
    },
}

/// What a client needs to authenticate a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The acquirer's identification number.
    pub acquirer_bin: Box<str>,
    /// The acquirer's country.
    pub acquirer_country: Box<str>,
    /// The merchant at the acquirer.
    pub acquirer_merchant_id: Box<str>,
    /// The merchant's name as the buyer's bank shows it.
    pub merchant_name: Box<str>,
    /// The card network to ask.
    pub directory_server: Box<str>,
    /// What the buyer's browser is, as far as the agent said; early versions of the protocol want
    /// it back.
    pub browser: Option<RiskSignals>,
}

/// Where a session stands. Each stage owns exactly the data that exists there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It can be changed.
    Open(Readiness),
    /// The buyer has to authenticate the payment.
    AuthenticationRequired(Challenge),
    /// Somebody has to approve it.
    PendingApproval(PurchaseOrder),
    /// It is being paid for.
    Completing(Completion),
    /// An order exists.
    Completed(PlacedOrder),
    /// Somebody gave it up.
    Canceled,
    /// It ran out of time.
    Expired,
}

impl Stage {
    /// What a business promised, while it waits for an approval or is on its way to an order.
    pub const fn purchase_order(&self) -> Option<&PurchaseOrder> {
        match self {
            Self::PendingApproval(order) => Some(order),
            Self::Completing(completion) => completion.purchase_order.as_ref(),
            Self::Open(_)
            | Self::AuthenticationRequired(_)
            | Self::Completed(_)
            | Self::Canceled
            | Self::Expired => None,
        }
    }

    /// Which row of the table this stage is.
    pub const fn kind(&self) -> StageKind {
        match self {
            Self::Open(Readiness::Incomplete) => StageKind::Incomplete,
            Self::Open(Readiness::Blocked) => StageKind::NotReady,
            Self::Open(Readiness::Escalated) => StageKind::RequiresEscalation,
            Self::Open(Readiness::Ready { .. }) => StageKind::Ready,
            Self::AuthenticationRequired(_) => StageKind::AuthenticationRequired,
            Self::PendingApproval(_) => StageKind::PendingApproval,
            Self::Completing(_) => StageKind::Completing,
            Self::Completed(_) => StageKind::Completed,
            Self::Canceled => StageKind::Canceled,
            Self::Expired => StageKind::Expired,
        }
    }
}

/// The rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants of Stage, without their data")]
pub enum StageKind {
    Incomplete,
    NotReady,
    RequiresEscalation,
    Ready,
    AuthenticationRequired,
    PendingApproval,
    Completing,
    Completed,
    Canceled,
    Expired,
}

impl StageKind {
    /// Every stage.
    pub const ALL: [Self; 10] = [
        Self::Incomplete,
        Self::NotReady,
        Self::RequiresEscalation,
        Self::Ready,
        Self::AuthenticationRequired,
        Self::PendingApproval,
        Self::Completing,
        Self::Completed,
        Self::Canceled,
        Self::Expired,
    ];

    /// Whether nothing can happen any more.
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Completed | Self::Canceled | Self::Expired => true,
            Self::Incomplete
            | Self::NotReady
            | Self::RequiresEscalation
            | Self::Ready
            | Self::AuthenticationRequired
            | Self::PendingApproval
            | Self::Completing => false,
        }
    }
}

/// The columns of the table: what can happen to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trigger {
    /// The client changes it.
    Update,
    /// The client pays, and shows no authentication.
    Complete,
    /// The client pays, and shows the result of an authentication.
    CompleteAuthenticated,
    /// The client gives it up.
    Cancel,
    /// Its time is over.
    Expire,
    /// The completion ended in an order.
    Paid,
    /// The completion needs the buyer to authenticate.
    ChallengeRaised,
    /// The completion ended in a decline.
    Declined,
    /// The completion found too little stock.
    StockGone,
    /// The completion failed without moving money and was undone.
    Abandoned,
    /// Somebody has to approve the completion first.
    ApprovalNeeded,
    /// Somebody approved.
    Approved,
    /// Somebody did not approve.
    Rejected,
}

impl Trigger {
    /// Everything that can happen.
    pub const ALL: [Self; 13] = [
        Self::Update,
        Self::Complete,
        Self::CompleteAuthenticated,
        Self::Cancel,
        Self::Expire,
        Self::Paid,
        Self::ChallengeRaised,
        Self::Declined,
        Self::StockGone,
        Self::Abandoned,
        Self::ApprovalNeeded,
        Self::Approved,
        Self::Rejected,
    ];
}

/// What the table says of a stage and a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It becomes this.
    Becomes(StageKind),
    /// It becomes whichever open stage its contents call for.
    Recomputed,
    /// It is not ready to be paid for.
    NotReady,
    /// It waits for an authentication the request does not show.
    Requires3ds,
    /// A completion is running.
    CompletionRunning,
    /// It has ended.
    Terminal,
    /// It cannot be canceled any more.
    NotCancelable,
    /// It cannot happen here: if it does, the program is wrong.
    Impossible,
}

/// The session state machine, as one table: a row for every stage.
pub const fn transition(stage: StageKind, trigger: Trigger) -> Verdict {
    use StageKind as S;
    const COMPLETING: Verdict = Verdict::Becomes(StageKind::Completing);
    const PENDING: Verdict = Verdict::Becomes(StageKind::PendingApproval);
    match (stage, trigger) {
        // A purchase order that has to be approved waits before anything is promised.
        (S::Ready | S::AuthenticationRequired, Trigger::ApprovalNeeded) => PENDING,
        (S::Incomplete | S::NotReady | S::RequiresEscalation, trigger) => {
            before_payment(trigger, Verdict::NotReady, Verdict::NotReady)
        }
        (S::Ready, trigger) => before_payment(trigger, COMPLETING, COMPLETING),
        (S::AuthenticationRequired, trigger) => {
            before_payment(trigger, Verdict::Requires3ds, COMPLETING)
        }
        (S::PendingApproval, trigger) => waiting_for_approval(trigger),
        (S::Completing, trigger) => completing(trigger),
        (S::Completed | S::Canceled | S::Expired, trigger) => ended(trigger),
    }
}

/// A row before payment. The stages differ only in what a completion comes to.
const fn before_payment(trigger: Trigger, complete: Verdict, authenticated: Verdict) -> Verdict {
    use Trigger as T;
    match trigger {
        T::Update => Verdict::Recomputed,
        T::Complete => complete,
        T::CompleteAuthenticated => authenticated,
        T::Cancel => Verdict::Becomes(StageKind::Canceled),
        T::Expire => Verdict::Becomes(StageKind::Expired),
        T::Paid
        | T::ChallengeRaised
        | T::Declined
        | T::StockGone
        | T::Abandoned
        | T::ApprovalNeeded
        | T::Approved
        | T::Rejected => Verdict::Impossible,
    }
}

/// The row of a session that waits for an approval.
const fn waiting_for_approval(trigger: Trigger) -> Verdict {
    use Trigger as T;
    match trigger {
        T::Approved => Verdict::Becomes(StageKind::Completing),
        T::Rejected => Verdict::Recomputed,
        T::Update
        | T::Complete
        | T::CompleteAuthenticated
        | T::Cancel
        | T::Expire
        | T::Paid
        | T::ChallengeRaised
        | T::Declined
        | T::StockGone
        | T::Abandoned
        | T::ApprovalNeeded => before_payment(trigger, Verdict::NotReady, Verdict::NotReady),
    }
}

/// The row of a running completion. It is never changed, given up or expired from under itself.
const fn completing(trigger: Trigger) -> Verdict {
    use Trigger as T;
    match trigger {
        T::Update | T::Complete | T::CompleteAuthenticated | T::Cancel | T::Expire => {
            Verdict::CompletionRunning
        }
        T::Paid => Verdict::Becomes(StageKind::Completed),
        T::ChallengeRaised => Verdict::Becomes(StageKind::AuthenticationRequired),
        T::Declined | T::StockGone | T::Abandoned => Verdict::Recomputed,
        T::ApprovalNeeded | T::Approved | T::Rejected => Verdict::Impossible,
    }
}

/// The row of a session that is over.
const fn ended(trigger: Trigger) -> Verdict {
    use Trigger as T;
    match trigger {
        T::Update | T::Complete | T::CompleteAuthenticated | T::Expire => Verdict::Terminal,
        T::Cancel => Verdict::NotCancelable,
        T::Paid
        | T::ChallengeRaised
        | T::Declined
        | T::StockGone
        | T::Abandoned
        | T::ApprovalNeeded
        | T::Approved
        | T::Rejected => Verdict::Impossible,
    }
}
