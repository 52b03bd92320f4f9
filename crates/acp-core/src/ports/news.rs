use crate::ids::SessionId;

/// A message that nobody proved to be the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not signed by the payment provider, or not just now")]
pub struct Forged;

/// Reads what a payment provider tells unasked. A message is a hint and no more: it may be late,
/// twice there, or in the wrong order, so that nothing of what it says about money is believed.
pub trait PaymentNews: Send + Sync {
    /// The session a message is about; nothing where it is about none of ours.
    ///
    /// # Errors
    /// Refuses what the provider has not signed just now.
    fn read(&self, signature: &str, message: &[u8]) -> Result<Option<SessionId>, Forged>;
}
