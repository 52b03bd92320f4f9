//! What the rules of the store stand on: a store, a clock to move, and short words for commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use acp_core::ids::{Partition, Random128};
use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use acp_gateway::store::embedded::{Embedded, OpenError};
use acp_gateway::store::memory::Memory;
use acp_gateway::store::redis::ServerTime;
use acp_gateway::store::{
    Append, Commit, Demand, Document, Expectation, Fence, Key, Outcome, Put, SetTimer, Store,
    Version,
};
use bytes::Bytes;
use tempfile::TempDir;

use crate::support::{RedisServer, is_redis_wanted};

/// A clock that stands still until it is moved.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn at(unix_ms: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(unix_ms)))
    }

    pub(crate) fn forward(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn back(&self, span: Duration) {
        self.0.fetch_sub(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}

/// A fresh store of one backend and the clock it lives by.
pub(crate) struct Rig {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<HandClock>,
    /// Whether expired documents go without a sweep.
    pub(crate) forgets_by_itself: bool,
    _home: Option<TempDir>,
    _server: Option<RedisServer>,
}

impl Rig {
    pub(crate) fn memory() -> Self {
        let clock = HandClock::at(1_000_000);
        let store = Arc::new(Memory::new(Arc::clone(&clock) as _));
        Self::of(store, clock)
    }

    pub(crate) fn embedded() -> Self {
        let clock = HandClock::at(1_000_000);
        let home = TempDir::new().unwrap();
        let store = Arc::new(open_embedded(&home, &clock).unwrap());
        Self { _home: Some(home), ..Self::of(store, clock) }
    }

    /// `None` where tests of Redis are not wanted.
    pub(crate) async fn redis() -> Option<Self> {
        if !is_redis_wanted() {
            return None;
        }
        let clock = HandClock::at(1_000_000);
        let server = RedisServer::start();
        let time = ServerTime::Given(Arc::clone(&clock) as _);
        let store = Arc::new(server.store(time).await);
        Some(Self { forgets_by_itself: true, _server: Some(server), ..Self::of(store, clock) })
    }

    pub(crate) fn of(store: Arc<dyn Store>, clock: Arc<HandClock>) -> Self {
        Self { store, clock, forgets_by_itself: false, _home: None, _server: None }
    }

    /// The same where the store removes expired documents by itself.
    pub(crate) fn forgetting_by_itself(self) -> Self {
        Self { forgets_by_itself: true, ..self }
    }

    /// Sweeps, which must remove so many documents, unless the store removes them by itself.
    pub(crate) async fn sweeps(&self, limit: usize, removed: usize) {
        let expected = if self.forgets_by_itself { 0 } else { removed };
        assert_eq!(self.store.sweep(limit).await.unwrap(), expected);
    }

    /// Commits what must not race.
    pub(crate) async fn apply(&self, commit: Commit) -> Version {
        apply(&*self.store, commit).await
    }

    /// Commits what must race; says where it did.
    pub(crate) async fn race(&self, commit: Commit) -> Key {
        match self.store.commit(commit).await.unwrap() {
            Outcome::Applied(version) => panic!("applied at {version:?}"),
            Outcome::Raced { key } => key,
        }
    }

    pub(crate) async fn document(&self, key: &str) -> Option<Document> {
        let documents = self.store.read(partition(), &[key.into()]).await.unwrap();
        let [document] = <[_; 1]>::try_from(documents).unwrap();
        document
    }

    pub(crate) async fn value(&self, key: &str) -> Option<Bytes> {
        self.document(key).await.map(|document| document.value)
    }

    /// The numbers and the entries of a log.
    pub(crate) async fn entries(&self, log: &str) -> Vec<(u64, Bytes)> {
        let entries = self.store.log(partition(), log, 0, 100).await.unwrap();
        entries.into_iter().map(|entry| (entry.number, entry.entry)).collect()
    }

    /// The ids of the timers of a queue that are due.
    pub(crate) async fn due(&self, queue: &str) -> Vec<String> {
        let timers = self.store.due_timers(queue, 100).await.unwrap();
        timers.into_iter().map(|timer| timer.id.into()).collect()
    }

    /// The store's time this many seconds from now.
    pub(crate) async fn in_seconds(&self, seconds: u64) -> Timestamp {
        self.store.now().await.unwrap().plus(Duration::from_secs(seconds))
    }

    pub(crate) fn wait_seconds(&self, seconds: u64) {
        self.clock.forward(Duration::from_secs(seconds));
    }
}

/// Commits what must not race, in a store without a rig.
pub(crate) async fn apply(store: &dyn Store, commit: Commit) -> Version {
    match store.commit(commit).await.unwrap() {
        Outcome::Applied(version) => version,
        Outcome::Raced { key } => panic!("raced at {key}"),
    }
}

pub(crate) fn open_embedded(home: &TempDir, clock: &Arc<HandClock>) -> Result<Embedded, OpenError> {
    let on_fatal = Box::new(|reason: &str| panic!("{reason}"));
    Embedded::open(&home.path().join("store"), Arc::clone(clock) as _, [7; 32], on_fatal)
}

/// The partition of rules that need no other.
pub(crate) fn partition() -> Partition {
    Partition::new(1).unwrap()
}

pub(crate) fn other_partition() -> Partition {
    Partition::new(2).unwrap()
}

pub(crate) fn fence(number: u64, owner: u8) -> Fence {
    Fence { number, owner: Random128([owner; 16]) }
}

/// A commit that writes nothing yet, with an id of its own.
pub(crate) fn commit() -> Commit {
    commit_in(partition())
}

pub(crate) fn commit_in(partition: Partition) -> Commit {
    static LAST_ID: AtomicU64 = AtomicU64::new(0);
    let id = u128::from(LAST_ID.fetch_add(1, Ordering::Relaxed));
    Commit::new(Random128(id.to_be_bytes()), partition)
}

/// Says what a commit is to do, one thing after the other.
pub(crate) trait Draft: Sized {
    fn demands(self, key: &str, demand: Demand) -> Self;
    fn puts(self, key: &str, value: &str) -> Self;
    fn puts_fenced(self, key: &str, value: &str, fence: Fence) -> Self;
    fn puts_until(self, key: &str, value: &str, end: Timestamp) -> Self;
    fn deletes(self, key: &str) -> Self;
    fn appends(self, log: &str, entry: &str) -> Self;
    fn drops(self, log: &str) -> Self;
    fn sets(self, queue: &'static str, id: &str, due: Timestamp) -> Self;
    fn clears(self, queue: &'static str, id: &str) -> Self;
}

impl Draft for Commit {
    fn demands(mut self, key: &str, demand: Demand) -> Self {
        self.expectations.push(Expectation { key: key.into(), demand });
        self
    }

    fn puts(mut self, key: &str, value: &str) -> Self {
        self.puts.push(put(key, value));
        self
    }

    fn puts_fenced(mut self, key: &str, value: &str, fence: Fence) -> Self {
        self.puts.push(Put { fence: Some(fence), ..put(key, value) });
        self
    }

    fn puts_until(mut self, key: &str, value: &str, end: Timestamp) -> Self {
        self.puts.push(Put { expires_at: Some(end), ..put(key, value) });
        self
    }

    fn deletes(mut self, key: &str) -> Self {
        self.deletes.push(key.into());
        self
    }

    fn appends(mut self, log: &str, entry: &str) -> Self {
        self.appends.push(Append { log: log.into(), entry: bytes(entry) });
        self
    }

    fn drops(mut self, log: &str) -> Self {
        self.dropped_logs.push(log.into());
        self
    }

    fn sets(mut self, queue: &'static str, id: &str, due: Timestamp) -> Self {
        self.timers.push(SetTimer { queue: queue.into(), id: id.into(), due: Some(due) });
        self
    }

    fn clears(mut self, queue: &'static str, id: &str) -> Self {
        self.timers.push(SetTimer { queue: queue.into(), id: id.into(), due: None });
        self
    }
}

pub(crate) fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

fn put(key: &str, value: &str) -> Put {
    Put { key: key.into(), value: bytes(value), fence: None, expires_at: None, is_listed: true }
}
