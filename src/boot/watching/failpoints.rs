//! Places where a test build dies on demand, for real: before or after a call that matters.
//!
//! `ACP_FAILPOINT=run:after:3` ends the process, as `kill -9` does, right after the third commit
//! that carries the journal of a run. The calls are `run`, `stock`, `plan` and `spend`, which is
//! what is taken from a mandate (commits of the store), and `create`, `confirm`, `capture`,
//! `cancel`, `refund` and `lookup` (calls to the payment provider).

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use acp_core::ids::{Partition, PaymentId};
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, ProviderKey, Route};
use acp_core::ports::{Confirmation, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};

/// Where the process dies.
#[derive(Debug)]
pub(super) struct Failpoint {
    call: String,
    is_after: bool,
    number: u64,
    crossed: AtomicU64,
}

impl Failpoint {
    /// The one the environment asks for, if it does.
    pub(super) fn of_environment() -> Option<Arc<Self>> {
        #[expect(clippy::disallowed_methods, reason = "a test build is told where to die")]
        let text = std::env::var("ACP_FAILPOINT").ok()?;
        let mut parts = text.split(':');
        let (call, moment, number) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Arc::new(Self {
            call: call.to_owned(),
            is_after: moment == "after",
            number: number.parse().ok()?,
            crossed: AtomicU64::new(0),
        }))
    }

    /// Makes a call, unless this is where the process dies.
    async fn cross<T>(&self, call: &str, made: impl Future<Output = T>) -> T {
        let is_here = call == self.call
            && self.crossed.fetch_add(1, Ordering::SeqCst).saturating_add(1) == self.number;
        if is_here && !self.is_after {
            die();
        }
        let outcome = made.await;
        if is_here && self.is_after {
            die();
        }
        outcome
    }
}

/// Nothing is flushed, dropped or said.
fn die() {
    let own = std::process::id().to_string();
    if let Err(error) = Command::new("kill").args(["-9", &own]).status() {
        tracing::error!(error = &error as &dyn std::error::Error, "a failpoint cannot kill");
        std::process::abort();
    }
}

/// What a commit is about, as far as failpoints tell them apart.
fn kind_of(commit: &Commit) -> &'static str {
    let keys = commit.puts.iter().map(|put| &put.key).chain(&commit.deletes);
    let mut kind = "other";
    for key in keys {
        if key.ends_with("/r") {
            return "run";
        }
        if key.starts_with("l/") {
            kind = "stock";
        } else if key.ends_with("/p") {
            kind = "plan";
        } else if key.ends_with("/l") {
            kind = "spend";
        }
    }
    kind
}

/// The store, dying at a failpoint if there is one.
pub(super) fn in_store(inner: Arc<dyn Store>, at: Option<&Arc<Failpoint>>) -> Arc<dyn Store> {
    let Some(failpoint) = at.cloned() else { return inner };
    Arc::new(FailingStore { inner, failpoint })
}

/// The payment provider, called by a process that dies at a failpoint if there is one.
pub(super) fn in_payments(
    inner: Arc<dyn PaymentProvider>,
    at: Option<&Arc<Failpoint>>,
) -> Arc<dyn PaymentProvider> {
    let Some(failpoint) = at.cloned() else { return inner };
    Arc::new(FailingPayments { inner, failpoint })
}

struct FailingStore {
    inner: Arc<dyn Store>,
    failpoint: Arc<Failpoint>,
}

#[async_trait]
impl Store for FailingStore {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        self.inner.read(partition, keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        let kind = kind_of(&commit);
        self.failpoint.cross(kind, self.inner.commit(commit)).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        self.inner.make_sure(partition, key, version).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        self.inner.log(partition, log, after, limit).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        self.inner.scan(partition, prefix, after, limit).await
    }

    async fn names(&self, partition: Partition, prefix: &str) -> Result<Vec<Key>, StoreError> {
        self.inner.names(partition, prefix).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.inner.due_timers(queue, limit).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.inner.coming_timers(queue, limit).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        self.inner.latest_timers(queue, before, limit).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.inner.now().await
    }

    fn boot_epoch(&self) -> u64 {
        self.inner.boot_epoch()
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        self.inner.sweep(limit).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }

    fn incident(&self) -> Option<Incident> {
        self.inner.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.inner.settle().await
    }
}

struct FailingPayments {
    inner: Arc<dyn PaymentProvider>,
    failpoint: Arc<Failpoint>,
}

#[async_trait]
impl PaymentProvider for FailingPayments {
    fn routes(&self, amount: Money) -> Vec<Option<Route>> {
        self.inner.routes(amount)
    }

    fn refused_by(&self) -> Vec<Box<str>> {
        self.inner.refused_by()
    }

    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("create", self.inner.create(key, new)).await
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("confirm", self.inner.confirm(id, confirmation)).await
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("capture", self.inner.capture(id, amount)).await
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("cancel", self.inner.cancel(id)).await
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("refund", self.inner.refund(id, key, amount)).await
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.failpoint.cross("lookup", self.inner.lookup(id)).await
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        self.inner.made_since(since).await
    }
}
