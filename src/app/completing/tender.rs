//! What a payment is made with: what was offered, or the card behind a token of ours, which is spent
//! before there is a payment.

use acp_core::ports::{Change, RunWrite};
use acp_core::run::Run;
use acp_core::session::InstrumentMark;

use super::Hand;
use super::sealed_request::{Offered, open_request};
use crate::app::vault::Tendered;
use crate::app::{App, Failure};

/// What a payment is made with.
pub(super) struct Tender {
    /// What was offered, with what the provider takes for it.
    pub(super) offered: Offered,
    /// Whether that is a card that was handed over to us.
    pub(super) is_vaulted: bool,
    /// How the session remembers what was offered.
    pub(super) mark: Option<InstrumentMark>,
}

impl App {
    /// What this run pays with; nothing where it was offered a token of ours that does not pay for
    /// it. Nothing is charged by asking, and asking again finds what the run has spent before.
    pub(super) async fn tendered(
        &self,
        hand: &mut Hand,
        mut offered: Offered,
    ) -> Result<Option<Tender>, Failure> {
        let mark = self.mark_of(&hand.run, &offered);
        match self.spend(&hand.run, &offered.confirmation.token).await? {
            Tendered::AsOffered => Ok(Some(Tender { offered, is_vaulted: false, mark })),
            Tendered::Vaulted(credential) => {
                offered.confirmation.token = credential;
                self.stay_at_the_usual_account(hand).await?;
                Ok(Some(Tender { offered, is_vaulted: true, mark }))
            }
            Tendered::Not(why) => {
                let session = &hand.run.session;
                tracing::info!(session.id = %session, "{why}: session {session} is not paid for");
                Ok(None)
            }
        }
    }

    /// Cards are handed to the account that needs no name, and can be charged there alone. Where a
    /// payment is made is written down before it is.
    async fn stay_at_the_usual_account(&self, hand: &mut Hand) -> Result<(), Failure> {
        if hand.run.route.is_none() || hand.run.step.payment().is_some() {
            return Ok(());
        }
        let step = hand.run.step.clone();
        let next = Run { route: None, ..self.at_step(&hand.run, step).await? };
        let change = Change { run: Some(RunWrite::Advance(next.clone())), ..Change::default() };
        self.commit_ours(hand, change).await?;
        hand.run = next;
        Ok(())
    }

    /// Gives back what a run has spent, or was about to, and not used: the same token pays when the
    /// buyer has authenticated, or the basket has something in it that there is. One that was
    /// declined has had its one use.
    pub(super) async fn hand_tender_back(&self, run: &Run) -> Result<(), Failure> {
        // Nobody else can read what this run could not.
        let Ok(offered) = open_request(self.ports.sealer.as_ref(), run) else { return Ok(()) };
        let token = &offered.confirmation.token;
        self.hand_token_back((&run.session, run.attempt), token).await
    }
}
