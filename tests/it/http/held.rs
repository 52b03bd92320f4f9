//! A store that makes somebody wait: at the moment between two looks in which everything can
//! change.

use std::sync::{Arc, Mutex};

use acp_core::ids::Partition;
use acp_core::time::Timestamp;
use acp_gateway::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};
use acp_mocks::Gate;
use async_trait::async_trait;

/// Where the next reader of a document waits. Clones are the same one.
#[derive(Clone, Default)]
pub(crate) struct Holdup(Arc<Mutex<Option<(&'static str, Gate)>>>);

impl Holdup {
    /// From now on, who first reads a document whose key ends like this waits before it does.
    pub(crate) fn of(&self, ending: &'static str) -> Gate {
        let gate = Gate::closed();
        *self.0.lock().unwrap() = Some((ending, gate.clone()));
        gate
    }

    async fn pass(&self, keys: &[Key]) {
        let is_meant =
            |(ending, _): &mut (&'static str, Gate)| keys.iter().any(|key| key.ends_with(*ending));
        let met = self.0.lock().unwrap().take_if(is_meant);
        if let Some((_, gate)) = met {
            gate.pass().await;
        }
    }
}

/// A store whose readers can be held up.
pub(crate) struct Held {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) holdup: Holdup,
}

#[async_trait]
impl Store for Held {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        self.holdup.pass(keys).await;
        self.store.read(partition, keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.store.commit(commit).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        self.store.make_sure(partition, key, version).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(partition, log, after, limit).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        self.store.scan(partition, prefix, after, limit).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.store.due_timers(queue, limit).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.store.coming_timers(queue, limit).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        self.store.latest_timers(queue, before, limit).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }

    fn boot_epoch(&self) -> u64 {
        self.store.boot_epoch()
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        self.store.sweep(limit).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }

    fn incident(&self) -> Option<Incident> {
        self.store.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.store.settle().await
    }
}
