//! Who finds the keys of those who publish them.

use std::sync::Arc;

use async_trait::async_trait;

use crate::candidate::Need;
use crate::key::KeySet;

/// Why there are no keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoKeys {
    /// Somebody was asked, or must not be asked, and this is what is wrong.
    #[error("the keys at {place} are of no use: {why}")]
    Useless {
        /// Where they should be.
        place: Box<str>,
        /// What is wrong.
        why: Box<str>,
    },
    /// They cannot be fetched now, and perhaps in a moment.
    #[error("the keys at {place} cannot be fetched now")]
    Away {
        /// Where they should be.
        place: Box<str>,
    },
}

/// Finds the keys that are published at a place.
#[async_trait]
pub trait KeyDirectory: Send + Sync {
    /// The keys at the place that is needed. Whether the one that is needed is among them is not
    /// said; where it is not among those that are known they may be fetched anew.
    ///
    /// # Errors
    /// Says why there are none.
    async fn keys(&self, need: &Need) -> Result<Arc<KeySet>, NoKeys>;
}
