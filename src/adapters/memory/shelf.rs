//! So many answers as they were told last. What was not asked for the longest makes room.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::NOT_SOLD_BELIEVED_MAX;
use acp_core::time::Timestamp;
use lru::LruCache;

/// What was told of a key: what there is to it, or that there is nothing.
pub(super) type Told<T> = Option<Arc<T>>;

#[derive(Debug)]
pub(super) struct Shelf<K: Eq + Hash, T> {
    entries: LruCache<K, Entry<T>>,
    most: usize,
    fresh: Duration,
    stale: Duration,
}

#[derive(Debug)]
struct Entry<T> {
    told: Told<T>,
    /// When it was asked for: it cannot have been told earlier.
    asked_at: Timestamp,
}

impl<T> Entry<T> {
    /// How old it is. What comes out of the future is older than anything.
    fn age(&self, now: Timestamp) -> Duration {
        if self.asked_at > now { Duration::MAX } else { now.since(self.asked_at) }
    }
}

impl<K: Eq + Hash, T> Shelf<K, T> {
    pub(super) fn new(most: usize, fresh: Duration, stale: Duration) -> Self {
        Self { entries: LruCache::unbounded(), most, fresh, stale }
    }

    /// What can be believed without asking.
    pub(super) fn fresh(&mut self, key: &K, now: Timestamp) -> Option<Told<T>> {
        let entry = self.entries.get(key)?;
        let life = match entry.told {
            Some(_) => self.fresh,
            None => self.fresh.min(NOT_SOLD_BELIEVED_MAX),
        };
        (entry.age(now) < life).then(|| entry.told.clone())
    }

    /// What is good enough where nobody can be asked. That there was nothing is not.
    pub(super) fn in_need(&self, key: &K, now: Timestamp) -> Option<Arc<T>> {
        let entry = self.entries.peek(key)?;
        entry.told.clone().filter(|_| entry.age(now) <= self.stale)
    }

    pub(super) fn put(&mut self, key: K, told: Told<T>, asked_at: Timestamp) {
        self.entries.put(key, Entry { told, asked_at });
        while self.entries.len() > self.most {
            drop(self.entries.pop_lru());
        }
    }

    /// Says whether there was one.
    pub(super) fn forget(&mut self, key: &K) -> bool {
        self.entries.pop(key).is_some()
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
