//! A store that forgets everything when the process ends: for tests and the simulator.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::Partition;
use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;

use super::head::{Head, first_unmet};
use super::remembered::Remembered;
use super::store_time::StoreTime;
use super::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, SetTimer, Store, StoreError,
    Version, bounds,
};
use crate::seeded::{Bug, has};

/// The first start of a store that never had another.
const ONLY_EPOCH: u64 = 1;

/// Maps behind a mutex. It keeps every rule of the port but durability.
pub struct Memory {
    time: StoreTime,
    state: Mutex<State>,
}

impl Memory {
    /// An empty store that takes its time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            time: StoreTime::resuming_at(Timestamp::EPOCH, clock),
            state: Mutex::new(State::default()),
        }
    }

    /// Nothing in this file panics while it holds the lock, so what a poisoned one guards is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for Memory {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        let now = self.time.now();
        let state = self.state();
        Ok(keys.iter().map(|key| state.visible(partition, key, now).cloned()).collect())
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        bounds::check(&commit)?;
        let now = self.time.now();
        Ok(self.state().commit(commit, now))
    }

    /// What can be read lasts as long as anything here.
    async fn make_sure(&self, _: Partition, _: &str, _: Version) -> Result<(), StoreError> {
        Ok(())
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let state = self.state();
        let entries = state.slots.get(&partition).and_then(|slot| slot.logs.get(log));
        let numbered = (1..).zip(entries.into_iter().flatten());
        let later = numbered.filter(|(number, _)| *number > after).take(limit);
        Ok(later.map(|(number, entry)| LogEntry { number, entry: entry.clone() }).collect())
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        let now = self.time.now();
        let state = self.state();
        let Some(slot) = state.slots.get(&partition) else {
            return Ok(Vec::new());
        };
        let from = after.filter(|after| *after >= prefix);
        let from = from.map_or(Bound::Included(prefix), Bound::Excluded);
        Ok(slot
            .documents
            .range::<str, _>((from, Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(_, document)| !Head::of(document).is_expired(now))
            .take(limit)
            .map(|(key, document)| (key.clone(), document.clone()))
            .collect())
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let now = self.time.now();
        let state = self.state();
        let timers = state.queues.get(queue).into_iter().flat_map(|queue| &queue.by_due);
        Ok(shown(timers.take_while(|timer| timer.0 <= now).take(limit)))
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let state = self.state();
        let timers = state.queues.get(queue).into_iter().flat_map(|queue| &queue.by_due);
        Ok(shown(timers.take(limit)))
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        let state = self.state();
        let Some(queue) = state.queues.get(queue) else {
            return Ok(Vec::new());
        };
        let end = before.map(|timer| (timer.due, timer.partition, timer.id.clone()));
        let end = end.map_or(Bound::Unbounded, Bound::Excluded);
        Ok(shown(queue.by_due.range((Bound::Unbounded, end)).rev().take(limit)))
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.time.now())
    }

    fn boot_epoch(&self) -> u64 {
        ONLY_EPOCH
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        let now = self.time.now();
        Ok(self.state().sweep(now, limit))
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn incident(&self) -> Option<Incident> {
        None
    }

    async fn settle(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Everything the store holds.
#[derive(Default)]
struct State {
    last_version: u64,
    slots: BTreeMap<Partition, Slot>,
    queues: BTreeMap<Cow<'static, str>, Queue>,
    /// Every document that expires, the next one first.
    expiries: BTreeSet<(Timestamp, Partition, Key)>,
    remembered: Remembered,
}

/// One partition.
#[derive(Default)]
struct Slot {
    documents: BTreeMap<Key, Document>,
    logs: BTreeMap<Key, Vec<Bytes>>,
}

/// One queue of timers, by time and by name.
#[derive(Default)]
struct Queue {
    by_due: BTreeSet<(Timestamp, Partition, Key)>,
    due_of: BTreeMap<(Partition, Key), Timestamp>,
}

impl State {
    fn visible(&self, partition: Partition, key: &str, now: Timestamp) -> Option<&Document> {
        let document = self.slots.get(&partition)?.documents.get(key)?;
        (!Head::of(document).is_expired(now)).then_some(document)
    }

    fn commit(&mut self, commit: Commit, now: Timestamp) -> Outcome {
        if let Some(outcome) = self.remembered.outcome_of(commit.id)
            && !has(Bug::CommitRepeated)
        {
            return outcome.clone();
        }
        let head_of = |key: &str| {
            let document = self.visible(commit.partition, key, now);
            Ok::<_, Infallible>(document.map(Head::of))
        };
        let Ok(unmet) = first_unmet(&commit.expectations, now, head_of);
        let id = commit.id;
        let outcome = match unmet {
            Some(key) => Outcome::Raced { key: key.clone() },
            None => Outcome::Applied(self.write(commit)),
        };
        self.remembered.remember(id, outcome.clone());
        outcome
    }

    /// Removes first and writes then, so that one commit can begin a log or a document anew.
    fn write(&mut self, commit: Commit) -> Version {
        self.last_version = self.last_version.saturating_add(1);
        let version = Version(self.last_version);
        let partition = commit.partition;
        for key in commit.deletes {
            self.remove(partition, key);
        }
        for put in commit.puts {
            self.remove(partition, put.key.clone());
            if let Some(end) = put.expires_at {
                self.expiries.insert((end, partition, put.key.clone()));
            }
            let document = Document {
                version,
                fence: put.fence,
                expires_at: put.expires_at,
                value: put.value,
            };
            self.slots.entry(partition).or_default().documents.insert(put.key, document);
        }
        let slot = self.slots.entry(partition).or_default();
        for log in commit.dropped_logs {
            slot.logs.remove(&log);
        }
        for append in commit.appends {
            slot.logs.entry(append.log).or_default().push(append.entry);
        }
        for timer in commit.timers {
            self.queues.entry(timer.queue.clone()).or_default().set(partition, timer);
        }
        version
    }

    fn remove(&mut self, partition: Partition, key: Key) {
        let slot = self.slots.get_mut(&partition);
        let removed = slot.and_then(|slot| slot.documents.remove(&key));
        if let Some(end) = removed.and_then(|document| document.expires_at) {
            self.expiries.remove(&(end, partition, key));
        }
    }

    fn sweep(&mut self, now: Timestamp, limit: usize) -> usize {
        let expired = self.expiries.iter().take_while(|(end, ..)| *end <= now).take(limit);
        let expired: Vec<_> = expired.cloned().collect();
        for (_, partition, key) in &expired {
            self.remove(*partition, key.clone());
        }
        expired.len()
    }
}

impl Queue {
    fn set(&mut self, partition: Partition, timer: SetTimer) {
        if let Some(due) = self.due_of.remove(&(partition, timer.id.clone())) {
            self.by_due.remove(&(due, partition, timer.id.clone()));
        }
        if let Some(due) = timer.due {
            self.due_of.insert((partition, timer.id.clone()), due);
            self.by_due.insert((due, partition, timer.id));
        }
    }
}

fn shown<'a>(timers: impl Iterator<Item = &'a (Timestamp, Partition, Key)>) -> Vec<DueTimer> {
    let timers = timers.cloned();
    timers.map(|(due, partition, id)| DueTimer { due, partition, id }).collect()
}
