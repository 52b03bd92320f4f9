//! Stock of all lines of a purchase, promised, sold and given back within the time of a step.

use std::sync::atomic::{AtomicBool, Ordering};

use acp_core::ids::TenantId;
use acp_core::limits::HOLDS_AT_ONCE_MAX;
use acp_core::ports::{PortError, Retry, Stock};
use acp_core::run::{Run, Trouble};
use acp_core::stock::{Hold, Reserved};
use acp_core::time::Timestamp;
use futures_util::stream::{self, StreamExt as _};
use tokio::time::Instant;

use crate::app::App;

/// The stock, behind the time limit of a step. Several lines are asked for at once.
pub(super) struct Holding<'a> {
    stock: &'a dyn Stock,
    tenant: &'a TenantId,
    /// When the step has no more time for calls.
    end: Instant,
}

impl App {
    /// The stock of whoever sells, for the calls of a step that has time until then.
    pub(super) fn holding<'a>(&'a self, run: &'a Run, end: Instant) -> Holding<'a> {
        let tenant = run.tenant.as_ref().unwrap_or(&self.shop.tenant);
        Holding { stock: self.ports.stock.as_ref(), tenant, end }
    }
}

impl Holding<'_> {
    /// Promises all of it; says what came of each.
    pub(super) async fn reserve(
        &self,
        holds: &[Hold],
        until: Timestamp,
    ) -> Result<Vec<Reserved>, PortError> {
        let call = |hold| self.stock.reserve(self.tenant, hold, until);
        self.each(holds.iter().map(call).collect()).await
    }

    /// Makes sales of the promises; says of each whether it is one now.
    pub(super) async fn confirm(&self, holds: &[Hold]) -> Result<Vec<bool>, PortError> {
        let call = |hold| self.stock.confirm(self.tenant, hold);
        self.each(holds.iter().map(call).collect()).await
    }

    /// Gives the promises back.
    pub(super) async fn release(&self, holds: &[Hold]) -> Result<(), PortError> {
        let call = |hold| self.stock.release(self.tenant, hold);
        self.each(holds.iter().rev().map(call).collect()).await.map(drop)
    }

    /// Takes the sales back.
    pub(super) async fn restock(&self, holds: &[Hold]) -> Result<(), PortError> {
        let call = |hold| self.stock.restock(self.tenant, hold);
        self.each(holds.iter().rev().map(call).collect()).await.map(drop)
    }

    /// Makes all calls. After a failure, or when time is up, none is begun any more; but those
    /// that were are waited for. Where every call counts, hanging up would leave units in doubt.
    async fn each<T, F>(&self, calls: Vec<F>) -> Result<Vec<T>, PortError>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        let has_failed = AtomicBool::new(false);
        let begun = |call: F| async {
            if has_failed.load(Ordering::Relaxed) || Instant::now() >= self.end {
                return Err(out_of_time());
            }
            let came = call.await;
            has_failed.fetch_or(came.is_err(), Ordering::Relaxed);
            came
        };
        let came: Vec<_> =
            stream::iter(calls).map(begun).buffered(HOLDS_AT_ONCE_MAX).collect().await;
        came.into_iter().collect()
    }
}

fn out_of_time() -> PortError {
    PortError {
        what: "asking for stock within the time of a step",
        retry: Retry::Safe,
        cause: None,
    }
}

/// What it means for a run that the stock could not be asked. Every call can be repeated, so that
/// nothing is unclear.
pub(super) fn stock_trouble(run: &Run, error: &PortError) -> Trouble {
    let (session, step) = (&run.session, run.step.name());
    let error_said = error as &dyn std::error::Error;
    match error.retry {
        Retry::Safe | Retry::After(_) | Retry::AskFirst => {
            tracing::warn!(
                session.id = %session,
                run.step = step,
                error = error_said,
                "the stock cannot be asked: session {session} at step {step}"
            );
            Trouble::Unreachable
        }
        Retry::Never => {
            tracing::error!(
                session.id = %session,
                run.step = step,
                error = error_said,
                "the stock does not accept our calls: session {session} at step {step}"
            );
            Trouble::NotAccepted
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use acp_core::ids::{ItemId, Partition, Random128, SessionId};
    use acp_core::limits::RUN_STEP_TIMEOUT;
    use acp_core::ports::{Keeper, Overdue};
    use acp_core::stock::{Availability, ReservationId};
    use async_trait::async_trait;
    use tokio::time::sleep;

    use super::*;

    /// Fails for one item at once, and takes its time for all others.
    #[derive(Default)]
    struct Slow {
        begun: AtomicU32,
        done: AtomicU32,
    }

    fn failed() -> PortError {
        PortError { what: "a test", retry: Retry::Never, cause: None }
    }

    #[async_trait]
    impl Keeper for Slow {
        async fn available(
            &self,
            _: &TenantId,
            _: &[&ItemId],
        ) -> Result<Vec<Availability>, PortError> {
            Err(failed())
        }

        async fn reserve(
            &self,
            _: &TenantId,
            hold: &Hold,
            _: Timestamp,
        ) -> Result<Reserved, PortError> {
            if hold.item.as_str() == "gone" {
                return Err(failed());
            }
            self.begun.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_secs(1)).await;
            self.done.fetch_add(1, Ordering::Relaxed);
            Ok(Reserved::Held)
        }

        async fn release(&self, _: &TenantId, _: &Hold) -> Result<(), PortError> {
            Err(failed())
        }

        async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
            self.release(tenant, hold).await
        }

        async fn confirm(&self, _: &TenantId, _: &Hold) -> Result<bool, PortError> {
            Err(failed())
        }

        async fn restock(&self, _: &TenantId, _: &Hold) -> Result<(), PortError> {
            Err(failed())
        }

        async fn renew(&self, _: &TenantId, _: &Hold, _: Timestamp) -> Result<(), PortError> {
            Err(failed())
        }
    }

    #[async_trait]
    impl Stock for Slow {
        async fn overdue(&self) -> Result<Vec<Overdue>, PortError> {
            Err(failed())
        }
    }

    fn hold(item: &str) -> Hold {
        let session = SessionId::new(Partition::of_hash([0; 8]), Random128([1; 16]));
        let reservation = ReservationId::of(&session, 1, item);
        Hold { item: ItemId::new(item), reservation, units: 1 }
    }

    async fn reserve(stock: &Slow, items: &[&str], time: Duration) -> Result<usize, PortError> {
        let holds: Vec<_> = items.iter().map(|item| hold(item)).collect();
        let (tenant, end) = (TenantId::new("t"), Instant::now() + time);
        let holding = Holding { stock, tenant: &tenant, end };
        holding.reserve(&holds, Timestamp::EPOCH).await.map(|held| held.len())
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_hangs_up_on_calls_under_way_because_another_failed() {
        let stock = Slow::default();
        let mut items = vec!["gone"];
        items.extend(["here"; 30]);
        let told = reserve(&stock, &items, RUN_STEP_TIMEOUT).await;
        assert_eq!(told.unwrap_err().retry, Retry::Never, "the failure itself is told");
        let (begun, done) = (stock.begun.into_inner(), stock.done.into_inner());
        assert_eq!(begun, done, "what was begun was heard out");
        assert!(begun < 30, "and nothing was begun afterwards");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_begun_when_time_is_up() {
        let stock = Slow::default();
        let told = reserve(&stock, &["here"; 100], Duration::from_millis(1_500)).await;
        assert_eq!(told.unwrap_err().retry, Retry::Safe);
        assert_eq!(stock.begun.into_inner(), stock.done.into_inner());

        let stock = Slow::default();
        let told = reserve(&stock, &["here"; 20], RUN_STEP_TIMEOUT).await;
        assert_eq!(told.unwrap(), 20);
    }
}
