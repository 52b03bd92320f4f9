//! A link that is made anew when it breaks, and a breaker for the time without one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::STORE_LANES;
use redis::{Cmd, ErrorKind, Pipeline, RedisError, Value};
use tokio::sync::Semaphore;

use super::failed::Failed;
use super::link::Link;
use super::names::Lane;
use super::options::{Options, Servers};
use crate::breaker::{Breaker, Leave};

/// What was asked of the servers and how often they were connected to, for whoever counts.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pub(super) round_trips: AtomicU64,
    pub(super) connections_tried: AtomicU64,
}

/// The way to the store. Of a cluster, every lane has a breaker of its own, because one server of
/// it can be away while the others work.
pub(super) struct Line {
    options: Arc<Options>,
    answer_timeout: Duration,
    link: Mutex<Up>,
    opening: Semaphore,
    breaker: Breaker,
    lanes: Box<[Breaker]>,
    traffic: Arc<Traffic>,
}

/// The link, if there is one, and which of all there were it is.
#[derive(Clone, Default)]
struct Up {
    link: Option<Link>,
    generation: u64,
}

impl Line {
    pub(super) fn new(
        options: Arc<Options>,
        answer_timeout: Duration,
        traffic: Arc<Traffic>,
    ) -> Self {
        let lanes = match options.servers {
            Servers::Cluster { .. } => (0..STORE_LANES).map(|_| Breaker::default()).collect(),
            Servers::Standalone { .. } | Servers::Sentinel { .. } => Box::default(),
        };
        Self {
            options,
            answer_timeout,
            link: Mutex::default(),
            opening: Semaphore::new(1),
            breaker: Breaker::default(),
            lanes,
            traffic,
        }
    }

    /// One question about a lane.
    pub(super) async fn ask(&self, lane: Lane, question: &Cmd) -> Result<Value, Failed> {
        let (mut link, generation) = self.link_to(lane).await?;
        let answer = link.ask(question).await;
        answer.inspect(|_| self.fine(lane)).map_err(|error| self.troubled(lane, generation, error))
    }

    /// One question that changes nothing: a link that broke while nobody used it is not worth an
    /// error.
    pub(super) async fn look(&self, lane: Lane, question: &Cmd) -> Result<Value, Failed> {
        match self.ask(lane, question).await {
            Err(Failed::Unanswered(_)) => self.ask(lane, question).await,
            said => said,
        }
    }

    /// Several questions about a lane, one after the other and on one connection.
    pub(super) async fn ask_in_turn(
        &self,
        lane: Lane,
        key: &str,
        questions: Pipeline,
    ) -> Result<Vec<Value>, Failed> {
        let (mut link, generation) = self.link_to(lane).await?;
        let answers = link.ask_in_turn(key, questions).await;
        answers.inspect(|_| self.fine(lane)).map_err(|error| self.troubled(lane, generation, error))
    }

    /// The same of questions that may be asked twice: a link that broke is not worth an error here
    /// either.
    pub(super) async fn look_in_turn(
        &self,
        lane: Lane,
        key: &str,
        questions: Pipeline,
    ) -> Result<Vec<Value>, Failed> {
        match self.ask_in_turn(lane, key, questions.clone()).await {
            Err(Failed::Unanswered(_)) => self.ask_in_turn(lane, key, questions).await,
            said => said,
        }
    }

    /// Questions about many lanes at once. Of a cluster, who does not answer is left out, unless
    /// nobody does.
    pub(super) async fn ask_all(&self, questions: Vec<Cmd>) -> Result<Vec<Option<Value>>, Failed> {
        let (mut link, generation) = self.link().await?;
        self.count();
        link.ask_all(questions).await.map_err(|error| self.broken(generation, error))
    }

    /// The same question to every primary.
    pub(super) async fn ask_everybody(&self, question: &Cmd) -> Result<Vec<Value>, Failed> {
        let (mut link, generation) = self.link().await?;
        self.count();
        link.ask_everybody(question).await.map_err(|error| self.broken(generation, error))
    }

    /// A question any primary can answer.
    pub(super) async fn ask_anybody(&self, question: &Cmd) -> Result<Value, Failed> {
        let (mut link, generation) = self.link().await?;
        self.count();
        link.ask_anybody(question).await.map_err(|error| self.broken(generation, error))
    }

    /// Whether one server has everything.
    pub(super) fn leads_to_one(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Connects anew the next time: who is connected to may not be who should be.
    pub(super) fn connect_anew(&self) {
        self.link_there_is().link = None;
    }

    async fn link_to(&self, lane: Lane) -> Result<(Link, u64), Failed> {
        if self.lanes.get(lane.index()).is_some_and(|lane| lane.leave() == Leave::Refused) {
            return Err(Failed::Away(None));
        }
        let found = self.link().await?;
        self.count();
        Ok(found)
    }

    /// The link there is, or a new one.
    async fn link(&self) -> Result<(Link, u64), Failed> {
        match self.up() {
            Some(up) => Ok(up),
            // In a place of its own: every question would keep room for it.
            None => Box::pin(self.linked_anew()).await,
        }
    }

    /// Those who find that the link broke wait for the one who makes it anew; when that fails,
    /// nobody waits any more.
    async fn linked_anew(&self) -> Result<(Link, u64), Failed> {
        let leave = self.breaker.leave();
        if leave == Leave::Refused {
            return Err(Failed::Away(None));
        }
        let _turn = self.opening.acquire().await;
        if let Some(up) = self.up() {
            return Ok(up);
        }
        if leave == Leave::Closed && self.breaker.is_open() {
            return Err(Failed::Away(None));
        }
        self.traffic.connections_tried.fetch_add(1, Ordering::Relaxed);
        match Link::open(&self.options, self.answer_timeout).await {
            Ok(link) => Ok(self.is_up(link)),
            Err(error) => {
                if !self.breaker.is_open() {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "Redis at {} cannot be reached; it is tried every second",
                        self.options.servers
                    );
                }
                self.breaker.open();
                Err(Failed::Away(Some(error)))
            }
        }
    }

    fn up(&self) -> Option<(Link, u64)> {
        let up = self.link_there_is();
        up.link.clone().map(|link| (link, up.generation))
    }

    fn is_up(&self, link: Link) -> (Link, u64) {
        if self.breaker.is_open() {
            tracing::info!("Redis at {} is there again", self.options.servers);
        }
        self.breaker.close();
        let mut up = self.link_there_is();
        up.generation = up.generation.wrapping_add(1);
        up.link = Some(link.clone());
        (link, up.generation)
    }

    fn fine(&self, lane: Lane) {
        if let Some(lane) = self.lanes.get(lane.index()) {
            lane.close();
        }
    }

    /// The link to a cluster looks after its servers by itself: of a lane without an answer only
    /// the breaker opens.
    fn troubled(&self, lane: Lane, generation: u64, error: RedisError) -> Failed {
        let is_lost = error.kind() == ErrorKind::ClusterConnectionNotFound;
        let failed = Failed::of(error);
        match self.lanes.get(lane.index()) {
            None => self.lose_if_broken(generation, &failed),
            Some(lane) => {
                if matches!(failed, Failed::Unanswered(_)) {
                    lane.open();
                }
                if is_lost {
                    self.lose(generation);
                }
            }
        }
        failed
    }

    fn broken(&self, generation: u64, error: RedisError) -> Failed {
        let failed = Failed::of(error);
        self.lose_if_broken(generation, &failed);
        failed
    }

    fn lose_if_broken(&self, generation: u64, failed: &Failed) {
        let is_watched = matches!(self.options.servers, Servers::Sentinel { .. });
        if matches!(failed, Failed::Unanswered(_)) || (is_watched && failed.may_be_replaced()) {
            self.lose(generation);
        }
    }

    fn lose(&self, generation: u64) {
        let mut up = self.link_there_is();
        if up.generation == generation {
            up.link = None;
        }
    }

    fn count(&self) {
        self.traffic.round_trips.fetch_add(1, Ordering::Relaxed);
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn link_there_is(&self) -> MutexGuard<'_, Up> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
