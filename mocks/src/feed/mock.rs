use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{self, Operation, refusal};
use super::kept::Kept;
use super::routes;
use crate::faults::Faults;
use crate::server::{Call, Controlled, Mock, Reply, Service, StartError, Switches, Tasks};

/// How a mock starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The one token it accepts; everybody is let in where there is none.
    pub token: Option<String>,
    /// What its dice start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

/// An agent that keeps feeds. Clones are the same one.
#[derive(Clone, Debug)]
pub struct FeedMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    kept: Mutex<Kept>,
}

impl FeedMock {
    /// The feeds there are.
    pub fn feeds(&self) -> Vec<String> {
        self.kept().ids()
    }

    /// What is known of a feed.
    pub fn metadata(&self, feed: &str) -> Option<Value> {
        self.kept().metadata(feed)
    }

    /// The products of a feed, in the order of their ids.
    pub fn products(&self, feed: &str) -> Vec<Value> {
        self.kept().products(feed).unwrap_or_default()
    }

    /// Every piece that was taken: the ids of its products.
    pub fn pieces(&self) -> Vec<Vec<String>> {
        self.kept().pieces()
    }

    /// Takes no piece with this product in it.
    pub fn refuse(&self, product: &str) {
        self.kept().refused.insert(product.to_owned());
    }

    /// Takes pieces with this product in them again.
    pub fn take(&self, product: &str) {
        self.kept().refused.remove(product);
    }

    /// Knows nothing of a feed any more; says whether it did.
    pub fn forget(&self, feed: &str) -> bool {
        self.kept().forget(feed)
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.inner.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mock for FeedMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let inner = Inner {
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            kept: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for FeedMock {
    fn name(&self) -> &'static str {
        "feed-host"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        json!(self.pieces())
    }

    /// Nothing in here is due at a time.
    fn catch_up(&self) {}
}

impl Service for FeedMock {
    type Operation = Operation;

    fn token(&self, _: &Operation) -> Option<&str> {
        self.inner.token.as_deref()
    }

    fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    fn refusal(&self, status: StatusCode, message: &str) -> Reply {
        refusal(status, "refused", message)
    }

    fn perform(&self, operation: &Operation, call: &Call) -> Reply {
        let now = self.inner.switches.clock.now();
        answer::perform(&mut self.kept(), operation, call, now)
    }
}
