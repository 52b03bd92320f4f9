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

/// What somebody may do who is vouched for by the merchant's own directory of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Look at everything of the shop.
    ShopRead,
    /// Change goods and their stock, and look at everything.
    ShopWrite,
    /// Decide about orders and approvals, which may move money, and look at everything.
    OrdersWrite,
    /// Look after the gateway.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::ShopRead, Self::ShopWrite, Self::OrdersWrite, Self::Admin];

    /// Its name, as tokens write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ShopRead => "shop:read",
            Self::ShopWrite => "shop:write",
            Self::OrdersWrite => "orders:write",
            Self::Admin => "admin",
        }
    }

    /// Whether who has this role may do what the other is for. Who changes something of the shop
    /// looks at it first; who looks after the gateway has no business in the shop.
    pub const fn grants(self, wanted: Self) -> bool {
        match wanted {
            Self::ShopRead => !matches!(self, Self::Admin),
            Self::ShopWrite => matches!(self, Self::ShopWrite),
            Self::OrdersWrite => matches!(self, Self::OrdersWrite),
            Self::Admin => matches!(self, Self::Admin),
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
    /// A JSON Web Token, by which somebody else vouches for it.
    Jwt {
        /// Who vouches.
        issuer: Box<str>,
        /// Whom it names.
        subject: Box<str>,
        /// What it may do.
        roles: Vec<Role>,
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

    /// Whether this caller may do what a role is for. A key allows all its scope does; who is
    /// vouched for may do what its roles say, and nothing more.
    pub fn may(&self, wanted: Role) -> bool {
        self.proofs.iter().all(|proof| match proof {
            Proof::Jwt { roles, .. } => roles.iter().any(|role| role.grants(wanted)),
            Proof::Bearer { .. } | Proof::Signature { .. } | Proof::Message(_) => match wanted {
                Role::Admin => self.scope == Scope::Admin,
                Role::ShopRead | Role::ShopWrite | Role::OrdersWrite => {
                    self.scope == Scope::Merchant
                }
            },
        })
    }

    /// Whom a token names that vouches for this caller.
    pub fn subject(&self) -> Option<&str> {
        self.proofs.iter().find_map(|proof| match proof {
            Proof::Jwt { subject, .. } => Some(&**subject),
            Proof::Bearer { .. } | Proof::Signature { .. } | Proof::Message(_) => None,
        })
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

/// Who made a key, and so who ends it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Maker {
    /// Somebody who asked for it.
    #[default]
    Operator,
    /// The configuration: when it is not there any more, the key ends.
    Configuration,
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
    /// Who ended it, where somebody did: what the configuration ended it may bring back.
    pub revoked_by: Maker,
    /// What its holder does otherwise than the protocol's version says.
    pub habits: Habits,
    /// What its holder signs requests with, and whether it has to.
    pub signing: Signing,
    /// The key whose place it takes.
    pub follows: Option<Box<str>>,
    /// Who made it.
    pub made_by: Maker,
}

impl ApiKey {
    /// Whether it opens anything at this time.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_good_for_what_it_says() {
        let granted = |role: Role| Role::ALL.map(|wanted| role.grants(wanted));
        assert_eq!(granted(Role::ShopRead), [true, false, false, false]);
        assert_eq!(granted(Role::ShopWrite), [true, true, false, false]);
        assert_eq!(granted(Role::OrdersWrite), [true, false, true, false]);
        assert_eq!(granted(Role::Admin), [false, false, false, true]);
    }

    #[test]
    fn who_is_vouched_for_may_do_what_its_roles_say_and_a_key_what_its_scope_says() {
        let may = |scope, proof: Proof| {
            let caller = Principal {
                tenant: TenantId::new("t"),
                agent: AgentId::new("a"),
                proofs: vec![proof],
                tier: Tier::Token,
                scope,
                habits: Habits::default(),
            };
            Role::ALL.map(|role| caller.may(role))
        };
        assert_eq!(may(Scope::Agent, Proof::Bearer { key: None }), [false; 4]);
        assert_eq!(may(Scope::Merchant, Proof::Bearer { key: None }), [true, true, true, false]);
        assert_eq!(may(Scope::Admin, Proof::Bearer { key: None }), [false, false, false, true]);
        let jwt = |roles: &[Role]| {
            let roles = roles.to_vec();
            Proof::Jwt { issuer: "i".into(), subject: "s".into(), roles }
        };
        assert_eq!(may(Scope::Merchant, jwt(&[Role::ShopRead])), [true, false, false, false]);
        let both = jwt(&[Role::OrdersWrite, Role::Admin]);
        assert_eq!(may(Scope::Merchant, both), [true, false, true, true]);
        assert_eq!(may(Scope::Merchant, jwt(&[])), [false; 4]);
    }
}
