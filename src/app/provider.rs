//! Calls to the payment provider, with a time limit, and the sealed request that goes along.

use std::time::Duration;

use acp_core::ids::{PaymentId, SessionId};
use acp_core::limits::{PAYMENT_CALL_TIMEOUT, PROVIDER_TRIES_MAX};
use acp_core::money::Money;
use acp_core::payment::{Payment, PaymentFault, ProviderKey};
use acp_core::ports::{NewPayment, PaymentProvider, Sealer};
use acp_core::refusal::Broken;
use acp_core::run::Run;
use acp_core::session::{Authentication, AuthenticationOutcome, CompleteSession, PaymentToken};
use serde::{Deserialize, Serialize};

use super::App;

/// The payment provider behind a time limit; what was not sent is sent again a few times.
pub(super) struct Provider<'a> {
    port: &'a dyn PaymentProvider,
}

impl App {
    pub(super) fn provider(&self) -> Provider<'_> {
        Provider { port: self.ports.payments.as_ref() }
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
        token: &PaymentToken,
        authentication: Option<&Authentication>,
    ) -> Result<Payment, PaymentFault> {
        call(|| self.port.confirm(id, token, authentication)).await
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

/// What a run needs of the request to go on: sealed in the journal, and erased when the money
/// is held.
#[derive(Serialize, Deserialize)]
struct Journaled {
    token: String,
    #[serde(default)]
    outcome: Option<String>,
    #[serde(default)]
    transaction_id: Option<String>,
}

fn context(session: &SessionId) -> String {
    format!("run request of {session}")
}

/// Seals what a run needs of its request.
pub(super) fn seal_request(
    sealer: &dyn Sealer,
    session: &SessionId,
    command: &CompleteSession,
) -> Vec<u8> {
    let shown = command.authentication.as_ref();
    let journaled = Journaled {
        token: command.token.reveal().to_owned(),
        outcome: shown.map(|shown| shown.outcome.as_str().to_owned()),
        transaction_id: shown.and_then(|shown| shown.transaction_id.as_deref().map(Into::into)),
    };
    // Writing plain text into memory cannot fail.
    let plain = serde_json::to_vec(&journaled).unwrap_or_default();
    sealer.seal(&context(session), &plain)
}

/// Opens what [`seal_request`] sealed.
pub(super) fn open_request(
    sealer: &dyn Sealer,
    run: &Run,
) -> Result<(PaymentToken, Option<Authentication>), Broken> {
    let unreadable = Broken("the sealed request of a run can be opened");
    let plain = sealer.open(&context(&run.session), &run.sealed_request);
    let plain = plain.ok().ok_or_else(|| unreadable.clone())?;
    let journaled: Journaled = serde_json::from_slice(&plain).ok().ok_or(unreadable)?;
    let outcome_named = |name: &str| {
        AuthenticationOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    };
    let authentication = journaled.outcome.as_deref().and_then(outcome_named).map(|outcome| {
        Authentication { outcome, transaction_id: journaled.transaction_id.map(Into::into) }
    });
    Ok((PaymentToken::new(journaled.token), authentication))
}
