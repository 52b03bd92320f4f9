//! Faults a test build can be told to have, to see that the tests notice them.
//!
//! Each one is a promise of this code that is not kept. Without the feature `seeded-bugs` none of
//! them exists: `has` is a constant, and the compiler drops what hangs on it.

/// A broken promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A commit of a run does not ask whether the run is still its worker's.
    FenceUnchecked = 1,
    /// The journal of a run at work runs out like an answer.
    OpenRecordExpires,
    /// A failure of ours is kept as the answer.
    FailureKept,
    /// A lost answer of the provider is taken for a no.
    AmbiguousUndone,
    /// A payment counts as let go of although nobody said so.
    CancelUnproven,
    /// The money is asked for before the payment is written down.
    ConfirmedBeforeWritten,
    /// An order is placed although nothing is held.
    OrderWithoutHold,
    /// The money is taken before there is an order.
    CapturedBeforeOrder,
    /// Of the stock that is given back, the first line is forgotten.
    ReleaseSkipsLine,
    /// Repeating a promise of stock takes the units again.
    ReserveTwice,
    /// Too little stock is promised all the same.
    Oversold,
    /// Giving back a promise of stock leaves no mark.
    TombstoneMissing,
    /// The first line of an order is not turned into a sale.
    SaleForgotten,
    /// A promise is given back on time although its run goes on.
    PromiseBroken,
    /// A capture whose answer was lost counts as made.
    CaptureBelieved,
    /// A refund whose answer was lost counts as made.
    RefundBelieved,
    /// A declined payment is left as it is.
    DeclineLeftOpen,
    /// The outbox is not told what happened to an order.
    OutboxDropped,
    /// The answer is written after the order, not with it.
    AnswerAfterCommit,
    /// A session is written whatever it has become meanwhile.
    RevisionUnchecked,
    /// A key is not looked at before its first answer is kept.
    KeyUnclaimed,
    /// A key used for another body counts as the same call.
    BodyIgnored,
    /// A run sets no timer.
    TimerForgotten,
    /// Nobody takes up what nobody is at work on.
    SweeperAsleep,
    /// A repeated commit is carried out again.
    CommitRepeated,
    /// The payment token lies readable in the journal.
    TokenUnsealed,
    /// Whoever takes a run over writes back what it had read, whatever was written since.
    TakenOverBlindly,
    /// A session that has just ended is forgotten by who was late to see it end.
    ForgottenEarly,
    /// Nobody writes down that an order is still to be handed over.
    HandOverForgotten,
    /// Calls to Stripe carry no key, so that one that arrives twice is made twice.
    KeysLeftOut,
    /// A call Stripe did not answer counts as never sent.
    SilenceTakenForUnsent,
    /// What an order took from a mandate is given back to it.
    SpendingGivenBack,
}

impl Bug {
    /// Every one of them.
    #[cfg(feature = "seeded-bugs")]
    pub const ALL: [Self; 32] = [
        Self::FenceUnchecked,
        Self::OpenRecordExpires,
        Self::FailureKept,
        Self::AmbiguousUndone,
        Self::CancelUnproven,
        Self::ConfirmedBeforeWritten,
        Self::OrderWithoutHold,
        Self::CapturedBeforeOrder,
        Self::ReleaseSkipsLine,
        Self::ReserveTwice,
        Self::Oversold,
        Self::TombstoneMissing,
        Self::SaleForgotten,
        Self::PromiseBroken,
        Self::CaptureBelieved,
        Self::RefundBelieved,
        Self::DeclineLeftOpen,
        Self::OutboxDropped,
        Self::AnswerAfterCommit,
        Self::RevisionUnchecked,
        Self::KeyUnclaimed,
        Self::BodyIgnored,
        Self::TimerForgotten,
        Self::SweeperAsleep,
        Self::CommitRepeated,
        Self::TokenUnsealed,
        Self::TakenOverBlindly,
        Self::ForgottenEarly,
        Self::HandOverForgotten,
        Self::KeysLeftOut,
        Self::SilenceTakenForUnsent,
        Self::SpendingGivenBack,
    ];
}

#[cfg(feature = "seeded-bugs")]
static ACTIVE: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

/// Breaks a promise from now on, or none.
#[cfg(feature = "seeded-bugs")]
pub fn seed(bug: Option<Bug>) {
    let number = bug.map_or(0, |bug| bug as u8);
    ACTIVE.store(number, std::sync::atomic::Ordering::SeqCst);
}

/// Whether this promise is broken.
#[cfg(feature = "seeded-bugs")]
pub(crate) fn has(bug: Bug) -> bool {
    ACTIVE.load(std::sync::atomic::Ordering::Relaxed) == bug as u8
}

/// None ever is.
#[cfg(not(feature = "seeded-bugs"))]
pub(crate) const fn has(_: Bug) -> bool {
    false
}
