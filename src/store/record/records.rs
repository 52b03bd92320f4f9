//! What every repository stands on: a store, a clock, dice, and the key that picks partitions.

use std::sync::Arc;

use acp_core::ids::{CartId, Partition};
use acp_core::limits::{PAGE_ROWS_MAX, TIMERS_LISTED_MAX};
use acp_core::ports::{AnswerKey, Clock, Entropy, KeyState, PortError, Retry};
use acp_core::session::Owner;

use super::names::{self, PartitionKey, anywhere};
use super::stored::{Document, Misfit, from_bytes};
use crate::store::{Commit, DueTimer, Key, Store, StoreError, Version};

/// The records of one store.
#[derive(Clone)]
pub struct Records {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) partition_key: PartitionKey,
}

impl Records {
    /// Records in `store`. The partition key must be the one the store was made with.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        partition_key: PartitionKey,
    ) -> Self {
        Self { store, clock, entropy, partition_key }
    }

    /// Where something new of this owner goes: by the caller's key, or anywhere without one.
    pub(super) fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        match key {
            Some(key) => self.partition_key.checkout(owner, key),
            None => anywhere(self.entropy.random128()),
        }
    }

    /// The id of a cart that can be found again by the caller's key.
    pub(super) fn cart_id(&self, owner: &Owner, key: &str, nth: u32) -> CartId {
        let place = self.partition_key.checkout(owner, key);
        CartId::new(place, self.partition_key.bits_of_cart(owner, key, nth))
    }

    /// A commit with a fresh id that writes nothing yet.
    pub(super) fn draft(&self, partition: Partition) -> Commit {
        Commit::new(self.entropy.random128(), partition)
    }

    /// One document and its version.
    pub(super) async fn read<T: Document>(
        &self,
        partition: Partition,
        key: Key,
    ) -> Result<Option<(T, Version)>, PortError> {
        let found = self.store.read(partition, &[key]).await?.pop().flatten();
        let read = found.map(|found| Ok::<_, Misfit>((from_bytes(&found.value)?, found.version)));
        Ok(read.transpose()?)
    }

    /// What is known of a caller's key; an answer is told for good, so it must be there for good.
    pub(super) async fn key_state(
        &self,
        partition: Partition,
        key: Option<&AnswerKey>,
    ) -> Result<Option<KeyState>, PortError> {
        let Some(name) = key.map(names::answer) else { return Ok(None) };
        let found = self.read::<KeyState>(partition, name.clone()).await?;
        if let Some((_, version)) = &found {
            self.store.make_sure(partition, &name, *version).await?;
        }
        Ok(found.map(|(state, _)| state))
    }

    /// All entries of a log with their numbers, oldest first.
    pub(super) async fn log<T: Document>(
        &self,
        partition: Partition,
        log: &str,
    ) -> Result<Vec<(u64, T)>, PortError> {
        let mut entries = Vec::new();
        loop {
            let after = entries.last().map_or(0, |(number, _)| *number);
            let page = self.store.log(partition, log, after, PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            for found in page {
                entries.push((found.number, from_bytes(&found.entry)?));
            }
            if is_last {
                return Ok(entries);
            }
        }
    }

    /// The timers of a queue, due or not, the next one first. Where there are too many to be listed
    /// the first ones are left out, and the log says so.
    pub(super) async fn all_timers(&self, queue: &str) -> Result<Vec<DueTimer>, PortError> {
        let mut timers: Vec<DueTimer> = Vec::new();
        loop {
            let page = self.store.latest_timers(queue, timers.last(), PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            timers.extend(page);
            if !is_last && timers.len() >= TIMERS_LISTED_MAX {
                tracing::warn!(queue, listed = timers.len(), "there are too many to list them all");
            } else if !is_last {
                continue;
            }
            timers.reverse();
            return Ok(timers);
        }
    }

    /// A page of the documents whose keys begin with `prefix`, with their keys and versions.
    pub(super) async fn page<T: Document>(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
    ) -> Result<Vec<(Key, T, Version)>, PortError> {
        let page = self.store.scan(partition, prefix, after, PAGE_ROWS_MAX).await?;
        let read = page
            .into_iter()
            .map(|(key, found)| Ok::<_, Misfit>((key, from_bytes(&found.value)?, found.version)));
        Ok(read.collect::<Result<_, _>>()?)
    }
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records").finish_non_exhaustive()
    }
}

impl From<StoreError> for PortError {
    fn from(error: StoreError) -> Self {
        Self { what: "the store", retry: error.retry, cause: Some(Box::new(error)) }
    }
}

impl From<Misfit> for PortError {
    fn from(error: Misfit) -> Self {
        Self { what: "a stored record", retry: Retry::Never, cause: Some(Box::new(error)) }
    }
}
