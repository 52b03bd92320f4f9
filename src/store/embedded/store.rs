//! The port, fulfilled: reads go to the file, writes to the writer.

use std::fmt;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use acp_core::ids::Partition;
use acp_core::limits::UNAVAILABLE_RETRY_AFTER;
use acp_core::ports::Retry;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use redb::{Database, ReadableDatabase};

use super::meta::settle_copy;
use super::prepared::Prepared;
use super::queue::{Job, RunningWriter, Unanswered};
use super::reads::{self, Page};
use crate::store::store_time::StoreTime;
use crate::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
    bounds,
};

/// One open store file. Dropping it finishes the commits that are waiting, then closes it.
pub struct Embedded {
    // The order matters when this is dropped: writer, then file, then lock.
    pub(super) writer: RunningWriter,
    pub(super) database: Arc<Database>,
    pub(super) time: Arc<StoreTime>,
    pub(super) boot_epoch: u64,
    pub(super) partition_key: [u8; 32],
    pub(super) incident: Mutex<Option<Incident>>,
    pub(super) _lock: File,
}

impl Embedded {
    /// The key of the hash that picks a partition; drawn when the store was made and the same
    /// for its whole life.
    pub const fn partition_key(&self) -> &[u8; 32] {
        &self.partition_key
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("boot_epoch", &self.boot_epoch).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for Embedded {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        reads::documents(&self.database, self.time.now(), partition, keys)
            .map_err(|error| unread("read documents", error))
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        bounds::check(&commit)?;
        let commit = Prepared::from(commit);
        self.writer
            .ask(|reply| Job::Commit { commit, reply })
            .await
            .map_err(|error| unwritten("commit", error))
    }

    /// What can be read is on the disk.
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
        reads::log(&self.database, partition, log, after, limit)
            .map_err(|error| unread("read a log", error))
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        reads::scan(&self.database, self.time.now(), &Page { partition, prefix, after, limit })
            .map_err(|error| unread("list documents", error))
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        reads::timers_due_by(&self.database, self.time.now(), queue, limit)
            .map_err(|error| unread("read timers", error))
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        reads::timers_due_by(&self.database, Timestamp::from_unix_ms(i64::MAX), queue, limit)
            .map_err(|error| unread("read timers", error))
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        reads::timers_before(&self.database, queue, before, limit)
            .map_err(|error| unread("read timers", error))
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.time.now())
    }

    fn boot_epoch(&self) -> u64 {
        self.boot_epoch
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        self.writer
            .ask(|reply| Job::Sweep { limit, reply })
            .await
            .map_err(|error| unwritten("sweep", error))
    }

    async fn check(&self) -> Result<(), StoreError> {
        if self.writer.is_stopped() {
            return Err(unwritten("write", Unanswered::NotTaken));
        }
        let snapshot = self.database.begin_read();
        snapshot.map(drop).map_err(|error| unread("read", error.into()))
    }

    fn incident(&self) -> Option<Incident> {
        *self.incident.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn settle(&self) -> Result<(), StoreError> {
        if self.incident().is_none() {
            return Ok(());
        }
        settle_copy(&self.database).map_err(|error| unread("note that it is whole", error))?;
        self.incident.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(())
    }
}

fn unread(what: &'static str, error: redb::Error) -> StoreError {
    let retry = match error {
        redb::Error::Corrupted(_) => Retry::Never,
        _ => Retry::After(UNAVAILABLE_RETRY_AFTER),
    };
    StoreError { what, retry, cause: Some(Box::new(error)) }
}

fn unwritten(what: &'static str, error: Unanswered) -> StoreError {
    let retry = match error {
        Unanswered::NotTaken => Retry::After(UNAVAILABLE_RETRY_AFTER),
        Unanswered::Unknown => Retry::AskFirst,
    };
    StoreError { what, retry, cause: Some(Box::new(error)) }
}
