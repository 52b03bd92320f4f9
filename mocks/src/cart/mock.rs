use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use acp_core::time::Timestamp;
use axum::Router;
use axum::http::StatusCode;
use serde_json::Value;

use super::answer::{self, Operation};
use super::book::{Book, Cart, Line};
use super::movement::Movement;
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

/// A cart service of one's own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct CartMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    book: Mutex<Book>,
}

impl CartMock {
    /// Everything that ever happened to a cart, in order.
    pub fn ledger(&self) -> Vec<Movement> {
        self.book().movements().to_vec()
    }

    /// All carts that are there.
    pub fn carts(&self) -> Vec<Cart> {
        self.book().carts()
    }

    /// One of them.
    pub fn cart(&self, cart: &str) -> Option<Cart> {
        self.book().read(cart).ok()
    }

    /// The shop itself puts these into a cart, right or wrong; none where there is no such cart.
    pub fn change(&self, cart: &str, items: Vec<Line>) -> Option<Cart> {
        let now = self.now();
        self.book().change(now, cart, items).ok()
    }

    fn now(&self) -> Timestamp {
        self.inner.switches.clock.now()
    }

    /// The book as it stands now.
    fn book(&self) -> MutexGuard<'_, Book> {
        let mut book = self.inner.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.catch_up(self.now());
        book
    }
}

impl Mock for CartMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let inner = Inner {
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            book: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for CartMock {
    fn name(&self) -> &'static str {
        "cart"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        serde_json::to_value(self.book().movements()).unwrap_or_default()
    }

    fn catch_up(&self) {
        drop(self.book());
    }
}

impl Service for CartMock {
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
        let mut book = self.book();
        let now = self.now();
        answer::perform(&mut book, now, operation, call).unwrap_or_else(|refusal| refusal.reply())
    }
}
