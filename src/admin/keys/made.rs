use std::fmt;

use acp_core::ids::AgentId;
use acp_core::limits::{AGENT_ID_CHARS_MAX, KEY_LABEL_CHARS_MAX};
use acp_core::principal::{ApiKey, Maker, Scope};
use acp_core::time::Timestamp;
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::habits::{HabitsShown, is_false};
use crate::admin::Admin;
use crate::admin::body::{Asked, Named};
use crate::admin::denial::Denial;
use crate::admin::tenants::meant;
use crate::identity::NewKey;

/// A key somebody wants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyAsked {
    /// The tenant it calls; the shop where nobody says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(with = "scope_name")]
    pub scope: Scope,
    /// The agent it speaks for. Keys of one agent see the same sessions.
    pub agent: String,
    /// What people call it.
    #[serde(default)]
    pub label: String,
    /// From then on it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime>,
    /// What its holder does otherwise than the protocol's version says.
    #[serde(default, skip_serializing_if = "HabitsShown::is_empty")]
    pub habits: HabitsShown,
}

/// A new key with its token, which is never shown again.
#[derive(Clone, Serialize, Deserialize)]
pub struct KeyMade {
    pub token: String,
    #[serde(flatten)]
    pub key: KeyShown,
}

impl fmt::Debug for KeyMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyMade").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A key as it is shown to people: without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyShown {
    pub id: String,
    /// The tenant it calls.
    #[serde(default)]
    pub tenant: String,
    #[serde(with = "scope_name")]
    pub scope: Scope,
    pub agent: String,
    pub label: String,
    pub state: KeyState,
    pub created_at: DateTime,
    pub expires_at: Option<DateTime>,
    pub revoked_at: Option<DateTime>,
    /// When it was last used, to the minute; only where keys are listed.
    #[serde(default)]
    pub last_used_at: Option<DateTime>,
    /// The key whose place it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
    /// The key that takes its place, the latest if there are several; only where keys are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed_by: Option<String>,
    /// Whether the configuration made it, and ends it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_configured: bool,
    #[serde(default, skip_serializing_if = "HabitsShown::is_empty")]
    pub habits: HabitsShown,
}

/// Whether a key opens anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Good,
    Expired,
    Revoked,
}

/// Every key, also those that open nothing any more, the oldest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeyList {
    pub keys: Vec<KeyShown>,
}

impl KeyShown {
    pub(super) fn of(key: &ApiKey, now: Timestamp) -> Self {
        let state = match key.revoked_at {
            Some(_) => KeyState::Revoked,
            None if key.is_good(now) => KeyState::Good,
            None => KeyState::Expired,
        };
        Self {
            id: key.id.to_string(),
            tenant: key.tenant.to_string(),
            scope: key.scope,
            agent: key.agent.to_string(),
            label: key.label.to_string(),
            state,
            created_at: DateTime(key.created_at),
            expires_at: key.expires_at.map(DateTime),
            revoked_at: key.revoked_at.map(DateTime),
            last_used_at: None,
            follows: key.follows.as_deref().map(str::to_owned),
            followed_by: None,
            is_configured: key.made_by == Maker::Configuration,
            habits: HabitsShown::of(key.habits),
        }
    }
}

/// A scope by its name.
pub mod scope_name {
    use acp_core::principal::Scope;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    /// Reads the name of a scope.
    ///
    /// # Errors
    /// Refuses what is not one.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Scope, D::Error> {
        let name = String::deserialize(from)?;
        let scope = Scope::ALL.into_iter().find(|scope| scope.as_str() == name);
        scope.ok_or_else(|| Error::custom("expected one of agent, merchant, admin, principal"))
    }

    /// Writes the name of a scope.
    ///
    /// # Errors
    /// Whatever the writer fails with.
    pub fn serialize<S: Serializer>(scope: &Scope, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(scope.as_str())
    }
}

/// Makes a key.
pub(in crate::admin) async fn create(
    State(admin): State<Admin>,
    Asked(asked): Asked<KeyAsked>,
) -> Result<(StatusCode, Json<KeyMade>), Denial> {
    let now = admin.clock.now();
    let tenant = match asked.tenant.clone() {
        None => None,
        Some(tenant) => Some(meant(&admin, Some(tenant)).await?),
    };
    if asked.scope == Scope::Admin && tenant.as_ref().is_some_and(|it| *it != admin.shop.tenant) {
        let message = "A key of an admin looks after the whole gateway, and is no tenant's.";
        return Err(Denial::invalid("$.tenant", message));
    }
    let new = NewKey { tenant, ..checked(asked, now)? };
    let (key, token) = admin.identity.create(new).await?;
    Ok((StatusCode::CREATED, Json(KeyMade { token, key: KeyShown::of(&key, now) })))
}

/// Lists every key.
pub(in crate::admin) async fn list(State(admin): State<Admin>) -> Result<Json<KeyList>, Denial> {
    let mut keys = admin.identity.list().await?;
    keys.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
    let used = admin.identity.last_used(&keys).await?;
    let now = admin.clock.now();
    let shown = |(key, used): (&ApiKey, Option<Timestamp>)| {
        let next = keys.iter().rfind(|next| next.follows.as_ref() == Some(&key.id));
        KeyShown {
            last_used_at: used.map(DateTime),
            followed_by: next.map(|next| next.id.to_string()),
            ..KeyShown::of(key, now)
        }
    };
    Ok(Json(KeyList { keys: keys.iter().zip(used).map(shown).collect() }))
}

/// Ends a key. Ending it again changes nothing.
pub(in crate::admin) async fn revoke(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<KeyShown>, Denial> {
    let unknown = || {
        let id = id.escape_debug();
        Denial::new(Code::NotFound, format!("There is no key with the id {id}."))
    };
    if !admin.identity.revoke(&id).await? {
        return Err(unknown());
    }
    let keys = admin.identity.list().await?;
    let key = keys.iter().find(|key| *key.id == *id).ok_or_else(unknown)?;
    Ok(Json(KeyShown::of(key, admin.clock.now())))
}

fn checked(asked: KeyAsked, now: Timestamp) -> Result<NewKey, Denial> {
    let is_in_id = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let KeyAsked { tenant: _, scope, agent, label, expires_at, habits } = asked;
    if !(1..=AGENT_ID_CHARS_MAX).contains(&agent.len()) || !agent.chars().all(is_in_id) {
        let message = format!(
            "The name of an agent has 1 to {AGENT_ID_CHARS_MAX} letters, digits, dots, dashes and \
             underscores."
        );
        return Err(Denial::invalid("$.agent", message));
    }
    if label.chars().count() > KEY_LABEL_CHARS_MAX || label.contains(char::is_control) {
        let message = format!("A label has at most {KEY_LABEL_CHARS_MAX} characters, in one line.");
        return Err(Denial::invalid("$.label", message));
    }
    if expires_at.is_some_and(|DateTime(end)| end <= now) {
        let message = "This time is over: the key would never open anything.";
        return Err(Denial::invalid("$.expires_at", message));
    }
    Ok(NewKey {
        tenant: None,
        agent: AgentId::new(agent),
        scope,
        label: label.into(),
        expires_at: expires_at.map(|DateTime(end)| end),
        habits: habits.checked()?,
    })
}
