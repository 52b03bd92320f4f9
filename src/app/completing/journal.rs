//! What a run writes down on its way.

use acp_core::order::Recorded;
use acp_core::payment::{PaymentNote, PaymentState};
use acp_core::ports::{
    Answer, AnswerWrite, Change, Committed, KeyState, PaymentWrite, Revision, RunWrite,
};
use acp_core::refusal::Broken;
use acp_core::run::{Run, RunStep, UndoReason};

use super::{Hand, Progress};
use crate::app::sessions::alter::Found;
use crate::app::{App, Failure};

impl App {
    /// No order will come of it: from now on everything is given back.
    pub(super) async fn turn_back(
        &self,
        hand: &mut Hand,
        reason: UndoReason,
    ) -> Result<Progress, Failure> {
        let payment = hand.run.step.payment().cloned();
        self.advance(hand, RunStep::Undoing { payment, reason }).await
    }

    /// Writes down what is about to happen.
    pub(in crate::app) async fn advance(
        &self,
        hand: &mut Hand,
        step: RunStep,
    ) -> Result<Progress, Failure> {
        self.advance_with(hand, step, Change::default()).await
    }

    /// Writes down what has happened together with what is about to.
    pub(super) async fn advance_with(
        &self,
        hand: &mut Hand,
        step: RunStep,
        change: Change,
    ) -> Result<Progress, Failure> {
        let next = self.at_step(&hand.run, step).await?;
        let change = Change { run: Some(RunWrite::Advance(next.clone())), ..change };
        self.commit_ours(hand, change).await?;
        hand.run = next;
        Ok(Progress::On)
    }

    /// The run at its next step, with a lease that is fresh.
    pub(super) async fn at_step(&self, run: &Run, step: RunStep) -> Result<Run, Failure> {
        let standing = run.standing.at_work(self.fresh(run.standing.lease).await?);
        Ok(Run { step, standing, ..run.clone() })
    }

    /// A line for the payment book.
    pub(super) fn payment_note(&self, run: &Run, state: PaymentState) -> PaymentWrite {
        let event = PaymentNote {
            attempt: run.attempt,
            key: run.provider_key.clone(),
            payment: run.step.payment().cloned(),
            amount: run.amount,
            state,
        };
        let at = self.ports.clock.now();
        PaymentWrite { session: run.session.clone(), note: Recorded { at, event } }
    }

    pub(super) fn final_answer(&self, run: &Run, answer: Option<&Answer>) -> Option<AnswerWrite> {
        run.answer_key.clone().map(|key| AnswerWrite {
            key,
            state: answer
                .map(|answer| KeyState::Answered { digests: run.digests, answer: answer.clone() }),
            kept_for: self.keeping.answers,
            is_first: false,
        })
    }

    /// Commits as the owner of a run. Losing means that somebody took it over: we stop.
    pub(super) async fn commit_ours(
        &self,
        hand: &Hand,
        change: Change,
    ) -> Result<Revision, Failure> {
        match self.ports.checkouts.commit(hand.run.session.partition(), change).await? {
            Committed::At(revision) => Ok(revision),
            Committed::Raced => Err(Failure::KeyBusy),
        }
    }

    /// The session of a run. Nobody but the run writes it, so that it is looked at once.
    pub(super) async fn session_of(&self, hand: &mut Hand) -> Result<Found, Failure> {
        if let Some(found) = &hand.session {
            return Ok(found.clone());
        }
        let id = &hand.run.session;
        let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let found = seen.session.ok_or(Broken("a run has a session"))?;
        hand.session = Some(found.clone());
        Ok(found)
    }
}
