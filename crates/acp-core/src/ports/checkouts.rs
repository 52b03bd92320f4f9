use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::PortError;
use super::answers::{Answer, Channel, Subject};
use crate::ids::{OrderId, Partition, SessionId, TenantId};
use crate::order::{OrderEvent, OrderHead, Recorded};
use crate::payment::PaymentNote;
use crate::run::Run;
use crate::session::{Owner, Session, SessionEvent};
use crate::time::Timestamp;

/// Which write of a session this is; grows with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision(pub u64);

/// What a call with a key wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the operations name themselves")]
pub enum Operation {
    Open,
    Change,
    Complete,
    Cancel,
    Fulfill,
    MoveFulfillment,
    CancelLines,
    ReturnLines,
    Refund,
    OpenCart,
    ReplaceCart,
    CancelCart,
    MakePlan,
    ExecutePlan,
    AnswerPlan,
    ApprovePlan,
    RejectPlan,
    CancelPlan,
    ChangeItem,
    CountStock,
    Judge,
    GiveMandate,
    ChangeMandate,
    RevokeMandate,
    Understand,
    Delegate,
    BeginAuthentication,
    Authenticate,
}

/// Under which an answer is kept: who asked for what, about what, with which key. Never a
/// credential, because credentials change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AnswerKey {
    /// Who asked.
    pub owner: Owner,
    /// For what.
    pub operation: Operation,
    /// About what; `None` for something new.
    pub about: Option<Subject>,
    /// The caller's key.
    pub key: Box<str>,
}

/// Two fingerprints of a request body: of its bytes, and of what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digests {
    /// Of the bytes.
    pub raw: [u8; 32],
    /// Of the meaning: member order, white space and number forms aside.
    pub canonical: [u8; 32],
}

impl Digests {
    /// Whether two bodies mean the same.
    pub fn agree(&self, other: &Self) -> bool {
        self.raw == other.raw || self.canonical == other.canonical
    }
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// The call is still at work.
    Running {
        /// The body it came with.
        digests: Digests,
    },
    /// The call has its answer.
    Answered {
        /// The body it came with.
        digests: Digests,
        /// The answer.
        answer: Answer,
    },
}

/// What the store knows before a call is decided: one look.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The session, if there is one.
    pub session: Option<(Session, Revision)>,
    /// What is known of the key.
    pub key: Option<KeyState>,
}

/// A session as it was last said, ready to be said again.
#[derive(Clone, Debug)]
pub struct View {
    /// Whose it is.
    pub owner: Owner,
    /// How it was said.
    pub channel: Channel,
    /// From then on it is not true any more.
    pub expires_at: Option<Timestamp>,
    /// What was said.
    pub body: Arc<[u8]>,
}

/// Writes a session.
#[derive(Clone, Debug)]
pub struct SessionWrite {
    /// The revision the decision was based on; `None` for a new session.
    pub before: Option<Revision>,
    /// The session as it is now.
    pub after: Session,
    /// What happened to it.
    pub event: Option<SessionEvent>,
    /// Whether it waited for an approval before.
    pub awaited_approval: bool,
    /// How it is said.
    pub view: View,
    /// When somebody has to look at it again, and from when on it may be forgotten.
    pub wake_at: Timestamp,
}

/// Writes what is known of a key.
#[derive(Clone, Debug)]
pub struct AnswerWrite {
    /// The key.
    pub key: AnswerKey,
    /// What is known of it now; nothing when the key is to be as good as new, because the call
    /// ended in a failure of ours and left no trace.
    pub state: Option<KeyState>,
    /// How long an answer is kept; an open record is kept until it is answered.
    pub kept_for: Duration,
    /// Whether the record is new or continues one that is running.
    pub is_first: bool,
}

/// Writes the journal of a completion.
#[derive(Clone, Debug)]
pub enum RunWrite {
    /// A run begins.
    Begin(Run),
    /// A run that is still ours goes on. The commit is refused when somebody took it over.
    Advance(Run),
    /// A run that is still ours is over.
    End(Run),
    /// A run whose owner is gone is taken over. Refused when its owner, or another successor, has written it since: a write that was long
    /// on its way may still have come.
    TakeOver {
        /// The revision it was found at.
        at: Revision,
        /// The run with our fence.
        run: Box<Run>,
    },
}

/// Writes what happened to an order.
#[derive(Clone, Debug)]
pub struct OrderWrite {
    /// The order.
    pub order: OrderId,
    /// What happened.
    pub event: Recorded<OrderEvent>,
}

/// Writes the head of an order, on top of what was looked at.
#[derive(Clone, Debug)]
pub struct OrderTurn {
    /// The order.
    pub order: OrderId,
    /// The revision the decision was based on; `None` where the order has no head yet.
    pub before: Option<Revision>,
    /// The head as it is now.
    pub head: OrderHead,
    /// The session whose completion has to be over for this.
    pub completed: Option<SessionId>,
}

/// Whose orders are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of an agent.
    Agent(Owner),
    /// Those of all agents of a merchant.
    Tenant(TenantId),
}

/// An order, by its place in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPlace {
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The order.
    pub order: OrderId,
}

/// Before which place a listing of orders goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Everything that was placed before then.
    Moment(Timestamp),
    /// Everything that stands before an order.
    Order(OrderPlace),
}

/// A session, by when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionPlace {
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The session.
    pub session: SessionId,
}

/// Before which place a listing of sessions goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenedBefore {
    /// Everything that was opened before then.
    Moment(Timestamp),
    /// Everything that stands before a session.
    Session(SessionPlace),
}

/// Writes a line into the payment book of a session.
#[derive(Clone, Debug)]
pub struct PaymentWrite {
    /// The session.
    pub session: SessionId,
    /// The line.
    pub note: Recorded<PaymentNote>,
}

/// Everything that becomes true in one step.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The session.
    pub session: Option<SessionWrite>,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
    /// The journal of the completion.
    pub run: Option<RunWrite>,
    /// What became of the payment.
    pub payment: Option<PaymentWrite>,
    /// What happened to the order; each is also told to whoever listens.
    pub orders: Vec<OrderWrite>,
    /// The head of the order.
    pub turn: Option<OrderTurn>,
}

/// What a commit ended in. Losing a race is an outcome, not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Committed {
    /// It is true now.
    At(Revision),
    /// Somebody else was first. Nothing was written.
    Raced,
}

/// Keeps checkouts: sessions with all that belongs to them.
///
/// What this trait means is written in `tests/it/contract/checkouts.rs`; it holds over every
/// store.
#[async_trait]
pub trait Checkouts: Send + Sync {
    /// Where a new session goes: with a key, always to the same place for the same caller and
    /// key, so that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// What is known of a session and of a key, in one look.
    async fn look(
        &self,
        partition: Partition,
        session: Option<&SessionId>,
        key: Option<&AnswerKey>,
    ) -> Result<Seen, PortError>;

    /// A session as it was written here a moment ago, without asking anybody. It may be out of
    /// date: whoever decides by it commits on its revision, and tells and keeps nothing before that
    /// was accepted. `None` where it is better to look, and always where looking costs little.
    fn recall(&self, session: &SessionId, key: Option<&AnswerKey>) -> Option<(Session, Revision)>;

    /// The session as it was last said.
    async fn view(&self, session: &SessionId) -> Result<Option<View>, PortError>;

    /// Writes everything in `change` in one step, if everything it is based on still stands.
    async fn commit(&self, partition: Partition, change: Change) -> Result<Committed, PortError>;

    /// The journal of a session's completion, while one is under way.
    async fn run(&self, session: &SessionId) -> Result<Option<(Run, Revision)>, PortError>;

    /// What happened to an order, oldest first.
    async fn order(&self, order: &OrderId) -> Result<Vec<Recorded<OrderEvent>>, PortError>;

    /// The head of an order, once it has one.
    async fn order_head(&self, order: &OrderId)
    -> Result<Option<(OrderHead, Revision)>, PortError>;

    /// Orders for which there is something to do that nobody is at work on.
    async fn errands(&self) -> Result<Vec<OrderId>, PortError>;

    /// Orders for which there is something to do, whoever is at work on it: those first that
    /// somebody has to look at next.
    async fn unfinished_errands(&self) -> Result<Vec<OrderId>, PortError>;

    /// Orders that say what was ordered, the last one first.
    async fn orders(
        &self,
        whose: &Whose,
        before: Option<&Before>,
        limit: usize,
    ) -> Result<Vec<OrderPlace>, PortError>;

    /// What became of the payments of a session, oldest first.
    async fn payments(&self, session: &SessionId) -> Result<Vec<Recorded<PaymentNote>>, PortError>;

    /// Sessions somebody has to look at: their time is over.
    async fn overdue(&self) -> Result<Vec<SessionId>, PortError>;

    /// Completions somebody has to look at: nobody is at work on them, or not any more.
    async fn stalled(&self) -> Result<Vec<SessionId>, PortError>;

    /// Completions under way, whoever is at work on them: those first that somebody has to look
    /// at next.
    async fn unfinished(&self) -> Result<Vec<SessionId>, PortError>;

    /// Sessions that asked for an approval and may still wait for it.
    async fn pending(&self) -> Result<Vec<SessionId>, PortError>;

    /// Sessions of a tenant that are not forgotten yet, the one that was opened last in front.
    async fn opened(
        &self,
        tenant: &TenantId,
        before: Option<&OpenedBefore>,
        limit: usize,
    ) -> Result<Vec<SessionPlace>, PortError>;

    /// Forgets a session that has ended, and everything that belongs to it but its order.
    async fn forget(&self, session: &Session, at: Revision) -> Result<Committed, PortError>;

    /// Until when everything that was acknowledged is there, if something later may be missing:
    /// the store lost writes, or was restored from a copy, and nobody has dealt with that yet.
    fn whole_until(&self) -> Option<Timestamp>;

    /// Takes note that what was missing has been dealt with.
    async fn settle(&self) -> Result<(), PortError>;

    /// Whether reads and writes would work now.
    async fn check(&self) -> Result<(), PortError>;

    /// The time by which leases are counted.
    async fn now(&self) -> Result<Timestamp, PortError>;

    /// The epoch leases are counted in: a lease of another epoch is void.
    fn epoch(&self) -> u64;
}
