//! The way to the writer: what it can be asked for, and how callers wait for its answer.

use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::prepared::Prepared;
use crate::store::Outcome;

/// What the writer can be asked for.
pub(super) enum Job {
    Commit { commit: Prepared, reply: oneshot::Sender<Outcome> },
    Sweep { limit: usize, reply: oneshot::Sender<usize> },
}

/// A job that is done, but not to be spoken of before the sync.
pub(super) enum Done {
    Commit { outcome: Outcome, reply: oneshot::Sender<Outcome> },
    Sweep { swept: usize, reply: oneshot::Sender<usize> },
}

impl Done {
    /// Tells the caller, if it still waits; one that went away asks again with the same id.
    pub(super) fn answer(self) {
        let is_heard = match self {
            Self::Commit { outcome, reply } => reply.send(outcome).is_ok(),
            Self::Sweep { swept, reply } => reply.send(swept).is_ok(),
        };
        if !is_heard {
            tracing::debug!("a write was done for a caller that no longer waits");
        }
    }
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
    pub(super) const fn new(queue: mpsc::Sender<Job>, thread: JoinHandle<()>) -> Self {
        Self { queue: Some(queue), thread: Some(thread) }
    }

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

    /// Whether the writer has given up, so that nothing can be written any more.
    pub(super) fn is_stopped(&self) -> bool {
        self.queue.as_ref().is_none_or(mpsc::Sender::is_closed)
    }
}

#[cfg(test)]
impl RunningWriter {
    pub(super) async fn stopped(&self) {
        if let Some(queue) = &self.queue {
            queue.closed().await;
        }
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
