//! The true stores a world can stand on. Their calls are made by `at_once`, so they may answer from
//! threads of their own, and they are given a clock that can be read there.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use acp_core::ids::Partition;
use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use acp_gateway::store::embedded::Embedded;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::PartitionKey;
use acp_gateway::store::redis::{Redis, ServerTime, Servers};
use acp_gateway::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};
use async_trait::async_trait;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::core::at_once;
use crate::support::{RedisServer, open, options, url_of};

/// A true store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    Memory,
    Embedded,
    Redis,
}

/// A fresh store, and what has to live as long.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    pub(super) partition_key: PartitionKey,
    /// Whether what is known of stock by heart may be used for a while without asking.
    pub(super) is_far_away: bool,
    _home: Option<TempDir>,
}

const RANDOM_KEY: [u8; 32] = [7; 32];

impl Backend {
    pub(super) const ALL: [Self; 3] = [Self::Memory, Self::Embedded, Self::Redis];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Embedded => "embedded",
            Self::Redis => "redis",
        }
    }

    pub(super) fn open(self, clock: Arc<dyn Clock>) -> Opened {
        let (store, home): (Arc<dyn Store>, _) = match self {
            Self::Memory => (Arc::new(Memory::new(clock)), None),
            Self::Embedded => {
                let home = directory();
                let on_fatal = Box::new(|reason: &str| panic!("{reason}"));
                let path = home.path().join("store");
                let store = Embedded::open(&path, clock, RANDOM_KEY, on_fatal).unwrap();
                (Arc::new(store), Some(home))
            }
            Self::Redis => (Arc::new(Remote::open(clock)), None),
        };
        Opened {
            store,
            partition_key: PartitionKey::new(&RANDOM_KEY),
            is_far_away: self == Self::Redis,
            _home: home,
        }
    }
}

/// A directory in memory where there is one: what is tested here is not the disk.
fn directory() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    if in_memory.is_dir() { TempDir::new_in(in_memory).unwrap() } else { TempDir::new().unwrap() }
}

/// The server all worlds share, and the threads that talk with it in true time.
struct Outside {
    server: RedisServer,
    runtime: Runtime,
    worlds: AtomicU64,
}

impl Outside {
    fn get() -> &'static Self {
        static OUTSIDE: OnceLock<Outside> = OnceLock::new();
        OUTSIDE.get_or_init(|| {
            let mut runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
            Self { server: RedisServer::start(), runtime, worlds: AtomicU64::new(0) }
        })
    }
}

/// A store on a true Redis server.
struct Remote(Arc<Redis>);

impl Remote {
    fn open(clock: Arc<dyn Clock>) -> Self {
        let outside = Outside::get();
        let url = url_of(outside.server.address());
        let servers = Servers::Standalone { url };
        let mut options = options(servers, ServerTime::Given(clock));
        options.prefix = format!("world{}", outside.worlds.fetch_add(1, Ordering::SeqCst));
        Self(Arc::new(at_once(outside.runtime.spawn(open(options))).unwrap()))
    }

    /// Asks the store from a thread outside of the world.
    async fn ask<T, Asked>(&self, call: impl FnOnce(Arc<Redis>) -> Asked) -> T
    where
        T: Send + 'static,
        Asked: Future<Output = T> + Send + 'static,
    {
        Outside::get().runtime.spawn(call(self.0.clone())).await.unwrap()
    }
}

#[async_trait]
impl Store for Remote {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        let keys = keys.to_vec();
        self.ask(|redis| async move { redis.read(partition, &keys).await }).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.ask(|redis| async move { redis.commit(commit).await }).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.ask(|redis| async move { redis.make_sure(partition, &key, version).await }).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let log = log.to_owned();
        self.ask(|redis| async move { redis.log(partition, &log, after, limit).await }).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        let (prefix, after) = (prefix.to_owned(), after.map(str::to_owned));
        let scan = |redis: Arc<Redis>| async move {
            redis.scan(partition, &prefix, after.as_deref(), limit).await
        };
        self.ask(scan).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let queue = queue.to_owned();
        self.ask(|redis| async move { redis.due_timers(&queue, limit).await }).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let queue = queue.to_owned();
        self.ask(|redis| async move { redis.coming_timers(&queue, limit).await }).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        let (queue, before) = (queue.to_owned(), before.cloned());
        let latest = |redis: Arc<Redis>| async move {
            redis.latest_timers(&queue, before.as_ref(), limit).await
        };
        self.ask(latest).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.0.now().await
    }

    fn boot_epoch(&self) -> u64 {
        self.0.boot_epoch()
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        self.ask(|redis| async move { redis.sweep(limit).await }).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.ask(|redis| async move { redis.check().await }).await
    }

    fn incident(&self) -> Option<Incident> {
        self.0.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.ask(|redis| async move { redis.settle().await }).await
    }
}
