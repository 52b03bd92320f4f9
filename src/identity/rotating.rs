use std::time::Duration;

use acp_core::limits::RACES_MAX;
use acp_core::ports::{PortError, Retry};
use acp_core::principal::{ApiKey, Maker};
use acp_core::signing::{Signing, SigningAlgorithm, SigningKey};
use acp_core::time::Timestamp;
use zeroize::Zeroizing;

use super::keyring::{Identity, hash};
use super::signing::context;

/// A key and the one that takes its place.
#[derive(Debug)]
pub struct Rotated {
    /// The key that ends.
    pub before: ApiKey,
    /// The key that takes its place.
    pub next: ApiKey,
    /// Its token, shown this once.
    pub token: String,
}

/// Why a key stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// There is no such key.
    #[error("there is no key with this id")]
    NoKey,
    /// It opens nothing any more.
    #[error("this key has ended, so that nothing can take its place: make a new one")]
    Ended,
    /// It is made by the configuration.
    #[error(
        "this key is made by the configuration: put another token there, and start the gateway \
         again"
    )]
    Configured,
    /// The end of the new key is before it begins.
    #[error("this time is over: the key would never open anything")]
    NeverGood,
    /// A secret its holder signs with cannot be handed on.
    #[error("a secret of this key does not open, so that it cannot be handed on")]
    Sealed,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Identity {
    /// Makes a key that takes the place of another, which ends after `overlap`, if not sooner.
    ///
    /// The next key is the same to everybody but for its token: agent, scope, label, habits, end,
    /// and what its holder signs with are those of the old one, and both become true in one step.
    /// So a key that was to end keeps its end, unless another is given: changing a secret is no
    /// reason to trust for longer.
    ///
    /// # Errors
    /// There is no such key, it has ended, it is the configuration's, or the store fails.
    pub async fn rotate(
        &self,
        id: &str,
        overlap: Duration,
        expires_at: Option<Timestamp>,
    ) -> Result<Rotated, RotationError> {
        for _ in 0..RACES_MAX {
            let now = self.clock.now();
            let keys = self.list().await?;
            let before = keys.into_iter().find(|key| *key.id == *id);
            let before = before.ok_or(RotationError::NoKey)?;
            if before.made_by == Maker::Configuration {
                return Err(RotationError::Configured);
            }
            if !before.is_good(now) {
                return Err(RotationError::Ended);
            }
            if expires_at.is_some_and(|end| end <= now) {
                return Err(RotationError::NeverGood);
            }
            let (next_id, token) = self.new_token();
            let end = now.plus(overlap);
            let mut after = before.clone();
            after.expires_at = Some(before.expires_at.map_or(end, |sooner| sooner.min(end)));
            let next = ApiKey {
                signing: self.handed_on(&before, &next_id, now)?,
                id: next_id,
                secret_hash: hash(&token),
                created_at: now,
                expires_at: expires_at.or(before.expires_at),
                follows: Some(before.id.clone()),
                ..before.clone()
            };
            if self.keys.replace(&before, &after, Some(&next)).await? {
                // The token is shown now or never.
                self.refresh_now_or_soon().await;
                return Ok(Rotated { before: after, next, token });
            }
        }
        let what = "replacing a key that others change too";
        Err(PortError { what, retry: Retry::Safe, cause: None }.into())
    }

    /// What the holder of a key signs with, for the next key. A secret is sealed for its holder, so
    /// it is opened and sealed again; what has ended stays behind.
    fn handed_on(
        &self,
        before: &ApiKey,
        next: &str,
        now: Timestamp,
    ) -> Result<Signing, RotationError> {
        let going_on = before.signing.keys.iter().filter(|key| !key.has_ended(now));
        let keys = going_on.map(|key| {
            if key.algorithm != SigningAlgorithm::HmacSha256 {
                return Ok(key.clone());
            }
            let secret = self.sealer.open(&context(&before.id, &key.id), &key.material);
            let secret = secret.map(Zeroizing::new).map_err(|_cause| RotationError::Sealed)?;
            let material = self.sealer.seal(&context(next, &key.id), &secret);
            Ok(SigningKey { material, ..key.clone() })
        });
        let keys = keys.collect::<Result<_, RotationError>>()?;
        Ok(Signing { policy: before.signing.policy, keys })
    }
}
