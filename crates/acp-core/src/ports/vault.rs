use async_trait::async_trait;

use super::PortError;
use super::checkouts::{AnswerWrite, Committed, Revision};
use crate::ids::{Partition, VaultTokenId};
use crate::payment::{PaymentFault, ProviderKey};
use crate::session::{Owner, PaymentToken};
use crate::time::Timestamp;
use crate::vault::{Card, VaultToken};

/// What a provider has made of a card.
#[derive(Clone, Debug)]
pub struct KeptCard {
    /// What it takes in the place of the card.
    pub credential: PaymentToken,
    /// The brand, where it says so.
    pub brand: Option<Box<str>>,
}

/// Why a provider has not taken a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardNotKept {
    /// There is something wrong with what stands at this place of the delegation.
    #[error("the card is not taken because of what stands at {0}")]
    Refused(&'static str),
    /// The provider failed.
    #[error(transparent)]
    Failed(#[from] PaymentFault),
}

/// Takes cards to whoever moves the money, so that none is kept here.
#[async_trait]
pub trait CardKeeper: Send + Sync {
    /// Hands a card over. Nothing is charged, and the same key hands the same card over once.
    async fn hand_over(&self, key: &ProviderKey, card: &Card) -> Result<KeptCard, CardNotKept>;
}

/// A token as it is from now on, with the answer to whoever wanted it so.
#[derive(Clone, Debug)]
pub struct TokenWrite<'a> {
    /// The revision the decision was based on; `None` for a new token.
    pub before: Option<Revision>,
    /// The token as it is now.
    pub after: &'a VaultToken,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
}

/// Keeps what pays in the place of cards.
///
/// What this trait means is written in `tests/it/contract/wanted/vault.rs`; it holds over every
/// store.
#[async_trait]
pub trait Vault: Send + Sync {
    /// Where a new token goes: with a key, always to the same place for the same caller and key, so
    /// that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// A token, and nothing that may still get lost.
    async fn find(&self, id: &VaultTokenId) -> Result<Option<(VaultToken, Revision)>, PortError>;

    /// Writes a token together with the answer, where nobody else has written either since they
    /// were looked at.
    async fn write(&self, write: TokenWrite<'_>) -> Result<Committed, PortError>;

    /// Tokens nobody asks for any more, because they were of no use for long enough.
    async fn overdue(&self) -> Result<Vec<VaultTokenId>, PortError>;

    /// Forgets one that is as it was looked at.
    async fn forget(&self, id: &VaultTokenId, at: Revision) -> Result<Committed, PortError>;

    /// The time by which tokens are good: that of the store.
    async fn now(&self) -> Result<Timestamp, PortError>;
}
