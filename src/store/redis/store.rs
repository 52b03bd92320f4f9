//! The port, fulfilled.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acp_core::ids::Partition;
use acp_core::limits::{STORE_COMMIT_REST, STORE_COMMIT_TIMEOUT, STORE_UNSAFE_MAX};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use tokio::time::Instant;

use super::call::{Answer, Call};
use super::clock::StoreClock;
use super::durable::{Proof, Safety, Waiter};
use super::failed::Failed;
use super::latest::Earlier;
use super::line::{Line, Traffic};
use super::markers::{Markers, is_older};
use super::names::{Lane, Names};
use super::reads::{Page, Wanted};
use super::survey::Finding;
use crate::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
    bounds,
};

/// A shared store has one epoch: the start of a gateway says nothing about the leases of others.
const ONLY_EPOCH: u64 = 1;

/// A store on one Redis server or many.
pub struct Redis {
    pub(super) line: Line,
    pub(super) names: Arc<Names>,
    pub(super) clock: StoreClock,
    pub(super) markers: Markers,
    /// Asks whether commits are safe, where that takes more than the server's answer.
    pub(super) waiter: Option<Waiter>,
    pub(super) is_one_server: bool,
    /// How often the time was marked so far, or tried to be.
    pub(super) beats: AtomicUsize,
    pub(super) traffic: Arc<Traffic>,
    pub(super) findings: Vec<Finding>,
    pub(super) partition_key: [u8; 32],
}

impl Redis {
    /// The key of the hash that picks a partition; drawn when the store was made and the same
    /// for its whole life.
    pub const fn partition_key(&self) -> &[u8; 32] {
        &self.partition_key
    }

    /// What can lose acknowledged writes in the way the servers are set up.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// How often a server was asked something so far. What is asked of many servers at once counts
    /// once.
    pub fn round_trips(&self) -> u64 {
        self.traffic.round_trips.load(Ordering::Relaxed)
    }

    /// How often it was tried to connect so far.
    pub fn connections_tried(&self) -> u64 {
        self.traffic.connections_tried.load(Ordering::Relaxed)
    }

    /// One attempt at a commit.
    async fn attempt(&self, call: &Call, commit: &Commit) -> Result<Outcome, Failed> {
        // Asked before the call: what is acknowledged meanwhile is not before it.
        let expected = self.markers.expected(call.lane, self.clock.server_ms());
        let said = match self.line.ask(call.lane, &call.question()).await {
            Err(failed) if failed.is_unknown_script() => {
                self.line.ask(call.lane, &call.question_with_script()).await?
            }
            said => said?,
        };
        let answer = Answer::of(said, commit, &self.names).ok_or(Failed::Nonsense(None))?;
        self.clock.heard(answer.server_ms);
        let Outcome::Applied(version) = answer.outcome else {
            return Ok(answer.outcome);
        };
        if !call.is_durable {
            return Ok(answer.outcome);
        }
        self.compare(expected, answer.marker).await;
        match &self.waiter {
            None => {}
            Some(waiter) => {
                let proof = Proof::Commit { id: call.id, outcomes: call.outcomes(&self.names) };
                is_durable(waiter.safety_of(call.lane, proof).await)?;
            }
        }
        self.markers.acknowledge(call.lane, version);
        Ok(answer.outcome)
    }

    /// What somebody else wrote, or we without hearing that it is safe, may lie on a server that
    /// another is about to replace. One that has lost its replicas takes writes for some seconds
    /// only, so that what is old is kept, or was lost already.
    async fn wait_for(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), Failed> {
        let lane = Lane::of(partition);
        let is_old = is_older(version, STORE_UNSAFE_MAX, self.clock.server_ms());
        let Some(waiter) = self.waiter.as_ref() else { return Ok(()) };
        if is_old || self.markers.keeps(lane, version) {
            return Ok(());
        }
        let name = self.names.document(partition, key).to_string();
        let safety = waiter.safety_of(lane, Proof::Document { name, version }).await;
        // It was read on another server than is asked about it.
        if safety == Safety::Lost {
            self.line.connect_anew();
        }
        is_durable(safety)?;
        self.markers.is_kept(lane, version);
        Ok(())
    }
}

const fn is_durable(safety: Safety) -> Result<(), Failed> {
    match safety {
        Safety::Durable => Ok(()),
        Safety::Unknown | Safety::Lost => Err(Failed::NotDurable),
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("findings", &self.findings).finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for Redis {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        self.documents(partition, keys).await.map_err(|failed| failed.unread("read documents"))
    }

    /// An attempt without an answer is repeated: it is the same commit then, and a server that
    /// knows it says how it ended. A commit the server lost before it was safe is made again the
    /// same way.
    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        const WHAT: &str = "commit";
        bounds::check(&commit)?;
        let call = Call::of(&commit, &self.names, &self.clock);
        let deadline = Instant::now() + STORE_COMMIT_TIMEOUT;
        let mut may_have_happened = false;
        loop {
            let failed = match self.attempt(&call, &commit).await {
                Ok(outcome) => return Ok(outcome),
                Err(failed) => failed,
            };
            may_have_happened |= matches!(failed, Failed::Unanswered(_) | Failed::NotDurable);
            if !may_have_happened {
                return Err(failed.unread(WHAT));
            }
            if Instant::now() >= deadline {
                return Err(failed.unclear(WHAT));
            }
            tokio::time::sleep(STORE_COMMIT_REST).await;
        }
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        let kept = self.wait_for(partition, key, version).await;
        kept.map_err(|failed| failed.unread("make sure of a document"))
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let entries = self.entries(partition, log, after, limit).await;
        entries.map_err(|failed| failed.unread("read a log"))
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        let listed = self.listed(partition, Page { prefix, after, limit }).await;
        listed.map_err(|failed| failed.unread("list documents"))
    }

    async fn names(&self, partition: Partition, prefix: &str) -> Result<Vec<Key>, StoreError> {
        let found = self.all_names(partition, prefix).await;
        found.map_err(|failed| failed.unread("find documents"))
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let by = Some(self.clock.now());
        let timers = self.timers(Wanted { queue, by, limit }).await;
        timers.map_err(|failed| failed.unread("read timers"))
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let timers = self.timers(Wanted { queue, by: None, limit }).await;
        timers.map_err(|failed| failed.unread("read timers"))
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        let timers = self.latest(Earlier { queue, than: before, limit }).await;
        timers.map_err(|failed| failed.unread("read timers"))
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        Ok(self.clock.now())
    }

    fn boot_epoch(&self) -> u64 {
        ONLY_EPOCH
    }

    /// The server removes what has expired.
    async fn sweep(&self, _limit: usize) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.hear_the_time().await.map_err(|failed| failed.unread("be reached"))
    }

    fn incident(&self) -> Option<Incident> {
        self.markers.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.markers.settle();
        Ok(())
    }
}
