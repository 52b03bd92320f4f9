//! Calls to the payment provider, with time limits: one for each call, and one for all calls of a
//! step, so that a worker never outlives its lease while it waits.

use std::time::Duration;

use acp_core::catalog::Authenticating;
use acp_core::ids::PaymentId;
use acp_core::limits::{
    PAYMENT_CALL_TIMEOUT, PAYMENTS_LISTED_WITHIN, PROVIDER_TRIES_MAX, RUN_STEP_TIMEOUT,
};
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, ProviderKey};
use acp_core::ports::{
    AuthenticationDemand, Confirmation, Entropy, NewPayment, PaymentProvider, any_up_to,
};
use acp_core::time::Timestamp;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::app::App;

/// The payment provider behind time limits; what was not sent is sent again a few times.
pub(in crate::app) struct Provider<'a> {
    port: &'a dyn PaymentProvider,
    entropy: &'a dyn Entropy,
    /// When the step has no more time for calls.
    end: Instant,
}

impl App {
    /// The provider, for calls that make a step of their own.
    pub(in crate::app) fn provider(&self) -> Provider<'_> {
        self.provider_until(step_end())
    }

    /// The provider, for the calls of a step that has time until then.
    pub(in crate::app) fn provider_until(&self, end: Instant) -> Provider<'_> {
        Provider { port: self.ports.payments.as_ref(), entropy: self.ports.entropy.as_ref(), end }
    }

    /// Who decides whether a buyer has to authenticate: never the agent.
    pub(in crate::app) fn demand(&self) -> AuthenticationDemand {
        match self.shop.authenticating {
            Authenticating::Always => AuthenticationDemand::Always,
            Authenticating::Conditional | Authenticating::Optional => {
                AuthenticationDemand::ByProvider
            }
        }
    }
}

/// When a step that begins now has no more time for calls.
pub(in crate::app) fn step_end() -> Instant {
    Instant::now() + RUN_STEP_TIMEOUT
}

/// The longest pause before the next try.
fn longest_pause(tries: u32) -> Duration {
    Duration::from_millis(100) * 2_u32.saturating_pow(tries)
}

impl Provider<'_> {
    /// Makes a call until it was sent, and no longer than a call may take each time.
    async fn call<T, F>(&self, mut once: impl FnMut() -> F) -> Result<T, PaymentFault>
    where
        F: Future<Output = Result<T, PaymentFault>>,
    {
        let mut tries = 0;
        loop {
            let now = Instant::now();
            if now >= self.end {
                return Err(PaymentFault::NotSent);
            }
            let outcome = timeout_at(self.end.min(now + PAYMENT_CALL_TIMEOUT), once()).await;
            // A call that took too long was sent: nobody knows what came of it.
            let outcome = outcome.unwrap_or(Err(PaymentFault::Ambiguous));
            match outcome {
                Err(PaymentFault::NotSent | PaymentFault::Throttled)
                    if tries < PROVIDER_TRIES_MAX =>
                {
                    sleep(any_up_to(longest_pause(tries), self.entropy)).await;
                    tries = tries.saturating_add(1);
                }
                outcome => return outcome,
            }
        }
    }

    pub(in crate::app) async fn create(
        &self,
        key: &ProviderKey,
        new: &NewPayment,
    ) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.create(key, new)).await
    }

    pub(in crate::app) async fn confirm(
        &self,
        id: &PaymentId,
        confirmation: &Confirmation,
    ) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.confirm(id, confirmation)).await
    }

    pub(in crate::app) async fn capture(
        &self,
        id: &PaymentId,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.capture(id, amount)).await
    }

    pub(in crate::app) async fn cancel(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.cancel(id)).await
    }

    pub(in crate::app) async fn lookup(&self, id: &PaymentId) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.lookup(id)).await
    }

    pub(in crate::app) async fn refund(
        &self,
        id: &PaymentId,
        key: &ProviderKey,
        amount: Money,
    ) -> Result<Payment, PaymentFault> {
        self.call(|| self.port.refund(id, key, amount)).await
    }

    pub(in crate::app) async fn made_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<ListedPayment>, PaymentFault> {
        // A list of many pages takes longer than a step, and nothing is changed by it.
        let listed = timeout(PAYMENTS_LISTED_WITHIN, self.port.made_since(since)).await;
        listed.unwrap_or(Err(PaymentFault::NotSent))
    }
}
