//! Keeps what must not be lost: one narrow port over bytes, and its backends.
//!
//! A *partition* is the unit of atomicity. Everything a [`Commit`] writes lies in one partition
//! and becomes visible together or not at all. The backends know bytes, versions and time; they
//! never learn what a session is. Typed ports are fulfilled once, in [`record`], over any of them.
//!
//! What the port means is written down as tests in `tests/it/contract/store.rs`; every backend
//! passes them unchanged.

pub mod embedded;
pub mod memory;
pub mod record;

mod bounds;
mod head;
mod remembered;
mod store_time;

use acp_core::ids::{Partition, Random128};
use acp_core::ports::Retry;
use acp_core::time::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;

/// Names a document inside its partition, for example `s/cs_0001_…`.
pub type Key = Box<str>;

/// Grows with every write of a document and is never used twice, not even after the document
/// was deleted and made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// Who may write: a number that grows with each takeover and a random owner. Compared for
/// equality only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// Grows with each takeover.
    pub number: u64,
    /// Drawn by the owner, so that two owners never look alike.
    pub owner: Random128,
}

/// A stored document, as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub version: Version,
    pub fence: Option<Fence>,
    pub expires_at: Option<Timestamp>,
    pub value: Bytes,
}

/// What a commit demands of a document before anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// It does not exist (or has expired).
    Absent,
    /// It stands at this version.
    At(Version),
    /// It exists and carries this fence.
    FencedBy(Fence),
}

/// A precondition: the demand made of the document under `key`.
#[derive(Clone, Debug)]
pub struct Expectation {
    pub key: Key,
    pub demand: Demand,
}

/// A document to write.
#[derive(Clone, Debug)]
pub struct Put {
    pub key: Key,
    pub value: Bytes,
    pub fence: Option<Fence>,
    /// From then on the document is as good as deleted.
    pub expires_at: Option<Timestamp>,
}

/// An entry for the end of a log. Logs are numbered from 1 without gaps.
#[derive(Clone, Debug)]
pub struct Append {
    pub log: Key,
    pub entry: Bytes,
}

/// A timer to set or, without a time, to clear. Setting one again moves it.
#[derive(Clone, Debug)]
pub struct SetTimer {
    /// Who looks for it: each kind of job has a queue of its own.
    pub queue: &'static str,
    pub id: Key,
    pub due: Option<Timestamp>,
}

/// Everything that becomes true in one step, or not at all. What it removes goes before what it
/// writes, so that one commit may begin a document or a log anew.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Repeating a commit with the same id returns its first outcome and writes nothing.
    pub id: Random128,
    pub partition: Partition,
    pub expectations: Vec<Expectation>,
    pub puts: Vec<Put>,
    pub deletes: Vec<Key>,
    pub appends: Vec<Append>,
    /// Logs to remove whole; a log appended to later starts again at 1.
    pub dropped_logs: Vec<Key>,
    pub timers: Vec<SetTimer>,
}

impl Commit {
    /// A commit that writes nothing yet.
    pub fn new(id: Random128, partition: Partition) -> Self {
        Self {
            id,
            partition,
            expectations: Vec::new(),
            puts: Vec::new(),
            deletes: Vec::new(),
            appends: Vec::new(),
            dropped_logs: Vec::new(),
            timers: Vec::new(),
        }
    }
}

/// What a commit ended in. Losing a race is an outcome, not an error.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// Everything is written, under this version. All documents of one commit share it.
    Applied(Version),
    /// Nothing is written: of the demands that were not met, the one on this document came first.
    Raced { key: Key },
}

/// An entry of a log with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    pub number: u64,
    pub entry: Bytes,
}

/// A timer whose time has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    pub partition: Partition,
    pub id: Key,
    pub due: Timestamp,
}

/// The store failed. The cause is for the log, `retry` for the caller.
#[derive(Debug, thiserror::Error)]
#[error("the store could not {what}")]
pub struct StoreError {
    pub what: &'static str,
    pub retry: Retry,
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The narrow port all backends fulfil.
#[async_trait]
pub trait Store: Send + Sync {
    /// The newest committed documents under `keys`, in that order; `None` for what does not
    /// exist or has expired. One round trip.
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError>;

    /// Checks every expectation, then writes everything in one durable step.
    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError>;

    /// Entries of a log with numbers above `after`, oldest first, at most `limit`.
    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError>;

    /// Documents whose key begins with `prefix` and sorts above `after`, in key order, at most
    /// `limit`. For listings and inspection, never on the way of a request.
    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError>;

    /// Timers of a queue that are due at the store's own time, oldest first, at most `limit`.
    /// A timer stays due until a commit clears or moves it.
    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// Timers of a queue, due or not, the next one first, at most `limit`.
    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// The store's own time, which never runs backwards.
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// A number that grows with every start of the store; leases of an older epoch are void.
    fn boot_epoch(&self) -> u64;

    /// Removes documents that have expired, at most `limit`; says how many.
    async fn sweep(&self, limit: usize) -> Result<usize, StoreError>;

    /// Whether reads and writes would work now.
    async fn check(&self) -> Result<(), StoreError>;
}
