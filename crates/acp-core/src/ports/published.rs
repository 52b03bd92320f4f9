use async_trait::async_trait;

use super::PortError;

/// Where somebody publishes the keys its signatures are held against.
#[async_trait]
pub trait PublishedKeys: Send + Sync {
    /// What is published there now, as a set of JSON Web Keys.
    async fn read(&self) -> Result<Vec<u8>, PortError>;
}
