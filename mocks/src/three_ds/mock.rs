use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Operation, told};
use super::books::{Books, Refused, Seen};
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

/// Whoever finds out whether a shopper is who a card says. Clones are the same one.
#[derive(Clone, Debug)]
pub struct ThreeDsMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    books: Mutex<Books>,
}

impl ThreeDsMock {
    /// What was begun, and how it went on.
    pub fn seen(&self) -> Vec<Seen> {
        self.books().seen()
    }

    /// Lets a shopper who is asked answer: `authenticated`, `not_authenticated`, `rejected` or
    /// `challenge_abandoned`. Says whether anybody was asked.
    pub fn answer(&self, reference: &str, status: &str) -> bool {
        self.answered(reference, status).is_ok()
    }

    pub(super) fn answered(&self, reference: &str, status: &str) -> Result<Value, Refused> {
        self.books().answer(reference, status)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.inner.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mock for ThreeDsMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let inner = Inner {
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            books: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for ThreeDsMock {
    fn name(&self) -> &'static str {
        "three-ds"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    /// What was begun, without anything about a card.
    fn ledger(&self) -> Value {
        let seen = self.seen().into_iter();
        seen.map(|it| json!({ "reference": it.reference, "status": it.status })).collect()
    }

    /// Nothing in here is due at a time.
    fn catch_up(&self) {}
}

impl Service for ThreeDsMock {
    type Operation = Operation;

    fn token(&self, _: &Operation) -> Option<&str> {
        self.inner.token.as_deref()
    }

    fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    fn refusal(&self, status: StatusCode, message: &str) -> Reply {
        Reply::message(status, message)
    }

    fn perform(&self, operation: &Operation, call: &Call) -> Reply {
        told(&mut self.books(), operation, call)
    }
}
