//! Who is calling, once that has been proven.

use crate::ids::{AgentId, TenantId};
use crate::session::Owner;
use crate::signing::{Signing, SigningAlgorithm};
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A bearer key.
    Bearer {
        /// Its public part. The keys of a demo have none.
        key: Option<Box<str>>,
    },
    /// A signature over the request.
    Signature {
        /// The signing key it was made with.
        key: Box<str>,
        /// How it was made.
        algorithm: SigningAlgorithm,
    },
    /// A signature over the request by the rules of HTTP message signatures.
    Message(Box<MessageProof>),
}

/// An HTTP message signature that was believed. In words, because it is kept for longer than
/// anybody remembers what the rules were.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageProof {
    /// By which rules it was believed.
    pub profile: Box<str>,
    /// The address that publishes the key, where it is not written down here.
    pub signer: Option<Box<str>>,
    /// The name the signature has for the key.
    pub key: Box<str>,
    /// What the key is (RFC 7638). A secret has no such name.
    pub thumbprint: Option<Box<str>>,
    /// How it was made.
    pub algorithm: Box<str>,
    /// What it says it is for.
    pub tag: Option<Box<str>>,
}

/// Who asked for something, and by what that was proven: kept with what came of it, as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Provenance {
    /// The agent it was, whichever key it used that day.
    pub agent: AgentId,
    /// What it showed.
    pub proofs: Vec<Proof>,
}

/// Which quota and operations a caller gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tier {
    /// It showed a key.
    Token,
    /// It signed what it asks for as well.
    Signed,
}

/// The status of an answer that says that a key was used for another body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ConflictStatus {
    /// As the version says.
    #[default]
    ByVersion,
    /// 409 in every version.
    Conflict,
    /// 422 in every version.
    Unprocessable,
}

/// The status of an answer that tells of a placed order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CompletedStatus {
    /// 200, as every version says.
    #[default]
    Ok,
    /// 201, as some agents expect.
    Created,
}

/// What is done with fields a version does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strangers {
    /// As the gateway is configured.
    #[default]
    AsConfigured,
    /// They are passed over.
    Ignore,
    /// They are refused.
    Refuse,
}

/// Whether addresses carry a telephone number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AddressPhone {
    /// They do not, as every version says.
    #[default]
    Elsewhere,
    /// They do, as some agents write and expect.
    InAddress,
}

/// What one caller does otherwise than its version of the protocol says. Callers disagree where
/// the published documents do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Habits {
    /// The status of a conflict of keys.
    pub conflict_status: ConflictStatus,
    /// The status of a completion that ended in an order.
    pub completed_status: CompletedStatus,
    /// What is done with unknown fields.
    pub strangers: Strangers,
    /// Whether addresses carry a telephone number.
    pub address_phone: AddressPhone,
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
    /// What it does otherwise than its version says.
    pub habits: Habits,
}

impl Principal {
    /// Whether a session is this caller's.
    pub fn owns(&self, owner: &Owner) -> bool {
        self.tenant == owner.tenant && self.agent == owner.agent
    }

    /// Whether this caller may look at what belongs to somebody: to itself, or to an agent of its
    /// shop, where it looks after the shop.
    pub fn sees(&self, owner: &Owner) -> bool {
        match self.scope {
            Scope::Agent => self.owns(owner),
            Scope::Merchant => self.tenant == owner.tenant,
            Scope::Admin => false,
        }
    }

    /// What is kept of this caller with what it asks for.
    pub fn provenance(&self) -> Provenance {
        Provenance { agent: self.agent.clone(), proofs: self.proofs.clone() }
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
    /// What its holder does otherwise than the protocol's version says.
    pub habits: Habits,
    /// What its holder signs requests with, and whether it has to.
    pub signing: Signing,
}

impl ApiKey {
    /// Whether it opens anything at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}
