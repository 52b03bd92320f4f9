//! The store as one gateway reaches it: over a wire that can fail in every way there is.

use std::collections::BTreeSet;
use std::sync::Arc;

use acp_core::ids::Partition;
use acp_core::limits::UNAVAILABLE_RETRY_AFTER;
use acp_core::ports::Retry;
use acp_core::time::Timestamp;
use acp_gateway::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};
use async_trait::async_trait;

use super::core::at_once;
use super::fault::Place;
use super::node::{Answer, Effect, Lost, Wire};

/// The store of one gateway. Its epoch is its own: it grows where a gateway lives alone, and
/// stays where several share a store.
pub(super) struct SimStore {
    pub(super) wire: Wire,
    pub(super) epoch: u64,
    /// Whether the gateway is of the next release.
    pub(super) is_next: bool,
}

type Documents = Result<Vec<Option<Document>>, StoreError>;

impl<T: Told> Answer for Result<T, StoreError> {
    fn lost(lost: Lost) -> Self {
        let retry = match lost {
            Lost::Ambiguous => Retry::AskFirst,
            Lost::Unreached | Lost::Throttled | Lost::InFlight => {
                Retry::After(UNAVAILABLE_RETRY_AFTER)
            }
        };
        Err(StoreError { what: "be reached in this world", retry, cause: None })
    }

    fn told(&self) -> String {
        match self {
            Ok(answer) => answer.told(),
            Err(error) => format!("{:?}", error.retry),
        }
    }
}

/// What comes out of a store, for the history.
pub(super) trait Told: Send + 'static {
    fn told(&self) -> String;
}

impl Told for Outcome {
    fn told(&self) -> String {
        match self {
            Self::Applied(version) => format!("applied {}", version.0),
            Self::Raced { key } => format!("raced at {}", kind_of(key)),
        }
    }
}

impl Told for Vec<Option<Document>> {
    fn told(&self) -> String {
        let versions: Vec<_> = self
            .iter()
            .map(|found| found.as_ref().map_or(0, |document| document.version.0))
            .collect();
        format!("{versions:?}")
    }
}

macro_rules! told_briefly {
    ($($what:ty),*) => {
        $(impl Told for $what {
            fn told(&self) -> String {
                "fine".to_owned()
            }
        })*
    };
}

told_briefly!(Vec<LogEntry>, Vec<(Key, Document)>, Vec<DueTimer>, Timestamp, usize, ());

/// What kind of record a key names.
fn kind_of(key: &str) -> &'static str {
    match key.split('/').next() {
        Some("k") => "key",
        Some("l") => "stock",
        Some("x") => "ended",
        Some("h") => "history",
        Some("e") => "events",
        Some("o") => "outbox",
        Some("m") => "data key",
        _ if key.ends_with("/s") => "session",
        _ if key.ends_with("/v") => "view",
        _ if key.ends_with("/r") => "run",
        _ => "other",
    }
}

/// What a commit writes, in kinds of records; what it removes has a minus sign.
fn name_of(commit: &Commit) -> String {
    let puts = commit.puts.iter().map(|put| kind_of(&put.key).to_owned());
    let logs = commit.appends.iter().map(|append| kind_of(&append.log).to_owned());
    let gone = commit.deletes.iter().map(|key| format!("-{}", kind_of(key)));
    let kinds: BTreeSet<_> = puts.chain(logs).chain(gone).collect();
    let kept = |kind: &String| !matches!(kind.as_str(), "view" | "history" | "events");
    let kinds: Vec<_> = kinds.into_iter().filter(kept).collect();
    format!("commit {}", kinds.join("+"))
}

fn name_of_read(keys: &[Key]) -> String {
    let kinds: BTreeSet<_> = keys.iter().map(|key| kind_of(key)).collect();
    format!("read {}", kinds.into_iter().collect::<Vec<_>>().join("+"))
}

/// Writes everything as a release to come may: with parts this one knows nothing of.
fn of_next_release(commit: &mut Commit) {
    let documents = commit.puts.iter_mut().filter(|put| !put.key.ends_with("/v"));
    let documents = documents.map(|put| &mut put.value);
    // The auditor holds events and what is told of them against each other byte by byte.
    let logs = commit.appends.iter_mut().filter(|append| !append.log.starts_with(['e', 'o']));
    for bytes in documents.chain(logs.map(|append| &mut append.entry)) {
        *bytes = with_more(bytes).into();
    }
}

/// A stored document, a map with the map of its parts at the end, with one part more.
fn with_more(stored: &[u8]) -> Vec<u8> {
    const PARTS: &[u8] = b"\xa8document";
    const MORE: &[u8] = b"\xaanext_parts\xc0";
    let mut bytes = stored.to_vec();
    let parts = bytes.windows(PARTS.len()).position(|it| it == PARTS).unwrap() + PARTS.len();
    match bytes[parts] {
        // A choice among several is a map too, of one.
        0x82..=0x8e => bytes[parts] += 1,
        0xde => {
            let count = u16::from_be_bytes([bytes[parts + 1], bytes[parts + 2]]) + 1;
            bytes[parts + 1..parts + 3].copy_from_slice(&count.to_be_bytes());
        }
        _ => bytes[1] += 1,
    }
    bytes.extend_from_slice(MORE);
    bytes
}

#[async_trait]
impl Store for SimStore {
    async fn read(&self, partition: Partition, keys: &[Key]) -> Documents {
        let (core, wanted) = (self.wire.core.clone(), keys.to_vec());
        let effect: Effect<Documents> =
            Arc::new(move || at_once(core.store.read(partition, &wanted)));
        self.wire.carry(Place::Read, &name_of_read(keys), effect).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let core = self.wire.core.clone();
        let (name, is_next) = (name_of(&commit), self.is_next);
        let effect: Effect<Result<Outcome, StoreError>> = Arc::new(move || {
            let number = core.watch.lock().unwrap().commit_comes(&commit);
            let mut written = commit.clone();
            if is_next {
                of_next_release(&mut written);
            }
            if let Some(sabotage) = core.sabotage {
                sabotage.spoil(&mut written, number);
            }
            core.now();
            let outcome = at_once(core.store.commit(written));
            if let Ok(Outcome::Applied(version)) = &outcome {
                core.watch.lock().unwrap().commit_applied(&core, &commit, version.0);
            }
            outcome
        });
        self.wire.carry(Place::Commit, &name, effect).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        self.wire.core.store.make_sure(partition, key, version).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let core = &self.wire.core;
        self.wire.glance(|| at_once(core.store.log(partition, log, after, limit))).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        let core = &self.wire.core;
        self.wire.glance(|| at_once(core.store.scan(partition, prefix, after, limit))).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let core = &self.wire.core;
        core.now();
        self.wire.glance(|| at_once(core.store.due_timers(queue, limit))).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let core = &self.wire.core;
        self.wire.glance(|| at_once(core.store.coming_timers(queue, limit))).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        let core = &self.wire.core;
        self.wire.glance(|| at_once(core.store.latest_timers(queue, before, limit))).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        let core = &self.wire.core;
        core.now();
        self.wire.glance(|| at_once(core.store.now())).await
    }

    fn boot_epoch(&self) -> u64 {
        self.epoch
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        let core = &self.wire.core;
        core.now();
        self.wire.glance(|| at_once(core.store.sweep(limit))).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        let core = &self.wire.core;
        self.wire.glance(|| at_once(core.store.check())).await
    }

    fn incident(&self) -> Option<Incident> {
        None
    }

    async fn settle(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
