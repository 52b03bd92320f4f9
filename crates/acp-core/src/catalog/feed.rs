use super::GoneItem;
use crate::ids::TenantId;
use crate::limits::FEED_LEFT_AFTER;
use crate::run::Lease;
use crate::time::Timestamp;

/// Names a feed some agent has of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FeedKey {
    /// Whose goods it is about.
    pub tenant: TenantId,
    /// What whoever runs the gateway calls it.
    pub name: Box<str>,
}

/// How far an agent was told of all products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedStand {
    /// Where the agent is. Another address is another agent, who knows nothing.
    pub address: Box<str>,
    /// Grows with each feed that is begun anew: what was told in another generation was told
    /// somewhere else.
    pub generation: u32,
    /// What the agent calls the feed, once there is one.
    pub feed: Option<Box<str>>,
    /// How many pieces it has taken.
    pub batches: u64,
    /// Who is at work on it.
    pub lease: Option<Lease>,
    /// When to look again.
    pub due: Timestamp,
    /// How often it has failed since it went well.
    pub failures: u32,
    /// How it failed last, until it goes well.
    pub trouble: Option<Box<str>>,
    /// The last time it went well.
    pub last: Option<FeedRound>,
    /// What the agent called the last piece it took, where it has names for them.
    pub update: Option<Box<str>>,
}

/// All products, compared with what an agent was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedRound {
    /// When that ended.
    pub at: Timestamp,
    /// How many products there were.
    pub products: u64,
    /// How many were told.
    pub told: u64,
    /// How many of them are not sold any more.
    pub gone: u64,
    /// How many the agent did not take.
    pub refused: u64,
}

/// What an agent was told of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldProduct {
    /// In which generation of the feed.
    pub generation: u32,
    /// What names all that was said.
    pub digest: Box<str>,
    /// The items that were told of, also those that are gone by now.
    pub items: Vec<GoneItem>,
    /// Whether it did not take it.
    pub is_refused: bool,
}

impl FeedStand {
    /// A feed nobody was told of, at this address.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.into(),
            generation: 0,
            feed: None,
            batches: 0,
            lease: None,
            due: Timestamp::EPOCH,
            failures: 0,
            trouble: None,
            last: None,
            update: None,
        }
    }

    /// When it is forgotten, unless somebody writes to it until then: whoever keeps a feed does.
    pub fn forgotten_at(&self) -> Timestamp {
        let held = self.lease.map_or(self.due, |lease| lease.until.max(self.due));
        held.plus(FEED_LEFT_AFTER)
    }

    /// The same, begun anew: the agent knows nothing of it.
    #[must_use]
    pub fn begun_anew(self, address: &str) -> Self {
        Self {
            generation: self.generation.saturating_add(1),
            batches: self.batches,
            lease: self.lease,
            ..Self::new(address)
        }
    }
}
