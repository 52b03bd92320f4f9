//! The one thread that writes: it takes the commits that are waiting, writes them in one
//! transaction, and answers them once that is on the disk.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use acp_core::limits::{COMMIT_QUEUE_MAX, GROUP_COMMITS_MAX};
use acp_core::time::Timestamp;
use redb::{Database, Durability, WriteTransaction};
use tokio::sync::{mpsc, oneshot};

use super::tables::Tables;
use crate::store::remembered::Remembered;
use crate::store::store_time::StoreTime;
use crate::store::{Commit, Outcome, Version};

/// Ends the process, after saying why.
pub type OnFatal = Box<dyn Fn(&str) + Send + Sync>;

/// What the writer can be asked for.
pub(super) enum Job {
    Commit { commit: Commit, reply: oneshot::Sender<Outcome> },
    Sweep { limit: usize, reply: oneshot::Sender<usize> },
}

/// A job that is done, but not to be spoken of before the sync.
enum Done {
    Commit { outcome: Outcome, reply: oneshot::Sender<Outcome> },
    Sweep { swept: usize, reply: oneshot::Sender<usize> },
}

/// Why a job has no answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub(super) enum Unanswered {
    #[error("the writer has stopped")]
    NotTaken,
    #[error("the writer stopped while it wrote")]
    Unknown,
}

/// A running writer. Dropping it lets the writer finish what it was asked for, and waits.
pub(super) struct RunningWriter {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl RunningWriter {
    /// Waits for room in the queue, then for the answer.
    pub(super) async fn ask<T>(
        &self,
        job: impl FnOnce(oneshot::Sender<T>) -> Job,
    ) -> Result<T, Unanswered> {
        let queue = self.queue.as_ref().ok_or(Unanswered::NotTaken)?;
        let room = queue.reserve().await.or(Err(Unanswered::NotTaken))?;
        let (reply, answer) = oneshot::channel();
        room.send(job(reply));
        answer.await.or(Err(Unanswered::Unknown))
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.queue.as_ref().is_none_or(mpsc::Sender::is_closed)
    }
}

impl Drop for RunningWriter {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer did not end in peace");
        }
    }
}

/// What the writer thread owns.
pub(super) struct Writer {
    database: Arc<Database>,
    time: Arc<StoreTime>,
    last_version: Version,
    remembered: Remembered,
    scratch: Vec<u8>,
    on_fatal: OnFatal,
}

impl Writer {
    pub(super) fn new(
        database: Arc<Database>,
        time: Arc<StoreTime>,
        last_version: Version,
        on_fatal: OnFatal,
    ) -> Self {
        Self {
            database,
            time,
            last_version,
            remembered: Remembered::default(),
            scratch: Vec::new(),
            on_fatal,
        }
    }

    pub(super) fn start(self) -> io::Result<RunningWriter> {
        let (queue, jobs) = mpsc::channel(COMMIT_QUEUE_MAX);
        let thread = thread::Builder::new().name("store-writer".into());
        let thread = thread.spawn(move || self.run(jobs))?;
        Ok(RunningWriter { queue: Some(queue), thread: Some(thread) })
    }

    /// Works until the queue is closed and empty, or until a write fails. Jobs without an answer
    /// are dropped then, and with them their callers' hope for one.
    fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        let mut jobs = Vec::with_capacity(GROUP_COMMITS_MAX);
        while queue.blocking_recv_many(&mut jobs, GROUP_COMMITS_MAX) > 0 {
            match self.write(&mut jobs) {
                Ok(done) => done.into_iter().for_each(Done::answer),
                Err(error) => return self.die(&error.to_string()),
            }
        }
        if let Err(error) = self.note_time() {
            self.die(&error.to_string());
        }
    }

    /// Does all jobs in one transaction; what they did is on the disk when this returns.
    fn write(&mut self, jobs: &mut Vec<Job>) -> Result<Vec<Done>, redb::Error> {
        // Taken after the jobs: whoever saw a document expire before it asked must find it so.
        let now = self.time.now();
        let version_before = self.last_version;
        let transaction = self.begin()?;
        let mut tables = Tables::open(&transaction)?;
        let mut all_done = Vec::with_capacity(jobs.len());
        let mut swept_in_all = 0_usize;
        for job in jobs.drain(..) {
            all_done.push(match job {
                Job::Commit { commit, reply } => {
                    Done::Commit { outcome: self.commit(&mut tables, &commit, now)?, reply }
                }
                Job::Sweep { limit, reply } => {
                    let swept = tables.sweep(now, limit)?;
                    swept_in_all = swept_in_all.saturating_add(swept);
                    Done::Sweep { swept, reply }
                }
            });
        }
        if self.last_version == version_before && swept_in_all == 0 {
            // Whoever raced was overtaken by something that is on the disk already.
            drop(tables);
            transaction.abort()?;
            return Ok(all_done);
        }
        tables.meta().note_progress(self.last_version, now)?;
        drop(tables);
        transaction.commit()?;
        Ok(all_done)
    }

    fn commit(
        &mut self,
        tables: &mut Tables<'_>,
        commit: &Commit,
        now: Timestamp,
    ) -> Result<Outcome, redb::Error> {
        if let Some(outcome) = self.remembered.outcome_of(commit.id) {
            return Ok(outcome.clone());
        }
        let outcome = if let Some(key) = tables.first_unmet(commit, now)? {
            Outcome::Raced { key: key.clone() }
        } else {
            let version = Version(self.last_version.0.saturating_add(1));
            tables.write(commit, version, &mut self.scratch)?;
            self.last_version = version;
            Outcome::Applied(version)
        };
        self.remembered.remember(commit.id, outcome.clone());
        Ok(outcome)
    }

    /// Keeps the time that was told since the last commit, for the next start.
    fn note_time(&self) -> Result<(), redb::Error> {
        let transaction = self.begin()?;
        let mut tables = Tables::open(&transaction)?;
        tables.meta().note_progress(self.last_version, self.time.now())?;
        drop(tables);
        Ok(transaction.commit()?)
    }

    fn begin(&self) -> Result<WriteTransaction, redb::Error> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        Ok(transaction)
    }

    fn die(&self, reason: &str) {
        (self.on_fatal)(&format!(
            "the embedded store could not write ({reason}); the gateway ends here, so that \
             nothing is acknowledged that may not be on the disk"
        ));
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if thread::panicking() {
            self.die("its writer panicked");
        }
    }
}

impl Done {
    /// Tells the caller, if it still waits; one that went away asks again with the same id.
    fn answer(self) {
        let is_heard = match self {
            Self::Commit { outcome, reply } => reply.send(outcome).is_ok(),
            Self::Sweep { swept, reply } => reply.send(swept).is_ok(),
        };
        if !is_heard {
            tracing::debug!("a write was done for a caller that no longer waits");
        }
    }
}
