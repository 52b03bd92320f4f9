use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::money::Money;
use acp_core::order::{CancelReason, Order, Recorded};
use acp_core::payment::PaymentNote;
use acp_core::run::{Run, RunStep, UndoReason};

use crate::app::completing::Hand;
use crate::app::{App, Failure};
use crate::runs::Work as _;

/// What came of an operator's word to a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// The session has no unfinished run.
    NoRun,
    /// Somebody is at work on it, or just was; it has to be asked again in a while.
    AtWork,
    /// It waits for no capture.
    NotWaiting,
    /// It is under way as was said.
    Taken(Box<Run>),
}

/// What an operator wants of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// To try its step again now.
    Retry,
    /// To give everything back.
    Compensate,
    /// To take the money that is held.
    Capture,
}

impl App {
    /// Every unfinished run, the one that is looked at next in front.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn unfinished_runs(&self) -> Result<Vec<Run>, Failure> {
        let mut runs = Vec::new();
        for session in self.ports.checkouts.unfinished().await? {
            let found = self.ports.checkouts.run(&session).await?;
            runs.extend(found.map(|(run, _)| run));
        }
        Ok(runs)
    }

    /// The unfinished run of a session, if there is one, and its payment book.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn run_of(
        &self,
        session: &SessionId,
    ) -> Result<(Option<Run>, Vec<Recorded<PaymentNote>>), Failure> {
        let run = self.ports.checkouts.run(session).await?.map(|(run, _)| run);
        Ok((run, self.ports.checkouts.payments(session).await?))
    }

    /// Does what an operator says about a run that needs a person, or waits for one.
    ///
    /// # Errors
    /// The store cannot be asked or written.
    pub async fn judge_run(
        self: &Arc<Self>,
        session: &SessionId,
        word: Word,
    ) -> Result<Judged, Failure> {
        let Some(hand) = self.load(session).await? else {
            return Ok(Judged::NoRun);
        };
        let is_waiting = matches!(hand.run.step, RunStep::AwaitingCapture { .. });
        if word == Word::Capture && !is_waiting {
            return Ok(Judged::NotWaiting);
        }
        let is_idle = is_waiting || hand.run.standing.trouble.is_some();
        if !is_idle && self.is_held(&hand.run.standing).await? {
            return Ok(Judged::AtWork);
        }
        let standing = self.taken(hand.run.standing).await?;
        let Some(mut hand) = self.take(hand, standing).await? else {
            return Ok(Judged::AtWork);
        };
        if word == Word::Capture
            && let Some(due) = self.due(&hand).await?
        {
            hand.run.amount = due;
        }
        if let Some(step) = said(&hand, word) {
            self.advance(&mut hand, step).await?;
        }
        let run = Box::new(hand.run.clone());
        let app = Arc::clone(self);
        self.tasks.spawn(async move { app.drive(hand, None).await });
        Ok(Judged::Taken(run))
    }
}

impl App {
    /// What is to be taken for the order of a run: less than is held where some of it was called
    /// off.
    async fn due(&self, hand: &Hand) -> Result<Option<Money>, Failure> {
        let Some(order) = hand.run.step.order() else {
            return Ok(None);
        };
        let order = Order::replay(order.clone(), self.ports.checkouts.order(order).await?);
        Ok(order.map(|order| order.due()).filter(|due| !due.is_zero()))
    }
}

/// Where a run goes on by an operator's word; nothing where it only tries again.
fn said(hand: &Hand, word: Word) -> Option<RunStep> {
    let step = &hand.run.step;
    let payment = step.payment().cloned();
    match (word, step.order().cloned().zip(payment.clone())) {
        (Word::Retry, _) | (Word::Capture, None) => None,
        (Word::Capture, Some((order, payment))) => Some(RunStep::Capturing { payment, order }),
        (Word::Compensate, Some((order, payment))) => {
            let reason = CancelReason::PaymentFailed;
            Some(RunStep::FailingForward { payment, order, reason })
        }
        (Word::Compensate, None) => match step {
            RunStep::Undoing { .. } => None,
            _ => Some(RunStep::Undoing { payment, reason: UndoReason::Failed }),
        },
    }
}
