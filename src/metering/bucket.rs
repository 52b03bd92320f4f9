use std::time::Duration;

use acp_core::principal::Tier;
use acp_core::quota::Rate;
use bytes::Bytes;

/// What calls are counted together. Each caller has a quota of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// Looking at something.
    Reads,
    /// Opening sessions and carts.
    Creates,
    /// Changing and canceling them.
    Changes,
    /// Buying.
    Completes,
    /// Handing over cards, which is how stolen ones are tried out.
    Delegations,
    /// Saying what is wanted in one's own words, and having it planned.
    Intents,
    /// Everything a merchant does.
    Merchant,
}

/// How much there is of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub reads: Rate,
    pub creates: Rate,
    pub changes: Rate,
    pub completes: Rate,
    pub delegations: Rate,
    pub intents: Rate,
    pub merchant: Rate,
    /// How many times as much callers have who sign what they ask for.
    pub signed_factor: u32,
    /// How often an address may fail to say who calls.
    pub failed_authentications: Rate,
}

impl Bucket {
    pub const ALL: [Self; 7] = [
        Self::Reads,
        Self::Creates,
        Self::Changes,
        Self::Completes,
        Self::Delegations,
        Self::Intents,
        Self::Merchant,
    ];

    /// What callers are told it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Creates => "creates",
            Self::Changes => "changes",
            Self::Completes => "completes",
            Self::Delegations => "delegations",
            Self::Intents => "intents",
            Self::Merchant => "merchant",
        }
    }
}

impl Rates {
    /// What a caller of a tier has of a bucket.
    pub(super) const fn of(&self, tier: Tier, bucket: Bucket) -> Rate {
        let rate = match bucket {
            Bucket::Reads => self.reads,
            Bucket::Creates => self.creates,
            Bucket::Changes => self.changes,
            Bucket::Completes => self.completes,
            Bucket::Delegations => self.delegations,
            Bucket::Intents => self.intents,
            Bucket::Merchant => self.merchant,
        };
        match tier {
            Tier::Token => rate,
            Tier::Signed => rate.times(self.signed_factor),
        }
    }
}

/// The policy of a quota, as the header says it: so many in a window of so many seconds.
pub(super) fn policy(name: &str, rate: Rate) -> Bytes {
    Bytes::from(format!("\"{name}\";q={};w=60", rate.per_minute()))
}

/// How a quota stands, as the header says it: so many are left, and all of it, or another one, is
/// there in so many seconds.
pub(super) fn standing(name: &str, left: u32, span: Duration) -> Bytes {
    Bytes::from(format!("\"{name}\";r={left};t={}", seconds(span)))
}

/// Whole seconds, none of them too early.
pub(super) fn seconds(span: Duration) -> u64 {
    span.as_secs().saturating_add(u64::from(span.subsec_nanos() > 0))
}
