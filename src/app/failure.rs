use acp_core::payment::PaymentFault;
use acp_core::ports::{Channel, PortError};
use acp_core::refusal::{Broken, Refusal};

/// What a use case ended in, when it did not end in an answer that may be recorded.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The business says no, to a call whose answer is not kept.
    #[error("refused")]
    Refused(#[source] Refusal),
    /// The key was used for another body before. Versions disagree on what that is, so it goes
    /// with how the caller is spoken to.
    #[error("the idempotency key was used for another request body")]
    KeyReused(Channel),
    /// The call with this key is still at work.
    #[error("the call with this idempotency key is still at work")]
    KeyBusy,
    /// Others were faster, again and again.
    #[error("the session changes too fast")]
    Contended,
    /// This caller asks for this too often.
    #[error("the caller asks for this too often")]
    TooOften,
    /// Too many ask for this at the same time.
    #[error("too many ask for this at the same time")]
    Crowded,
    /// The world failed us.
    #[error("a backend failed")]
    Unavailable(#[source] PortError),
    /// The payment provider failed a call that is not part of a completion.
    #[error("the payment provider failed")]
    Provider(#[source] PaymentFault),
    /// Nobody payments could be made at takes our credentials.
    #[error("no payment can be made: our credentials are not taken by {}", .0.join(", "))]
    Unpayable(Vec<Box<str>>),
    /// The store may lack what it had acknowledged: nothing is completed before the provider's
    /// payments have been compared with what is there.
    #[error("payments are compared with orders after a loss of the store")]
    Recovering,
    /// The completion could not be carried out and was undone.
    #[error("the completion failed and was undone")]
    Undone,
    /// The program is wrong.
    #[error("a promise of our own was broken")]
    Broken(#[source] Broken),
}

impl From<PortError> for Failure {
    fn from(error: PortError) -> Self {
        Self::Unavailable(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}
