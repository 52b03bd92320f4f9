use crate::time::Timestamp;

/// Tells the time. In tests it stands still until it is moved.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}
