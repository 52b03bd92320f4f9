//! So many items as they were told last. Whoever was not asked for the longest makes room.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::CatalogItem;
use acp_core::ids::ItemId;
use acp_core::limits::NOT_SOLD_BELIEVED_MAX;
use acp_core::time::Timestamp;
use lru::LruCache;

/// What was told of an item: what it is, or that it is not sold.
pub(super) type Told = Option<Arc<CatalogItem>>;

#[derive(Debug)]
pub(super) struct Shelf {
    entries: LruCache<ItemId, Entry>,
    most: usize,
    fresh: Duration,
    stale: Duration,
}

#[derive(Debug)]
struct Entry {
    told: Told,
    /// When it was asked for: it cannot have been told earlier.
    asked_at: Timestamp,
}

impl Entry {
    /// How old it is. What comes out of the future is older than anything.
    fn age(&self, now: Timestamp) -> Duration {
        if self.asked_at > now { Duration::MAX } else { now.since(self.asked_at) }
    }
}

impl Shelf {
    pub(super) fn new(most: usize, fresh: Duration, stale: Duration) -> Self {
        Self { entries: LruCache::unbounded(), most, fresh, stale }
    }

    /// What can be believed without asking.
    pub(super) fn fresh(&mut self, id: &ItemId, now: Timestamp) -> Option<Told> {
        let entry = self.entries.get(id)?;
        let life = match entry.told {
            Some(_) => self.fresh,
            None => self.fresh.min(NOT_SOLD_BELIEVED_MAX),
        };
        (entry.age(now) < life).then(|| entry.told.clone())
    }

    /// What is good enough where nobody can be asked. That something was not sold is not.
    pub(super) fn in_need(&self, id: &ItemId, now: Timestamp) -> Option<Arc<CatalogItem>> {
        let entry = self.entries.peek(id)?;
        entry.told.clone().filter(|_| entry.age(now) <= self.stale)
    }

    pub(super) fn put(&mut self, id: ItemId, told: Told, asked_at: Timestamp) {
        self.entries.put(id, Entry { told, asked_at });
        while self.entries.len() > self.most {
            drop(self.entries.pop_lru());
        }
    }

    /// Says whether there was one.
    pub(super) fn forget(&mut self, id: &ItemId) -> bool {
        self.entries.pop(id).is_some()
    }

    /// Says how many there were.
    pub(super) fn forget_all(&mut self) -> usize {
        let count = self.entries.len();
        self.entries.clear();
        count
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }
}
