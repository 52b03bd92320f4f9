//! Calls to the payment provider, with a time limit.

use std::time::Duration;

use acp_core::catalog::Authenticating;
use acp_core::ids::PaymentId;
use acp_core::limits::{PAYMENT_CALL_TIMEOUT, PROVIDER_TRIES_MAX};
use acp_core::money::Money;
use acp_core::payment::{Payment, PaymentFault, ProviderKey};
use acp_core::ports::{AuthenticationDemand, Confirmation, NewPayment, PaymentProvider};

use super::App;

/// The payment provider behind a time limit; what was not sent is sent again a few times.
pub(super) struct Provider<'a> {
    port: &'a dyn PaymentProvider,
}

impl App {
    pub(super) fn provider(&self) -> Provider<'_> {
        Provider { port: self.ports.payments.as_ref() }
    }

    /// Who decides whether a buyer has to authenticate: never the agent.
    pub(super) fn demand(&self) -> AuthenticationDemand {
        match self.shop.authenticating {
            Authenticating::Always => AuthenticationDemand::Always,
            Authenticating::Conditional | Authenticating::Optional => {
                AuthenticationDemand::ByProvider
            }
        }
    }
}

/// How long to wait before the next try.
fn pause(tries: u32) -> Duration {
    Duration::from_millis(50) * 2_u32.saturating_pow(tries)
}

/// Makes a call until it was sent, and no longer than a call may take each time.
async fn call<F>(mut once: impl FnMut() -> F) -> Result<Payment, PaymentFault>
where
    F: Future<Output = Result<Payment, PaymentFault>>,
{
    let mut tries = 0;
    loop {
        let outcome = tokio::time::timeout(PAYMENT_CALL_TIMEOUT, once()).await;
        // A call that took too long was sent: nobody knows what came of it.
        let outcome = outcome.unwrap_or(Err(PaymentFault::Ambiguous));
        match outcome {
            Err(PaymentFault::NotSent | PaymentFault::Throttled) if tries < PROVIDER_TRIES_MAX => {
                tokio::time::sleep(pause(tries)).await;
                tries = tries.saturating_add(1);
            }
            outcome => return outcome,
        }
    }
}

impl Provider<'_> {
    pub(super) async fn create(
        &self,
        key: &ProviderKey,
        new: &NewPayment,
    ) -> Result<Payment, PaymentFault> {
        call(|| self.port.create(key, new)).await
    }

    pub(super) async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        call(|| self.port.confirm(id, confirmation)).await
    }

    pub(super) async fn capture(
        &self,
        id: &PaymentId,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        call(|| self.port.capture(id, amount)).await
    }

    pub(super) async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        call(|| self.port.cancel(id)).await
    }

    pub(super) async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        call(|| self.port.lookup(id)).await
    }
}
