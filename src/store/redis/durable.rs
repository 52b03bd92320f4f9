//! Waiting until commits and documents are safe: many ask together, on connections of their own.
//!
//! A server blocks a connection that waits for replicas, so nothing else may be on it. What is
//! waited for is not the commits but a write behind them: the server sends its writes to replicas
//! in order, so who has the last has all. Only what a server has can be waited for there: another
//! may have taken over since the commit, so it is asked for the outcome first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::limits::{
    STORE_ANSWER_TIMEOUT, STORE_CONFIRMED_MAX, STORE_LANES, STORE_MARKER_KEPT, STORE_REPLICAS_WAIT,
};
use redis::{Cmd, Pipeline, Value};
use tokio::sync::oneshot::error::TryRecvError;
use tokio::sync::{Semaphore, oneshot};

use super::line::{Line, Traffic};
use super::names::{Lane, Names};
use super::options::{Options, Servers};
use super::record::VERSION_BYTES;
use crate::store::Version;

/// How far a commit has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Safety {
    /// As far as was asked for.
    Durable,
    /// Not yet, or nobody could be asked.
    Unknown,
    /// The store lost it before it was safe.
    Lost,
}

/// How a server is asked to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// For so many replicas to have it.
    Replicas(u8),
    /// For it to be on the server's disk and on those of so many replicas.
    Disks(u8),
}

/// Something somebody waits for.
struct Ticket {
    lane: Lane,
    proof: Proof,
    tell: oneshot::Sender<Safety>,
}

/// By what one sees that a server has it.
#[derive(Clone)]
pub(super) enum Proof {
    /// A commit, in one of the places where its outcome lies.
    Commit { id: [u8; 16], outcomes: [String; 2] },
    /// A document, at a version.
    Document { name: String, version: Version },
}

impl Proof {
    fn questions(&self) -> Vec<Cmd> {
        match self {
            Self::Commit { id, outcomes } => outcomes
                .iter()
                .map(|outcomes| {
                    let mut question = redis::cmd("HEXISTS");
                    question.arg(outcomes).arg(id);
                    question
                })
                .collect(),
            Self::Document { name, .. } => {
                let mut question = redis::cmd("GETRANGE");
                question.arg(name).arg(VERSION_BYTES.start).arg(VERSION_BYTES.end - 1);
                vec![question]
            }
        }
    }

    /// Whether the answers say that it is there.
    fn is_shown_by(&self, answers: &[Value]) -> bool {
        match self {
            Self::Commit { .. } => answers.contains(&Value::Int(1)),
            Self::Document { version, .. } => {
                let version = version.0.to_be_bytes();
                matches!(answers, [Value::BulkString(found)] if *found == version)
            }
        }
    }
}

/// Commits that ask together.
struct Group {
    turn: Semaphore,
    waiting: Mutex<Vec<Ticket>>,
}

/// Asks whether commits are safe.
pub(super) struct Waiter {
    waiting: Waiting,
    groups: Box<[Group]>,
    lines: Box<[Line]>,
    names: Arc<Names>,
}

impl Waiter {
    /// Lanes of a cluster may lie on different servers, so each asks for itself there.
    pub(super) fn new(
        waiting: Waiting,
        options: &Arc<Options>,
        names: Arc<Names>,
        traffic: &Arc<Traffic>,
    ) -> Self {
        let lines = options.durable_connections.max(1);
        let groups = match options.servers {
            Servers::Cluster { .. } => STORE_LANES,
            Servers::Standalone { .. } | Servers::Sentinel { .. } => lines.into(),
        };
        let timeout = STORE_ANSWER_TIMEOUT.saturating_add(STORE_REPLICAS_WAIT);
        let line = || Line::new(Arc::clone(options), timeout, Arc::clone(traffic));
        let group = || Group { turn: Semaphore::new(1), waiting: Mutex::default() };
        Self {
            waiting,
            groups: (0..groups).map(|_| group()).collect(),
            lines: (0..lines).map(|_| line()).collect(),
            names,
        }
    }

    /// Waits for a turn, in which all who wait are asked for together, unless one who had the turn
    /// before has asked for this too.
    pub(super) async fn safety_of(&self, lane: Lane, proof: Proof) -> Safety {
        let index = lane.index();
        let group = self.groups.get(index.checked_rem(self.groups.len()).unwrap_or_default());
        let way = self.lines.get(index.checked_rem(self.lines.len()).unwrap_or_default());
        let (Some(group), Some(way)) = (group, way) else {
            return Safety::Unknown;
        };
        let join = |proof: Proof| {
            let (tell, told) = oneshot::channel();
            group.locked().push(Ticket { lane, proof, tell });
            told
        };
        let mut told = join(proof.clone());
        let _turn = group.turn.acquire().await;
        loop {
            match told.try_recv() {
                Ok(safety) => return safety,
                Err(TryRecvError::Empty) => self.ask(way, group.take()).await,
                // Who asked for this went away meanwhile: it is our turn now.
                Err(TryRecvError::Closed) => told = join(proof.clone()),
            }
        }
    }

    async fn ask(&self, way: &Line, tickets: Vec<Ticket>) {
        let Some(lane) = tickets.first().map(|ticket| ticket.lane) else {
            return;
        };
        let behind = self.names.wait(lane).to_string();
        let mut questions = Pipeline::with_capacity(tickets.len().saturating_mul(2));
        let mut counts = Vec::with_capacity(tickets.len());
        for ticket in &tickets {
            let asked = ticket.proof.questions();
            counts.push(asked.len());
            for question in asked {
                questions.add_command(question);
            }
        }
        questions.cmd("SET").arg(&behind).arg(1).arg("PX").arg(kept_ms());
        questions.add_command(self.waiting.question());
        let answers = way.look_in_turn(lane, &behind, questions).await.unwrap_or_else(|failed| {
            tracing::warn!(
                error = &failed as &dyn std::error::Error,
                "it cannot be asked whether commits are durable; it is tried again"
            );
            Vec::new()
        });
        let is_safe = answers.last().is_some_and(|said| self.waiting.is_met(said));
        let mut rest = answers.as_slice();
        for (ticket, count) in tickets.into_iter().zip(counts) {
            let known = rest.split_at_checked(count);
            rest = known.map_or(&[], |(_, rest)| rest);
            let safety = match known {
                Some((said, _)) if !ticket.proof.is_shown_by(said) => Safety::Lost,
                Some(_) if is_safe => Safety::Durable,
                _ => Safety::Unknown,
            };
            if safety == Safety::Lost {
                way.connect_anew();
            }
            if ticket.tell.send(safety).is_err() {
                tracing::debug!("nobody waits any more for a commit to be durable");
            }
        }
    }
}

impl Group {
    fn take(&self) -> Vec<Ticket> {
        let mut waiting = self.locked();
        let count = waiting.len().min(STORE_CONFIRMED_MAX);
        waiting.drain(..count).collect()
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn locked(&self) -> MutexGuard<'_, Vec<Ticket>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn question(self) -> Cmd {
        let wait_ms = u64::try_from(STORE_REPLICAS_WAIT.as_millis()).unwrap_or(u64::MAX);
        let mut question = Cmd::new();
        match self {
            Self::Replicas(replicas) => question.arg("WAIT").arg(replicas),
            Self::Disks(replicas) => question.arg("WAITAOF").arg(1).arg(replicas),
        };
        question.arg(wait_ms);
        question
    }

    fn is_met(self, said: &Value) -> bool {
        match (self, said) {
            (Self::Replicas(wanted), Value::Int(count)) => *count >= wanted.into(),
            (Self::Disks(wanted), Value::Array(counts)) => {
                matches!(counts.as_slice(), [Value::Int(own), Value::Int(replicas)]
                    if *own >= 1 && *replicas >= wanted.into())
            }
            _ => false,
        }
    }
}

fn kept_ms() -> u64 {
    u64::try_from(STORE_MARKER_KEPT.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_wanted_are_not_enough() {
        let ints =
            |numbers: &[i64]| Value::Array(numbers.iter().copied().map(Value::Int).collect());
        assert!(Waiting::Replicas(1).is_met(&Value::Int(2)));
        assert!(!Waiting::Replicas(2).is_met(&Value::Int(1)));
        assert!(Waiting::Disks(1).is_met(&ints(&[1, 1])));
        for said in [ints(&[0, 1]), ints(&[1, 0]), Value::Nil] {
            assert!(!Waiting::Disks(1).is_met(&said), "{said:?}");
        }
    }
}
