use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::COMPLETION_LEASE;
use acp_core::payment::PaymentState;
use acp_core::ports::{Change, Committed, Revision, RunWrite};
use acp_core::run::{Lease, Run, RunStep, Standing, Trouble};
use async_trait::async_trait;

use super::{Progress, Teller};
use crate::app::sessions::alter::Found;
use crate::app::{App, Failure, Said};
use crate::runs::{self, Work};

/// A completion at work: its journal as it was last written, and the session where it is known,
/// so that it need not be looked at before each write.
#[derive(Debug)]
pub(crate) struct Hand {
    pub(in crate::app) run: Run,
    /// The revision it was found at, until it is ours.
    pub(in crate::app) found_at: Option<Revision>,
    pub(in crate::app) session: Option<Found>,
}

impl App {
    /// Drives a completion on, and tells the caller who waits for it.
    pub(in crate::app) async fn drive(self: Arc<Self>, hand: Hand, tell: Option<Teller>) {
        runs::drive(self.as_ref(), hand, tell).await;
    }

    /// How a run that begins now stands.
    pub(in crate::app) async fn standing(&self) -> Result<Standing, Failure> {
        Ok(Standing::begun(self.ports.entropy.random128(), self.lease().await?))
    }

    /// A lease that begins now.
    pub(in crate::app) async fn lease(&self) -> Result<Lease, Failure> {
        let now = self.ports.checkouts.now().await?;
        Ok(Lease { until: now.plus(COMPLETION_LEASE), epoch: self.ports.checkouts.epoch() })
    }

    /// The same lease while it is fresh, which leaves its timer where it is; then a new one.
    pub(in crate::app) async fn fresh(&self, lease: Lease) -> Result<Lease, Failure> {
        let now = self.ports.checkouts.now().await?;
        if lease.is_fresh(now, self.ports.checkouts.epoch()) {
            Ok(lease)
        } else {
            self.lease().await
        }
    }
}

#[async_trait]
impl Work for App {
    const KIND: &'static str = "completion";

    type Id = SessionId;
    type Hand = Hand;
    type Word = Said;
    type Failure = Failure;

    fn id(&self, hand: &Hand) -> SessionId {
        hand.run.session.clone()
    }

    fn standing(&self, hand: &Hand) -> Standing {
        hand.run.standing
    }

    fn step_name(&self, hand: &Hand) -> &'static str {
        hand.run.step.name()
    }

    fn hint(&self, hand: &Hand) -> String {
        format!("look at it with: acp-gateway runs show {}", hand.run.session)
    }

    async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
        Ok(standing.taken_by(self.ports.entropy.random128(), self.lease().await?))
    }

    async fn is_held(&self, standing: &Standing) -> Result<bool, Failure> {
        let now = self.ports.checkouts.now().await?;
        Ok(standing.lease.holds(now, self.ports.checkouts.epoch()))
    }

    async fn load(&self, id: &SessionId) -> Result<Option<Hand>, Failure> {
        let run = self.ports.checkouts.run(id).await?;
        Ok(run.map(|(run, at)| Hand { run, found_at: Some(at), session: None }))
    }

    async fn take(&self, hand: Hand, standing: Standing) -> Result<Option<Hand>, Failure> {
        let Some(at) = hand.found_at else {
            return Ok(None);
        };
        let run = Run { standing, ..hand.run };
        let take_over = RunWrite::TakeOver { at, run: Box::new(run.clone()) };
        let change = Change { run: Some(take_over), ..Change::default() };
        Ok(match self.ports.checkouts.commit(run.session.partition(), change).await? {
            Committed::At(_) => Some(Hand { run, found_at: None, ..hand }),
            Committed::Raced => None,
        })
    }

    async fn step(&self, hand: &mut Hand) -> Result<Progress, Failure> {
        match hand.run.step.clone() {
            RunStep::Reserving => self.reserve(hand).await,
            RunStep::Authorizing { payment } => self.authorize(hand, payment).await,
            RunStep::Capturing { payment, order } => self.capture(hand, payment, order).await,
            RunStep::Delivering { payment, order } => self.deliver(hand, payment, order).await,
            RunStep::AwaitingCapture { payment, order } => {
                self.await_capture(hand, payment, order).await
            }
            RunStep::FailingForward { payment, order, reason } => {
                self.fail_forward(hand, payment, order, reason).await
            }
            RunStep::Undoing { payment, reason } => self.undo(hand, payment, reason).await,
        }
    }

    async fn rest(&self, hand: &mut Hand, trouble: Trouble) -> Result<Said, Failure> {
        let (session, _) = self.session_of(hand).await?;
        let answer = self.ports.answers.shown(&hand.run.channel, &session);
        let now = self.ports.checkouts.now().await?;
        let was = hand.run.standing.trouble;
        let is_news = hand.run.standing.tries == 0 && was != Some(trouble);
        let resting = Run { standing: hand.run.standing.resting(now, trouble), ..hand.run.clone() };
        let is_unknown = trouble == Trouble::Unclear && is_news;
        let change = Change {
            payment: is_unknown.then(|| self.payment_note(&hand.run, PaymentState::Unknown)),
            run: Some(RunWrite::Advance(resting.clone())),
            ..Change::default()
        };
        self.commit_ours(hand, change).await?;
        hand.run = resting;
        // A caller who joins a run that was begun before has had its interim answer.
        if hand.run.standing.fence.number > 1 {
            return Err(Failure::KeyBusy);
        }
        Ok(Said::anew(answer))
    }

    fn trouble(&self, failure: &Failure) -> Option<Trouble> {
        match failure {
            Failure::Broken(_) => Some(Trouble::Broken),
            // The store failed, or somebody else goes on: whoever takes over reads what is true.
            Failure::Unavailable(_)
            | Failure::KeyBusy
            | Failure::Refused(_)
            | Failure::KeyReused(_)
            | Failure::Contended
            | Failure::Crowded
            | Failure::TooOften
            | Failure::Provider(_)
            | Failure::Recovering
            | Failure::Unpayable(_)
            | Failure::Undone => None,
        }
    }
}
