use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use acp_core::time::Timestamp;
use axum::Router;
use bytes::Bytes;
use serde_json::Value;

use super::books::{Books, Happened};
use super::idempotency::Keys;
use super::intent::seconds;
use super::movement::Movement;
use super::routes;
use super::webhooks::{Cause, event};
use crate::faults::Faults;
use crate::server::{Controlled, Mock, Outbox, StartError, Switches, Tasks, Webhook};

/// How a mock starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The one key it accepts; any `sk_test_…` where there is none.
    pub key: Option<String>,
    /// Who is told what happens.
    pub webhook: Option<Webhook>,
    /// What its dice and ids start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

/// A Stripe of one's own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct StripeMock {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    key: Mutex<Option<String>>,
    pub(super) switches: Arc<Switches>,
    pub(super) tasks: Tasks,
    desk: Mutex<Desk>,
    outbox: Option<Outbox>,
}

/// What one request may change at a time.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) books: Books,
    pub(super) keys: Keys,
    /// The `PaymentIntent`s somebody is at work on.
    pub(super) busy: HashSet<String>,
}

impl StripeMock {
    /// Every movement there ever was, in order.
    pub fn ledger(&self) -> Vec<Movement> {
        self.desk().books.movements().to_vec()
    }

    /// Accepts another key from now on, and no other: whoever comes with the one before is refused.
    pub fn change_key(&self, key: &str) {
        *self.key() = Some(key.to_owned());
    }

    /// The one key it accepts now.
    pub(super) fn key(&self) -> MutexGuard<'_, Option<String>> {
        self.inner.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.inner.switches.clock.now()
    }

    pub(super) fn desk(&self) -> MutexGuard<'_, Desk> {
        self.inner.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of what was held for too long.
    pub(super) fn let_time_pass(&self, desk: &mut Desk) {
        desk.books.catch_up(self.now());
        self.tell(desk, &Cause::default());
    }

    /// Sends webhooks for what has happened.
    pub(super) fn tell(&self, desk: &mut Desk, cause: &Cause) {
        let happened: Vec<Happened> = desk.books.take_happened();
        let Some(outbox) = &self.inner.outbox else { return };
        let at = seconds(self.now());
        for happened in happened {
            let id = desk.books.fresh("evt_");
            let event = event(&id, at, &happened, cause).to_string();
            outbox.send(Bytes::from(event), &self.inner.tasks);
        }
    }
}

impl Mock for StripeMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let switches = Arc::new(Switches::new(settings.seed, settings.faults)?);
        let outbox = settings
            .webhook
            .map(|webhook| Outbox::new(webhook, "stripe-signature", Arc::clone(&switches)));
        let desk =
            Desk { books: Books::new(settings.seed), keys: Keys::default(), busy: HashSet::new() };
        let inner = Inner {
            key: Mutex::new(settings.key),
            switches,
            tasks: Tasks::default(),
            desk: Mutex::new(desk),
            outbox: outbox.transpose()?,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for StripeMock {
    fn name(&self) -> &'static str {
        "stripe"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        serde_json::to_value(self.desk().books.movements()).unwrap_or_default()
    }

    fn catch_up(&self) {
        let mut desk = self.desk();
        self.let_time_pass(&mut desk);
    }
}
