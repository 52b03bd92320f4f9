use async_trait::async_trait;

use crate::ports::PortError;
use crate::principal::ApiKey;
use crate::signing::Signing;
use crate::time::Timestamp;

/// Keeps the keys that let somebody call.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Every key, also those that open nothing any more.
    async fn all(&self) -> Result<Vec<ApiKey>, PortError>;

    /// Keeps a key that is new; says no when there is one with its id.
    async fn insert(&self, key: &ApiKey) -> Result<bool, PortError>;

    /// Ends a key because somebody wants that; says no when there is none with this id. A key that
    /// has ended keeps its time, and whoever ended it, from then on it was somebody.
    async fn revoke(&self, id: &str, at: Timestamp) -> Result<bool, PortError>;

    /// Replaces what the holder of a key signs with, if that is still `before`; says no when it is
    /// not, or when there is no key with this id.
    async fn sign_with(
        &self,
        id: &str,
        before: &Signing,
        after: &Signing,
    ) -> Result<bool, PortError>;

    /// Replaces a key that is still as `before`, and in the same step keeps the one that takes its
    /// place, where there is one; says no when somebody was faster, or when there is one with the
    /// id of the new one.
    async fn replace(
        &self,
        before: &ApiKey,
        after: &ApiKey,
        successor: Option<&ApiKey>,
    ) -> Result<bool, PortError>;

    /// When keys were last used, one for each of these ids; what was never noted is `None`.
    async fn last_used(&self, ids: &[Box<str>]) -> Result<Vec<Option<Timestamp>>, PortError>;

    /// Notes when keys were used. Of several times the latest stays, whoever noted it. It need not
    /// outlive the machine.
    async fn note_used(&self, uses: &[(Box<str>, Timestamp)]) -> Result<(), PortError>;
}

/// Where somebody publishes the keys its signatures are held against.
#[async_trait]
pub trait PublishedKeys: Send + Sync {
    /// What is published there now, as a set of JSON Web Keys.
    async fn read(&self) -> Result<Vec<u8>, PortError>;
}
