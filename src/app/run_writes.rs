//! What a run writes down on its way.

use acp_core::ids::PaymentId;
use acp_core::limits::COMPLETION_REST;
use acp_core::ports::{Answer, AnswerWrite, Change, Committed, KeyState, RunWrite};
use acp_core::refusal::Broken;
use acp_core::run::{Lease, Run, RunStep, UndoReason};

use super::alter_session::Found;
use super::drive::{Progress, on};
use super::{App, Failure};

impl App {
    pub(super) async fn turn_back(
        &self,
        run: Run,
        payment: Option<PaymentId>,
        reason: UndoReason,
    ) -> Result<Progress, Failure> {
        self.advance(run, RunStep::Undoing { payment, reason }).await.map(on)
    }

    /// Writes down what is about to happen.
    pub(super) async fn advance(&self, run: Run, step: RunStep) -> Result<Run, Failure> {
        let next = Run { step, lease: self.lease().await?, ..run };
        let change = Change { run: Some(RunWrite::Advance(next.clone())), ..Change::default() };
        self.commit_ours(&next, change).await?;
        Ok(next)
    }

    /// Lets go of a run for a while.
    pub(super) async fn rest(&self, run: Run) -> Result<Progress, Failure> {
        let (session, _) = self.session_of(&run).await?;
        let answer = self.ports.answers.shown(&run.channel, &session);
        let until = self.ports.checkouts.now().await?.plus(COMPLETION_REST);
        let resting = Run { lease: Lease { until, ..run.lease }, ..run };
        let change = Change { run: Some(RunWrite::Advance(resting.clone())), ..Change::default() };
        self.commit_ours(&resting, change).await?;
        Ok(Progress::Rest(answer))
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
    pub(super) async fn commit_ours(&self, run: &Run, change: Change) -> Result<(), Failure> {
        match self.ports.checkouts.commit(run.session.partition(), change).await? {
            Committed::At(_) => Ok(()),
            Committed::Raced => Err(Failure::KeyBusy),
        }
    }

    pub(super) async fn session_of(&self, run: &Run) -> Result<Found, Failure> {
        let seen =
            self.ports.checkouts.look(run.session.partition(), Some(&run.session), None).await?;
        seen.session.ok_or_else(|| Broken("a run has a session").into())
    }
}
