use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use acp_core::time::Timestamp;
use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;

use super::answer::{self, Operation};
use super::books::{Books, Count, Terms};
use super::movement::Movement;
use super::refusal::Refusal;
use super::routes;
use crate::faults::Faults;
use crate::server::{Call, Controlled, Mock, Reply, Service, StartError, Switches, Tasks};

/// How a mock starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one token it accepts; everybody is let in where there is none.
    pub token: Option<String>,
    /// How much there is of some items; `None` never runs out.
    pub stock: BTreeMap<String, Option<u32>>,
    /// How much there is of every other item.
    pub units: u32,
    /// Whether every other item is unknown instead.
    pub is_strict: bool,
    /// Whether an adjustment is carried out again when its key comes again.
    pub forgets_keys: bool,
    /// What its dice start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

impl Default for Settings {
    /// A hundred of everything.
    fn default() -> Self {
        Self {
            token: None,
            stock: BTreeMap::new(),
            units: 100,
            is_strict: false,
            forgets_keys: false,
            seed: 0,
            faults: Faults::default(),
        }
    }
}

/// An inventory of one's own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct InventoryMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    books: Mutex<Books>,
}

impl InventoryMock {
    /// Every movement there ever was, in order; what has run out by now is among them.
    pub fn ledger(&self) -> Vec<Movement> {
        self.books().movements().to_vec()
    }

    /// How many units there are of every item that was ever counted, promised or adjusted.
    pub fn stock(&self) -> BTreeMap<String, Count> {
        self.books().counts().clone()
    }

    /// Counts anew what is free of an item; `None` never runs out.
    pub fn set_stock(&self, item: &str, units: Option<u32>) {
        let now = self.now();
        self.books().set(now, item, units);
    }

    fn now(&self) -> Timestamp {
        self.inner.switches.clock.now()
    }

    /// The books as they stand now.
    fn books(&self) -> MutexGuard<'_, Books> {
        let mut books = self.inner.books.lock().unwrap_or_else(PoisonError::into_inner);
        books.catch_up(self.now());
        books
    }
}

impl Mock for InventoryMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let terms = Terms {
            uncounted: (!settings.is_strict).then_some(settings.units),
            forgets_keys: settings.forgets_keys,
        };
        let inner = Inner {
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            books: Mutex::new(Books::new(terms)),
        };
        let mock = Self { inner: Arc::new(inner) };
        for (item, units) in settings.stock {
            mock.set_stock(&item, units);
        }
        Ok(mock)
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for InventoryMock {
    fn name(&self) -> &'static str {
        "inventory"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        serde_json::to_value(self.books().movements()).unwrap_or_default()
    }

    fn catch_up(&self) {
        drop(self.books());
    }
}

impl Service for InventoryMock {
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
        let mut books = self.books();
        let now = self.now();
        answer::perform(&mut books, now, operation, call)
            .unwrap_or_else(|refusal: Refusal| refusal.reply())
    }
}
