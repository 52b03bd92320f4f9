use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use acp_core::time::Timestamp;
use axum::Router;
use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};

use super::answer::{self, Operation};
use super::item::{Item, ItemError, some_goods};
use super::movement::Movement;
use super::routes;
use super::shelf::Shelf;
use crate::faults::Faults;
use crate::server::{
    Call, Controlled, Mock, Outbox, Reply, Service, StartError, Switches, Tasks, Webhook,
};

/// How a mock starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one token it accepts; everybody is let in where there is none.
    pub token: Option<String>,
    /// What is sold, as `Item` in the contract has it.
    pub items: Vec<Value>,
    /// Who is told what changes.
    pub webhook: Option<Webhook>,
    /// What its dice start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

impl Default for Settings {
    /// A handful of goods in US dollars.
    fn default() -> Self {
        Self { token: None, items: some_goods(), webhook: None, seed: 0, faults: Faults::default() }
    }
}

/// Why a catalogue does not start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// For a reason every mock can have.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Something is not an item.
    #[error("cannot sell item {place} of those it was given")]
    Item {
        /// Which of them, from 1.
        place: usize,
        /// What is wrong with it.
        source: ItemError,
    },
}

/// A catalogue of one's own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct CatalogMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    token: Option<String>,
    switches: Arc<Switches>,
    tasks: Tasks,
    shelf: Mutex<Shelf>,
    outbox: Option<Outbox>,
}

impl CatalogMock {
    /// Every change there ever was, in order.
    pub fn ledger(&self) -> Vec<Movement> {
        self.shelf().movements().to_vec()
    }

    /// Everything that is sold, as it is now.
    pub fn items(&self) -> Vec<Value> {
        self.shelf().items().map(|item| item.row().clone()).collect()
    }

    /// Sells items as well, or in place of those with their ids, and tells which ids that changed.
    ///
    /// # Errors
    /// One of them is not an item; then nothing has changed.
    pub fn put_items(&self, rows: Vec<Value>) -> Result<Vec<String>, SettingsError> {
        let items = read(rows)?;
        let (now, mut sold, mut changed) = (self.now(), self.shelf(), Vec::new());
        for item in items {
            let id = item.id.clone();
            if sold.put(now, item) {
                changed.push(id);
            }
        }
        self.tell(&changed);
        Ok(changed)
    }

    /// Stops selling an item; tells whether it was sold.
    pub fn remove_item(&self, id: &str) -> bool {
        let (now, mut sold) = (self.now(), self.shelf());
        let is_removed = sold.remove(now, id);
        if is_removed {
            self.tell(&[id.to_owned()]);
        }
        is_removed
    }

    fn now(&self) -> Timestamp {
        self.inner.switches.clock.now()
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.inner.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a webhook for what has changed. Whoever calls this still has the shelf, so that they
    /// are sent in the order of the changes.
    fn tell(&self, changed: &[String]) {
        let Some(outbox) = self.inner.outbox.as_ref().filter(|_| !changed.is_empty()) else {
            return;
        };
        let event = json!({ "type": "catalogue.changed", "items": changed });
        outbox.send(Bytes::from(event.to_string()), &self.inner.tasks);
    }
}

fn read(rows: Vec<Value>) -> Result<Vec<Item>, SettingsError> {
    let rows = rows.into_iter().enumerate();
    let items = rows.map(|(place, row)| {
        Item::read(row).map_err(|source| SettingsError::Item { place: place + 1, source })
    });
    items.collect()
}

impl Mock for CatalogMock {
    type Settings = Settings;
    type Error = SettingsError;

    fn new(settings: Settings) -> Result<Self, SettingsError> {
        let switches = Switches::new(settings.seed, settings.faults).map_err(StartError::from)?;
        let switches = Arc::new(switches);
        let outbox = settings
            .webhook
            .map(|webhook| Outbox::new(webhook, "webhook-signature", Arc::clone(&switches)));
        let mut shelf = Shelf::default();
        for item in read(settings.items)? {
            shelf.put(switches.clock.now(), item);
        }
        let inner = Inner {
            token: settings.token,
            switches,
            tasks: Tasks::default(),
            shelf: Mutex::new(shelf),
            outbox: outbox.transpose()?,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for CatalogMock {
    fn name(&self) -> &'static str {
        "catalog"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        serde_json::to_value(self.shelf().movements()).unwrap_or_default()
    }

    /// Nothing in a catalogue is due at a time.
    fn catch_up(&self) {}
}

impl Service for CatalogMock {
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
        let mut sold = self.shelf();
        let found = match answer::find(&sold, *operation, call) {
            Ok(found) => found,
            Err(mistake) => return mistake,
        };
        if call.fate.changes_price
            && let Some(id) = sold.make_dearer(self.now(), &found.ids)
        {
            self.tell(&[id]);
        }
        found.reply
    }
}
