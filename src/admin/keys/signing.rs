use std::fmt;

use acp_core::principal::ApiKey;
use acp_core::signing::{
    SignaturePolicy, SignedForm, SigningAlgorithm, SigningKey, SigningProfile,
};
use acp_core::tenant::{OperationGroup, ProofNeeded};
use acp_core::time::Timestamp;
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::admin::body::{Asked, Named};
use crate::admin::denial::Denial;
use crate::identity::{NewSigningKey, SigningError, public_key};

/// A signing key somebody wants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningKeyAsked {
    /// `hmac-sha256`, `ed25519` or `es256`.
    pub algorithm: String,
    /// `body`, `ts-body` or `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// `raw` or `canonical`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The public key as PEM, as JWK or in base64. A secret is made here instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// Before that it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime>,
    /// From then on it proves nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<DateTime>,
}

/// A new signing key. Its secret, where it has one, is never shown again.
#[derive(Clone, Serialize, Deserialize)]
pub struct SigningKeyMade {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(flatten)]
    pub key: SigningKeyShown,
}

impl fmt::Debug for SigningKeyMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKeyMade").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A signing key as it is shown to people: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyShown {
    pub id: String,
    pub algorithm: String,
    pub profile: String,
    pub form: String,
    pub state: SigningKeyState,
    pub created_at: DateTime,
    pub not_before: Option<DateTime>,
    pub not_after: Option<DateTime>,
}

/// Whether a signing key proves anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SigningKeyState {
    Coming,
    Good,
    Ended,
}

/// What the holder of a key signs with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SigningShown {
    /// The key it belongs to.
    pub key: String,
    /// `off`, `optional` or `required`.
    pub policy: String,
    /// For which groups of operations its tenant asks for a signature whatever the policy is.
    #[serde(default)]
    pub tenant_asks_for: Vec<String>,
    /// The oldest first, with some that have ended.
    pub signing_keys: Vec<SigningKeyShown>,
}

/// Which signing key is to end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndAsked {
    pub id: String,
}

/// Whether requests are to be signed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PolicyAsked {
    /// `off`, `optional` or `required`.
    pub policy: String,
}

impl SigningKeyShown {
    fn of(key: &SigningKey, now: Timestamp) -> Self {
        let state = if key.has_ended(now) {
            SigningKeyState::Ended
        } else if key.is_good(now) {
            SigningKeyState::Good
        } else {
            SigningKeyState::Coming
        };
        Self {
            id: key.id.to_string(),
            algorithm: key.algorithm.as_str().to_owned(),
            profile: key.profile.as_str().to_owned(),
            form: key.form.as_str().to_owned(),
            state,
            created_at: DateTime(key.created_at),
            not_before: key.not_before.map(DateTime),
            not_after: key.not_after.map(DateTime),
        }
    }
}

impl SigningShown {
    fn of(key: &ApiKey, now: Timestamp) -> Self {
        let keys = key.signing.keys.iter();
        Self {
            key: key.id.to_string(),
            policy: key.signing.policy.as_str().to_owned(),
            tenant_asks_for: Vec::new(),
            signing_keys: keys.map(|key| SigningKeyShown::of(key, now)).collect(),
        }
    }
}

impl From<SigningError> for Denial {
    fn from(error: SigningError) -> Self {
        match error {
            SigningError::NoKey => Self::new(Code::NotFound, "There is no key with this id."),
            SigningError::Refused(refusal) => {
                let mut sentence = refusal.to_string();
                if let Some(first) = sentence.get_mut(0..1) {
                    first.make_ascii_uppercase();
                }
                Self::new(Code::Invalid, format!("{sentence}."))
            }
            SigningError::Port(error) => error.into(),
        }
    }
}

/// Shows what the holder of a key signs with.
pub(in crate::admin) async fn list(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<SigningShown>, Denial> {
    let keys = admin.identity.list().await?;
    let key = keys.iter().find(|key| *key.id == *id).ok_or(SigningError::NoKey)?;
    let tenant = admin.identity.tenant(&key.tenant).await?;
    let asks = |group: &OperationGroup| {
        tenant.as_ref().is_some_and(|tenant| tenant.policy.of(*group) == ProofNeeded::Signed)
    };
    let groups = OperationGroup::ALL.into_iter().filter(asks);
    let tenant_asks_for = groups.map(|group| group.as_str().to_owned()).collect();
    Ok(Json(SigningShown { tenant_asks_for, ..SigningShown::of(key, admin.clock.now()) }))
}

/// Adds a signing key.
pub(in crate::admin) async fn add(
    State(admin): State<Admin>,
    Named(id): Named,
    Asked(asked): Asked<SigningKeyAsked>,
) -> Result<(StatusCode, Json<SigningKeyMade>), Denial> {
    let now = admin.clock.now();
    let new = checked(&asked, now)?;
    let (_, key, secret) = admin.identity.add_signing_key(&id, new).await?;
    Ok((StatusCode::CREATED, Json(SigningKeyMade { secret, key: SigningKeyShown::of(&key, now) })))
}

/// Ends a signing key. Ending it again changes nothing.
pub(in crate::admin) async fn end(
    State(admin): State<Admin>,
    Named(id): Named,
    Asked(asked): Asked<EndAsked>,
) -> Result<Json<SigningShown>, Denial> {
    let key = admin.identity.end_signing_key(&id, &asked.id).await?;
    Ok(Json(SigningShown::of(&key, admin.clock.now())))
}

/// Decides whether requests have to be signed.
pub(in crate::admin) async fn set_policy(
    State(admin): State<Admin>,
    Named(id): Named,
    Asked(asked): Asked<PolicyAsked>,
) -> Result<Json<SigningShown>, Denial> {
    let policy = named(&asked.policy, "$.policy", SignaturePolicy::ALL, SignaturePolicy::as_str)?;
    let key = admin.identity.set_signature_policy(&id, policy).await?;
    Ok(Json(SigningShown::of(&key, admin.clock.now())))
}

/// One of a list, by its name.
fn named<T: Copy, const N: usize>(
    name: &str,
    path: &str,
    all: [T; N],
    name_of: fn(T) -> &'static str,
) -> Result<T, Denial> {
    let found = all.into_iter().find(|one| name_of(*one) == name);
    let names = || all.map(name_of).join(", ");
    found.ok_or_else(|| Denial::invalid(path, format!("Use one of {}.", names())))
}

fn checked(asked: &SigningKeyAsked, now: Timestamp) -> Result<NewSigningKey, Denial> {
    let algorithm =
        named(&asked.algorithm, "$.algorithm", SigningAlgorithm::ALL, SigningAlgorithm::as_str)?;
    let profile = asked.profile.as_deref().unwrap_or(SigningProfile::default().as_str());
    let profile = named(profile, "$.profile", SigningProfile::ALL, SigningProfile::as_str)?;
    let form = asked.form.as_deref().unwrap_or(SignedForm::default().as_str());
    let form = named(form, "$.form", SignedForm::ALL, SignedForm::as_str)?;
    let text = asked.public_key.as_deref();
    let public_key = match algorithm {
        SigningAlgorithm::HmacSha256 if text.is_none() => None,
        algorithm => Some(
            public_key(algorithm, text.unwrap_or_default())
                .map_err(|error| Denial::invalid("$.public_key", format!("No: {error}.")))?,
        ),
    };
    let (begin, end) = (asked.not_before.map(|it| it.0), asked.not_after.map(|it| it.0));
    let begins_at = begin.map_or(now, |begin| begin.max(now));
    if end.is_some_and(|end| end <= begins_at) {
        let message = "This time is over before the key begins: it would never prove anything.";
        return Err(Denial::invalid("$.not_after", message));
    }
    Ok(NewSigningKey { algorithm, profile, form, public_key, not_before: begin, not_after: end })
}
