//! Stock of all lines of a purchase, promised, sold and given back within the time of a step.

use acp_core::ids::TenantId;
use acp_core::limits::{HOLDS_AT_ONCE_MAX, RUN_STEP_TIMEOUT};
use acp_core::ports::{PortError, Retry, Stock};
use acp_core::run::{Run, Trouble};
use acp_core::stock::{Hold, Reserved};
use acp_core::time::Timestamp;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::time::{Instant, timeout_at};

use crate::app::App;

/// The stock, behind the time limit of a step. Several lines are asked for at once.
pub(super) struct Holding<'a> {
    stock: &'a dyn Stock,
    tenant: &'a TenantId,
    /// When the step has no more time for calls.
    end: Instant,
}

impl App {
    /// The stock, for the calls of one step.
    pub(super) fn holding(&self) -> Holding<'_> {
        Holding {
            stock: self.ports.stock.as_ref(),
            tenant: &self.shop.tenant,
            end: Instant::now() + RUN_STEP_TIMEOUT,
        }
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

    async fn each<T, F>(&self, calls: Vec<F>) -> Result<Vec<T>, PortError>
    where
        F: Future<Output = Result<T, PortError>>,
    {
        let all = stream::iter(calls).buffered(HOLDS_AT_ONCE_MAX).try_collect();
        timeout_at(self.end, all).await.unwrap_or(Err(PortError {
            what: "asking for stock within the time of a step",
            retry: Retry::Safe,
            cause: None,
        }))
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
