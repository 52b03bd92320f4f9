/// A sealed value that could not be opened: its key is unknown, or it was tampered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value cannot be opened with the keys at hand")]
pub struct CannotOpen;

/// Seals what must not lie readable in a store.
pub trait Sealer: Send + Sync {
    /// Seals a value for a purpose and place; it opens only for the same.
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8>;

    /// The mark of a value for a purpose and place: the same for the same, and without the keys
    /// nobody finds the value by trying. Nothing opens it.
    fn mark(&self, context: &str, plain: &[u8]) -> [u8; 32];

    /// Opens a sealed value.
    ///
    /// # Errors
    /// Refuses what was not sealed for this context by a key at hand.
    fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen>;
}
