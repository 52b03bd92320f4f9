use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::{NEWS_LOOK_PERIOD, NEWS_LOOKS_MAX};
use acp_core::payment::PaymentStatus;
use acp_core::run::RunStep;
use tokio::time::sleep;

use crate::app::completing::Hand;
use crate::app::{App, Failure, Judged, Word};
use crate::runs::Work as _;

/// What a message about a payment has to do with the run it is for.
enum Bearing {
    /// Somebody is at work on it, and it will wait without another look at the payment.
    Later,
    /// It goes on by this.
    Now(Word),
    /// Nothing waits for it.
    Never,
}

impl App {
    /// Somebody says that something happened to the payment of a session: whoever waits for it
    /// looks at it now. What happened the provider says when it is asked.
    ///
    /// # Errors
    /// The store cannot be asked or written, or somebody is at work on the session for so long
    /// that it has to be said again.
    pub async fn hear_of_payment(self: &Arc<Self>, session: &SessionId) -> Result<(), Failure> {
        for _ in 0..NEWS_LOOKS_MAX {
            let Some(hand) = self.load(session).await? else {
                return Ok(());
            };
            let said = match self.bearing(&hand).await? {
                Bearing::Never => return Ok(()),
                Bearing::Now(word) => self.judge_run(session, word).await?,
                Bearing::Later => Judged::AtWork,
            };
            if said != Judged::AtWork {
                return Ok(());
            }
            sleep(NEWS_LOOK_PERIOD).await;
        }
        Err(Failure::Contended)
    }

    async fn bearing(&self, hand: &Hand) -> Result<Bearing, Failure> {
        Ok(match &hand.run.step {
            RunStep::AwaitingCapture { payment, .. } => {
                let payment = self.provider().lookup(payment).await.map_err(Failure::Provider)?;
                match payment.status {
                    // Somebody else took it, or let go of it: the order goes on or ends by that.
                    PaymentStatus::Captured { .. } => Bearing::Now(Word::Capture),
                    PaymentStatus::Canceled => Bearing::Now(Word::Compensate),
                    _ => Bearing::Never,
                }
            }
            _ if hand.run.standing.trouble.is_some() => Bearing::Now(Word::Retry),
            _ if hand.run.is_captured_later => Bearing::Later,
            // Whoever is at work on it asks the provider before it ends.
            _ => Bearing::Never,
        })
    }
}
