//! Who is calling, once that has been proven.

use crate::ids::{AgentId, TenantId};
use crate::session::Owner;
use crate::time::Timestamp;

/// What a caller may do at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Open sessions and buy.
    Agent,
    /// Look after the shop.
    Merchant,
    /// Look after the gateway.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Agent, Self::Merchant, Self::Admin];

    /// Its name, as keys and people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Merchant => "merchant",
            Self::Admin => "admin",
        }
    }
}

/// How a caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A bearer key.
    Bearer,
}

/// Which quota and operations a caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// It showed a key.
    Token,
}

/// A caller whose identity has been proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The merchant it calls.
    pub tenant: TenantId,
    /// The agent it is, whichever key it uses today.
    pub agent: AgentId,
    /// What it showed.
    pub proofs: Vec<Proof>,
    /// Its tier.
    pub tier: Tier,
    /// What it may do.
    pub scope: Scope,
}

impl Principal {
    /// Whether a session is this caller's.
    pub fn owns(&self, owner: &Owner) -> bool {
        self.tenant == owner.tenant && self.agent == owner.agent
    }

    /// The owner of what this caller makes.
    pub fn as_owner(&self) -> Owner {
        Owner { tenant: self.tenant.clone(), agent: self.agent.clone() }
    }
}

/// A key that lets somebody call, as it is kept: without the secret it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its public part, by which it is found and named.
    pub id: Box<str>,
    /// SHA-256 of its secret part, which is long and random enough to need no more than that.
    pub secret_hash: [u8; 32],
    /// The merchant it calls.
    pub tenant: TenantId,
    /// The agent it speaks for.
    pub agent: AgentId,
    /// What it allows.
    pub scope: Scope,
    /// What people call it.
    pub label: Box<str>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Option<Timestamp>,
    /// Since then it is refused.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    /// Whether it opens anything at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
