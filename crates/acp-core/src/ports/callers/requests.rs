use async_trait::async_trait;

use crate::ports::PortError;
use crate::request::RequestSeen;
use crate::session::Owner;

/// Remembers what agents asked for lately, and what they were answered.
///
/// What this trait means is written in `tests/it/contract/callers/requests.rs`; it holds over every
/// store.
#[async_trait]
pub trait RequestLog: Send + Sync {
    /// Adds requests of an agent, whichever gateway answered them. Of all the latest stay, some
    /// days, and none need outlive the machine.
    async fn add(&self, agent: &Owner, requests: &[RequestSeen]) -> Result<(), PortError>;

    /// What is remembered of an agent, the oldest first.
    async fn last(&self, agent: &Owner) -> Result<Vec<RequestSeen>, PortError>;
}
