use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Operation, answered, told};
use super::routes;
use super::tables::Tables;
use crate::faults::Faults;
use crate::server::{Call, Controlled, Mock, Reply, Service, StartError, Switches, Tasks};

/// How a mock starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one token it accepts; everybody is let in where there is none.
    pub token: Option<String>,
    /// What is told.
    pub tables: Tables,
    /// What its dice start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

impl Default for Settings {
    /// A few taxes, options and promotions.
    fn default() -> Self {
        Self { token: None, tables: Tables::some(), seed: 0, faults: Faults::default() }
    }
}

/// Services for tax, shipping and promotions of one's own. Clones are the same ones.
#[derive(Clone, Debug)]
pub struct TermsMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    tables: Mutex<Tables>,
    /// What was asked, in order: the session, and the body.
    asked: Mutex<Vec<(Option<String>, Value)>>,
}

impl TermsMock {
    /// What it tells.
    pub fn tables(&self) -> Tables {
        locked(&self.inner.tables).clone()
    }

    /// Tells this from now on.
    pub fn set_tables(&self, tables: Tables) {
        *locked(&self.inner.tables) = tables;
    }

    /// What was asked, in order: about which session, and the body.
    pub fn asked(&self) -> Vec<(Option<String>, Value)> {
        locked(&self.inner.asked).clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mock for TermsMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let inner = Inner {
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            tables: Mutex::new(settings.tables),
            asked: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for TermsMock {
    fn name(&self) -> &'static str {
        "terms"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    /// What was asked: nothing is moved by asking.
    fn ledger(&self) -> Value {
        let asked = self.asked().into_iter();
        asked.map(|(session, body)| json!({ "session": session, "asked": body })).collect()
    }

    /// Nothing in here is due at a time.
    fn catch_up(&self) {}
}

impl Service for TermsMock {
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
        let body = serde_json::from_slice(&call.body).unwrap_or_default();
        locked(&self.inner.asked).push((call.session.clone(), body));
        answered(told(&locked(&self.inner.tables), *operation, call))
    }
}
