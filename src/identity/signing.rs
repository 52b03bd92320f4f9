use acp_core::limits::RACES_MAX;
use acp_core::ports::{PortError, Retry, Sealer};
use acp_core::principal::ApiKey;
use acp_core::signing::{
    SignaturePolicy, SignedForm, Signing, SigningAlgorithm, SigningKey, SigningProfile,
    SigningRefusal,
};
use acp_core::time::Timestamp;
use zeroize::Zeroizing;

use super::keyring::{Identity, hex};
use super::signature::{Expected, Verifier};

/// A signing key to be made.
#[derive(Clone, Debug)]
pub struct NewSigningKey {
    /// How it signs.
    pub algorithm: SigningAlgorithm,
    /// What it signs.
    pub profile: SigningProfile,
    /// In which form it signs bodies.
    pub form: SignedForm,
    /// The public key; none where there is a secret, which is made here.
    pub public_key: Option<Vec<u8>>,
    /// Before that it proves nothing.
    pub not_before: Option<Timestamp>,
    /// From then on it proves nothing.
    pub not_after: Option<Timestamp>,
}

/// Why what a caller signs with stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// There is no such key.
    #[error("there is no key with this id")]
    NoKey,
    /// It may not be changed so.
    #[error(transparent)]
    Refused(#[from] SigningRefusal),
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// What a secret is sealed for: it opens for the same signing key alone.
pub(super) fn context(holder: &str, id: &str) -> String {
    format!("signing {holder} {id}")
}

/// What is expected of the holder of a key; nothing where its signatures are not looked at. A
/// secret that does not open proves nothing, so its holder is refused and not believed.
pub(super) fn expected(key: &ApiKey, sealer: &dyn Sealer) -> Option<Expected> {
    if key.signing.policy == SignaturePolicy::Off {
        return None;
    }
    let verifiers = key.signing.keys.iter().filter_map(|signing| {
        if signing.algorithm != SigningAlgorithm::HmacSha256 {
            return Verifier::new(signing, &signing.material);
        }
        let secret = sealer.open(&context(&key.id, &signing.id), &signing.material);
        let Ok(secret) = secret.map(Zeroizing::new) else {
            tracing::error!(key = %key.id, signing_key = %signing.id, "a secret does not open");
            return None;
        };
        Verifier::new(signing, &secret)
    });
    Some(Expected::of(&key.id, key.signing.policy, verifiers.collect()))
}

impl Identity {
    /// Adds a signing key to a key. A secret is made here, shown this once and kept sealed.
    ///
    /// # Errors
    /// There is no such key, it has enough of them, or the store cannot be written.
    pub async fn add_signing_key(
        &self,
        holder: &str,
        new: NewSigningKey,
    ) -> Result<(ApiKey, SigningKey, Option<String>), SigningError> {
        let now = self.clock.now();
        let number: String = hex(self.entropy.random128()).chars().take(12).collect();
        let id: Box<str> = format!("sig_{number}").into();
        let (secret, material) = if let Some(public_key) = new.public_key {
            (None, public_key)
        } else {
            let halves = [self.entropy.random128(), self.entropy.random128()].map(hex);
            let secret = format!("acp_signing_{}", halves.concat());
            let sealed = self.sealer.seal(&context(holder, &id), secret.as_bytes());
            (Some(secret), sealed)
        };
        let key = SigningKey {
            id,
            algorithm: new.algorithm,
            profile: new.profile,
            form: new.form,
            material,
            created_at: now,
            not_before: new.not_before,
            not_after: new.not_after,
        };
        let holder = self.change(holder, |signing| signing.with(key.clone(), now)).await?;
        // The secret is shown now or never.
        self.refresh_now_or_soon().await;
        Ok((holder, key, secret))
    }

    /// Ends a signing key. One that has ended stays as it is.
    ///
    /// # Errors
    /// There is no such key or signing key, or the store cannot be written.
    pub async fn end_signing_key(&self, holder: &str, id: &str) -> Result<ApiKey, SigningError> {
        let now = self.clock.now();
        let holder = self.change(holder, |signing| signing.without(id, now)).await?;
        self.refresh().await?;
        Ok(holder)
    }

    /// Decides whether the requests of a key have to be signed.
    ///
    /// # Errors
    /// There is no such key, nothing to verify with, or the store cannot be written.
    pub async fn set_signature_policy(
        &self,
        holder: &str,
        policy: SignaturePolicy,
    ) -> Result<ApiKey, SigningError> {
        let now = self.clock.now();
        let holder = self.change(holder, |signing| signing.under(policy, now)).await?;
        self.refresh().await?;
        Ok(holder)
    }

    async fn change(
        &self,
        holder: &str,
        decide: impl Fn(&Signing) -> Result<Signing, SigningRefusal> + Send,
    ) -> Result<ApiKey, SigningError> {
        for _ in 0..RACES_MAX {
            let keys = self.list().await?;
            let key = keys.into_iter().find(|key| *key.id == *holder);
            let mut key = key.ok_or(SigningError::NoKey)?;
            let after = decide(&key.signing)?;
            if self.keys.sign_with(holder, &key.signing, &after).await? {
                key.signing = after;
                return Ok(key);
            }
        }
        let what = "changing what signs for a key that others change too";
        Err(PortError { what, retry: Retry::Safe, cause: None }.into())
    }
}
