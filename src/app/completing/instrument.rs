//! Instruments that were declined for good: nobody is asked about them again for the same session.

use acp_core::payment::Decline;
use acp_core::ports::Means;
use acp_core::run::{Run, UndoReason};
use acp_core::session::InstrumentMark;

use super::sealed_request::Offered;
use super::{Hand, Progress};
use crate::app::{App, Failure};

impl App {
    /// Whether what is offered was declined for good before.
    pub(super) async fn was_refused(
        &self,
        hand: &mut Hand,
        offered: &Offered,
    ) -> Result<bool, Failure> {
        let Some(mark) = self.mark_of(&hand.run, offered) else { return Ok(false) };
        Ok(self.session_of(hand).await?.0.refuses(mark))
    }

    /// Turns back because of a decline. One that is for good is remembered with the session, and
    /// until then with the run: whoever takes it over has to know.
    pub(super) async fn turn_declined_back(
        &self,
        hand: &mut Hand,
        decline: Decline,
        mark: Option<InstrumentMark>,
    ) -> Result<Progress, Failure> {
        hand.run.refused = match decline {
            Decline::Hard => mark,
            Decline::Soft => None,
        };
        self.turn_back(hand, UndoReason::Declined).await
    }

    /// How a session remembers what is offered; nothing where a business promises to pay.
    pub(super) fn mark_of(&self, run: &Run, offered: &Offered) -> Option<InstrumentMark> {
        let token = offered.confirmation.token.reveal().as_bytes();
        let context = format!("instrument of {}", run.session);
        let mark = || InstrumentMark(self.ports.sealer.mark(&context, token));
        (offered.means == Means::Instrument).then(mark)
    }
}
