//! Merchants of one gateway, and what each asks of whoever calls it.

use crate::ids::TenantId;
use crate::principal::Tier;
use crate::time::Timestamp;

/// What a caller has to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProofNeeded {
    /// A key is enough.
    #[default]
    Token,
    /// A signature over the request as well.
    Signed,
}

impl ProofNeeded {
    /// Every proof.
    pub const ALL: [Self; 2] = [Self::Token, Self::Signed];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Signed => "signed",
        }
    }

    /// Whether a caller of this tier has shown enough.
    pub const fn is_given_by(self, tier: Tier) -> bool {
        match (self, tier) {
            (Self::Token, _) | (Self::Signed, Tier::Signed) => true,
            (Self::Signed, Tier::Token) => false,
        }
    }
}

/// Operations that a policy speaks of together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationGroup {
    /// An agent looks.
    Read,
    /// An agent opens, changes or cancels a session or a cart.
    Change,
    /// An agent completes a session, which moves money.
    Complete,
    /// Whatever the merchant does.
    Merchant,
}

impl OperationGroup {
    /// Every group.
    pub const ALL: [Self; 4] = [Self::Read, Self::Change, Self::Complete, Self::Merchant];

    /// Its name, as people write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Change => "change",
            Self::Complete => "complete",
            Self::Merchant => "merchant",
        }
    }
}

/// Which proof each group of operations needs. What a key demands of its holder comes on top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ProofPolicy {
    /// To look.
    pub read: ProofNeeded,
    /// To open, change or cancel something.
    pub change: ProofNeeded,
    /// To complete a session.
    pub complete: ProofNeeded,
    /// For what the merchant does.
    pub merchant: ProofNeeded,
}

impl ProofPolicy {
    /// What an operation of this group needs.
    pub const fn of(self, group: OperationGroup) -> ProofNeeded {
        match group {
            OperationGroup::Read => self.read,
            OperationGroup::Change => self.change,
            OperationGroup::Complete => self.complete,
            OperationGroup::Merchant => self.merchant,
        }
    }
}

/// A merchant on this gateway, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Its id; nothing that belongs to it is ever found by another one.
    pub id: TenantId,
    /// What people call it.
    pub name: Box<str>,
    /// Which proofs its operations need.
    pub policy: ProofPolicy,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since then nothing new is begun for it.
    pub suspended_at: Option<Timestamp>,
}

impl Tenant {
    /// A tenant that asks for nothing but a key.
    pub fn new(id: TenantId, name: impl Into<Box<str>>, created_at: Timestamp) -> Self {
        let policy = ProofPolicy::default();
        Self { id, name: name.into(), policy, created_at, suspended_at: None }
    }

    /// Whether nothing new is begun for it. What has begun is brought to its end all the same, and
    /// its merchant may still look.
    pub const fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_says_of_each_group_what_it_needs() {
        let policy = ProofPolicy {
            complete: ProofNeeded::Signed,
            merchant: ProofNeeded::Signed,
            ..ProofPolicy::default()
        };
        let needed = OperationGroup::ALL.map(|group| policy.of(group).as_str());
        assert_eq!(needed, ["token", "token", "signed", "signed"]);
    }

    #[test]
    fn a_signature_is_more_than_a_key_and_a_key_is_not_a_signature() {
        let given =
            |needed: ProofNeeded| [Tier::Token, Tier::Signed].map(|t| needed.is_given_by(t));
        assert_eq!(given(ProofNeeded::Token), [true, true]);
        assert_eq!(given(ProofNeeded::Signed), [false, true]);
    }
}
