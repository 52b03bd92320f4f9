use std::sync::Arc;

use acp_core::ids::PaymentId;
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, PaymentStatus, ProviderKey, Route};
use acp_core::ports::{Confirmation, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::telemetry::{is_watched, measures};

/// Whoever moves the money, with how long that takes and what it comes to; as it is where nobody
/// wants to know.
pub(super) fn watched_payments(inner: Arc<dyn PaymentProvider>) -> Arc<dyn PaymentProvider> {
    if is_watched() { Arc::new(WatchedPayments { inner }) } else { inner }
}

/// The calls by which money moves, or may.
const MOVING: [&str; 5] = ["create", "confirm", "capture", "cancel", "refund"];

struct WatchedPayments {
    inner: Arc<dyn PaymentProvider>,
}

/// Makes a call, and notes how long it took and what became of it.
async fn watch<T>(
    call: &'static str,
    made: impl Future<Output = Result<T, PaymentFault>>,
    class_of: impl FnOnce(&T) -> &'static str,
) -> Result<T, PaymentFault> {
    let span = tracing::debug_span!(
        "payment",
        call,
        money = MOVING.contains(&call),
        class = tracing::field::Empty,
        error = tracing::field::Empty,
    );
    let began = Instant::now();
    let made = made.instrument(span.clone()).await;
    let class = match &made {
        Ok(made) => class_of(made),
        Err(fault) => fault_name(*fault),
    };
    span.record("class", class);
    if made.is_err() {
        span.record("error", true);
    }
    if let Some(measures) = measures() {
        measures.payment_calls.note([call, class], began.elapsed());
    }
    made
}

const fn standing(payment: &Payment) -> &'static str {
    match &payment.status {
        PaymentStatus::Created => "created",
        PaymentStatus::Pending => "pending",
        PaymentStatus::ActionRequired(_) => "action_required",
        PaymentStatus::Authorized { .. } => "authorized",
        PaymentStatus::Captured { .. } => "captured",
        PaymentStatus::Canceled => "canceled",
        PaymentStatus::Declined(_) => "declined",
    }
}

const fn fault_name(fault: PaymentFault) -> &'static str {
    match fault {
        PaymentFault::NotSent => "not_sent",
        PaymentFault::Throttled => "throttled",
        PaymentFault::InFlight => "in_flight",
        PaymentFault::Ambiguous => "ambiguous",
        PaymentFault::StoredServerError => "stored_server_error",
        PaymentFault::AuthorizationExpired => "authorization_expired",
        PaymentFault::Unpayable => "unpayable",
        PaymentFault::CallerBug => "caller_bug",
        PaymentFault::Config => "config",
    }
}

#[async_trait]
impl PaymentProvider for WatchedPayments {
    fn routes(&self, amount: Money) -> Vec<Option<Route>> {
        self.inner.routes(amount)
    }

    fn refused_by(&self) -> Vec<Box<str>> {
        self.inner.refused_by()
    }

    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Result<Payment, PaymentFault> {
        watch("create", self.inner.create(key, new), standing).await
    }

    async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        watch("confirm", self.inner.confirm(id, confirmation), standing).await
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Result<Payment, PaymentFault> {
        watch("capture", self.inner.capture(id, amount), standing).await
    }

    async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        watch("cancel", self.inner.cancel(id), standing).await
    }

    async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        watch("refund", self.inner.refund(id, key, amount), standing).await
    }

    async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        watch("lookup", self.inner.lookup(id), standing).await
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        watch("made_since", self.inner.made_since(since), |_| "listed").await
    }
}
