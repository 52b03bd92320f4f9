use std::time::Duration;

use async_trait::async_trait;

use crate::ports::PortError;

/// What a signature was used for before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureUse {
    /// Nothing: this is the first time.
    First,
    /// The same: somebody sends a request again.
    Again,
    /// Something else: somebody makes more of a request than its sender wanted.
    Otherwise,
}

/// Remembers what signatures were used for, as long as they could be used again.
///
/// What this trait means is written in `tests/it/contract/callers/signatures.rs`; it holds over every
/// store. It holds for all gateways that share one.
#[async_trait]
pub trait UsedSignatures: Send + Sync {
    /// Takes note that a signature is used for something, both known by a digest, for as long as it
    /// could be used again. Of several uses the first one counts. Where this fails nobody knows, and the signature proves nothing.
    async fn take(
        &self,
        signature: &[u8; 32],
        purpose: &[u8; 32],
        kept: Duration,
    ) -> Result<SignatureUse, PortError>;
}
