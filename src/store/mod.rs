//! Keeps what must not be lost: one narrow port over bytes, and its backends.
//!
//! A *partition* is the unit of atomicity. Everything a [`Commit`] writes lies in one partition
//! and becomes visible together or not at all. The backends know bytes, versions and time; they
//! never learn what a session is. Typed ports are fulfilled once, in [`record`], over any of them.
//!
//! What the port means is written down as tests in `tests/it/contract/store`; every backend
//! passes them unchanged.

pub mod embedded;
pub mod memory;
pub mod record;
pub mod redis;

mod backend;
mod bounds;
mod head;
mod packed;
mod remembered;
mod store_time;

pub use backend::Backend;

use std::borrow::Cow;

use acp_core::ids::{Partition, Random128};
use acp_core::limits::PAGE_ROWS_MAX;
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
    /// Whether a scan has to find it. Finding costs something in a store that looks documents up
    /// by name only, so what no listing shows is not listed; a store may find it all the same.
    pub is_listed: bool,
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
    pub queue: Cow<'static, str>,
    pub id: Key,
    pub due: Option<Timestamp>,
}

/// What a commit must outlive before it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// The end of this process. A store with replicas may lose it when it fails over to one.
    Ordinary,
    /// The end of the machine it was written on, as far as the store was set up for it. Money and
    /// promises stand on such commits.
    Durable,
}

/// Everything that becomes true in one step, or not at all. What it removes goes before what it
/// writes, so that one commit may begin a document or a log anew.
#[derive(Clone, Debug)]
pub struct Commit {
    /// Repeating a commit with the same id returns its first outcome and writes nothing.
    pub id: Random128,
    pub partition: Partition,
    pub durability: Durability,
    pub expectations: Vec<Expectation>,
    pub puts: Vec<Put>,
    pub deletes: Vec<Key>,
    pub appends: Vec<Append>,
    /// Logs to remove whole; a log appended to later starts again at 1.
    pub dropped_logs: Vec<Key>,
    pub timers: Vec<SetTimer>,
}

impl Commit {
    /// A commit that writes nothing yet. It is durable unless somebody decides that it need not be:
    /// who forgets to decide loses time, and no money.
    pub fn new(id: Random128, partition: Partition) -> Self {
        Self {
            id,
            partition,
            durability: Durability::Durable,
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

/// A timer whose time has come. They are ordered by time, then by partition, then by name, in every
/// store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueTimer {
    pub due: Timestamp,
    pub partition: Partition,
    pub id: Key,
}

/// What befell a store, so that something it had acknowledged may be missing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incident {
    pub kind: IncidentKind,
    /// What was acknowledged until then is there; what came after may be missing.
    pub whole_until: Timestamp,
    pub noticed_at: Timestamp,
}

/// How a store came to lack what it had acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncidentKind {
    /// It went on from a copy that had not heard of the latest writes.
    LostWrites,
    /// Somebody put an older copy in its place.
    Restored,
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

    /// Comes back once this version of a document is as safe as a durable commit. Where what was
    /// read can still get lost, nobody may be told of it before, and nothing that is to last may be
    /// built on it.
    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError>;

    /// Entries of a log with numbers above `after`, oldest first, at most `limit`.
    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError>;

    /// Documents that are listed, whose key begins with `prefix` and sorts above `after`, in key
    /// order, at most `limit`. For listings and inspection, never on the way of a request.
    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError>;

    /// The names of all documents whose key begins with `prefix`, listed or not, in any order;
    /// some may be gone by now. A store that looks documents up by name only goes through all it
    /// has, so this is for what a person asks for now and then.
    async fn names(&self, partition: Partition, prefix: &str) -> Result<Vec<Key>, StoreError> {
        let mut names: Vec<Key> = Vec::new();
        loop {
            let after = names.last().map(AsRef::as_ref);
            let page = self.scan(partition, prefix, after, PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            names.extend(page.into_iter().map(|(name, _)| name));
            if is_last {
                return Ok(names);
            }
        }
    }

    /// Timers of a queue that are due at the store's own time, oldest first, at most `limit`.
    /// A timer stays due until a commit clears or moves it.
    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// Timers of a queue, due or not, the next one first, at most `limit`.
    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// Timers of a queue, due or not, the last one first, that come before `before` in the order in
    /// which they are due; at most `limit`. A queue nobody clears is a list by time in this way.
    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError>;

    /// The store's own time, which never runs backwards. It costs no round trip: where the time is
    /// that of a server, this is what the server's last answer lets one conclude.
    async fn now(&self) -> Result<Timestamp, StoreError>;

    /// Leases of an older epoch are void. In a store only one process can use, the number grows
    /// with every start; in one that processes share it never does, because the start of one says
    /// nothing about the leases of the others.
    fn boot_epoch(&self) -> u64;

    /// Removes documents that have expired, at most `limit`; says how many. A store that removes
    /// them by itself has nothing to do here and says so.
    async fn sweep(&self, limit: usize) -> Result<usize, StoreError>;

    /// Whether reads and writes would work now.
    async fn check(&self) -> Result<(), StoreError>;

    /// The incident that befell this store, as far as this process has noticed.
    fn incident(&self) -> Option<Incident>;

    /// Takes note that an incident has been dealt with.
    async fn settle(&self) -> Result<(), StoreError>;
}
