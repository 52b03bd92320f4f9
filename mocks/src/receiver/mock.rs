use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::Value;

use super::desk::{Desk, Order};
use super::event;
use super::received::{Kind, Received};
use super::routes;
use crate::faults::Faults;
use crate::server::{Call, Controlled, Mock, Reply, Service, StartError, Switches, Tasks, prove};

/// How a mock starts.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What events are signed with; where there is none, their signatures are not looked at.
    pub secret: Option<String>,
    /// The one token that hands orders over; everybody may where there is none.
    pub token: Option<String>,
    /// What its dice start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

/// Somebody who is told of orders. Clones are the same one.
#[derive(Clone, Debug)]
pub struct ReceiverMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    secret: Option<String>,
    token: Option<String>,
    switches: Switches,
    tasks: Tasks,
    desk: Mutex<Desk>,
}

/// Something that was laid down and is to be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(super) kind: Kind,
    pub(super) place: usize,
}

impl ReceiverMock {
    /// Everything that ever came, in order, also what was refused or got no answer.
    pub fn received(&self) -> Vec<Received> {
        self.desk().received().to_vec()
    }

    /// How many events were taken, each once.
    pub fn events(&self) -> usize {
        self.desk().events()
    }

    /// How often each event was taken that had been taken before, by the id of its request.
    pub fn duplicates(&self) -> BTreeMap<String, u64> {
        self.desk().duplicates()
    }

    /// The orders the merchant has taken, each once.
    pub fn orders(&self) -> Vec<Order> {
        self.desk().orders().to_vec()
    }

    /// Lays something down that has come, and looks at its signature.
    pub(super) fn lay_down(&self, kind: Kind, headers: &HeaderMap, body: Bytes) -> Operation {
        let now = self.inner.switches.clock.now();
        let mut received = Received::now(now, kind, headers, body);
        if let (Kind::Event, Some(secret)) = (kind, &self.inner.secret) {
            let shown = received.headers.get("merchant-signature").map(String::as_str);
            received.proof = Some(prove(secret, shown, now, &received.body));
        }
        Operation { kind, place: self.desk().lay_down(received) }
    }

    pub(super) fn note_answer(&self, operation: Operation, status: StatusCode) {
        self.desk().note_answer(operation.place, status.as_u16());
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.inner.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mock for ReceiverMock {
    type Settings = Settings;
    type Error = StartError;

    fn new(settings: Settings) -> Result<Self, StartError> {
        let inner = Inner {
            secret: settings.secret,
            token: settings.token,
            switches: Switches::new(settings.seed, settings.faults)?,
            tasks: Tasks::default(),
            desk: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for ReceiverMock {
    fn name(&self) -> &'static str {
        "webhook-receiver"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    /// What was taken of all that came.
    fn ledger(&self) -> Value {
        let desk = self.desk();
        let taken = desk.received().iter().filter(|received| received.taken.is_some());
        serde_json::to_value(taken.collect::<Vec<_>>()).unwrap_or_default()
    }

    /// Nothing here is due at a time.
    fn catch_up(&self) {}
}

impl Service for ReceiverMock {
    type Operation = Operation;

    fn token(&self, operation: &Operation) -> Option<&str> {
        match operation.kind {
            // The protocol knows no token here: an event is signed.
            Kind::Event => None,
            Kind::Order => self.inner.token.as_deref(),
        }
    }

    fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    fn refusal(&self, status: StatusCode, message: &str) -> Reply {
        event::refused(status, "refused", message)
    }

    fn perform(&self, operation: &Operation, _: &Call) -> Reply {
        let gone = || self.refusal(StatusCode::INTERNAL_SERVER_ERROR, "it was never laid down");
        self.desk().take(operation.place).unwrap_or_else(gone)
    }
}
