use std::sync::Arc;

use acp_core::ids::Partition;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use tokio::time::Instant;

use crate::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};
use crate::telemetry::{is_traced, is_watched, measures, tell_call};

/// The store, with how long its calls take; as it is where nobody wants to know.
pub(super) fn watched_store(inner: Arc<dyn Store>) -> Arc<dyn Store> {
    if is_watched() { Arc::new(WatchedStore { inner }) } else { inner }
}

struct WatchedStore {
    inner: Arc<dyn Store>,
}

/// Makes a call, and notes how long it took and what became of it.
async fn watch<T>(
    call: &'static str,
    made: impl Future<Output = Result<T, StoreError>>,
    outcome_of: impl FnOnce(&T) -> &'static str,
) -> Result<T, StoreError> {
    let began = Instant::now();
    let made = made.await;
    let took = began.elapsed();
    let outcome = made.as_ref().map_or("failed", outcome_of);
    if let Some(measures) = measures() {
        measures.store_calls.note([call, outcome], took);
    }
    // What a job looks for every second is in no trace.
    if is_traced() {
        tell_call("store", &[("call", call), ("outcome", outcome)], took);
    }
    made
}

const fn is_ok<T>(_: &T) -> &'static str {
    "ok"
}

#[async_trait]
impl Store for WatchedStore {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        watch("read", self.inner.read(partition, keys), is_ok).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let outcome_of = |outcome: &Outcome| match outcome {
            Outcome::Applied(_) => "ok",
            Outcome::Raced { .. } => "raced",
        };
        watch("commit", self.inner.commit(commit), outcome_of).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        watch("make_sure", self.inner.make_sure(partition, key, version), is_ok).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        watch("log", self.inner.log(partition, log, after, limit), is_ok).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        watch("scan", self.inner.scan(partition, prefix, after, limit), is_ok).await
    }

    async fn names(&self, partition: Partition, prefix: &str) -> Result<Vec<Key>, StoreError> {
        watch("names", self.inner.names(partition, prefix), is_ok).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        watch("due_timers", self.inner.due_timers(queue, limit), is_ok).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        watch("coming_timers", self.inner.coming_timers(queue, limit), is_ok).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        watch("latest_timers", self.inner.latest_timers(queue, before, limit), is_ok).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.inner.now().await
    }

    fn boot_epoch(&self) -> u64 {
        self.inner.boot_epoch()
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        watch("sweep", self.inner.sweep(limit), is_ok).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        watch("check", self.inner.check(), is_ok).await
    }

    fn incident(&self) -> Option<Incident> {
        self.inner.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.inner.settle().await
    }
}
