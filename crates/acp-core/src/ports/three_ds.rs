use async_trait::async_trait;

use super::PortError;
use super::checkouts::{AnswerKey, AnswerWrite, Committed, KeyState, Revision};
use crate::ids::{AuthenticationId, Partition};
use crate::session::Owner;
use crate::three_ds::{Authenticate, Authentication, BeginAuthentication, Found, Standing};

/// What a provider has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What it calls it.
    pub reference: Box<str>,
    /// Where it stands.
    pub standing: Standing,
}

/// Why a provider does not begin.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// There is something wrong with the card.
    #[error("the provider does not know this card")]
    Card,
    /// The provider failed.
    #[error(transparent)]
    Failed(#[from] PortError),
}

/// Finds out whether a shopper is who a card says. Every call may be made again: the provider knows
/// an authentication by its id, and does nothing twice.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// Begins, with the card.
    async fn begin(
        &self,
        id: &AuthenticationId,
        wish: &BeginAuthentication,
    ) -> Result<Begun, NotBegun>;

    /// Asks the issuer.
    async fn authenticate(
        &self,
        reference: &str,
        wish: &Authenticate,
    ) -> Result<Standing, PortError>;

    /// Where it stands, and what was found out by then.
    async fn look(&self, reference: &str) -> Result<(Standing, Option<Found>), PortError>;
}

/// An authentication as it is from now on, with the answer to whoever wanted it so.
#[derive(Clone, Debug)]
pub struct AuthenticationWrite<'a> {
    /// The revision the decision was based on; `None` for a new one.
    pub before: Option<Revision>,
    /// The authentication as it is now.
    pub after: &'a Authentication,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
}

/// What the store knows of an authentication and of a key: one look.
#[derive(Clone, Debug)]
pub struct SeenAuthentication {
    /// The authentication, if there is one.
    pub authentication: Option<(Authentication, Revision)>,
    /// What is known of the key.
    pub key: Option<KeyState>,
}

/// Keeps where authentications stand, until nobody asks any more; nobody has to look after them.
///
/// What this trait means is written in `tests/it/contract/wanted/authentications.rs`; it holds over
/// every store.
#[async_trait]
pub trait Authentications: Send + Sync {
    /// Where a new one goes: with a key, always to the same place for the same caller and key, so
    /// that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// What is known of an authentication and of a key, in one look.
    async fn look(
        &self,
        partition: Partition,
        authentication: Option<&AuthenticationId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenAuthentication, PortError>;

    /// Writes an authentication together with the answer, where nobody else has written either
    /// since they were looked at.
    async fn write(&self, write: AuthenticationWrite<'_>) -> Result<Committed, PortError>;
}
