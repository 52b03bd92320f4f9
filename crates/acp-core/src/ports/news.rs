use crate::ids::SessionId;

/// A message that nobody proved to be of whom it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message is not signed with the secret we share, or not just now")]
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

/// Takes what a merchant's catalogue tells unasked. It is a hint as well: what has changed is asked
/// for when it is needed.
pub trait CatalogNews: Send + Sync {
    /// Forgets what a message says has changed, before anybody else is told about it.
    ///
    /// # Errors
    /// Refuses what the merchant has not signed just now.
    fn take(&self, signature: &str, message: &[u8]) -> Result<(), Forged>;
}
