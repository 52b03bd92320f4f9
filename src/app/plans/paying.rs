//! The steps that move money: the mandate gives leave, the checkout is completed by a run of its
//! own, and the order has to stay.

use std::time::Duration;

use acp_core::limits::RUN_STEP_TIMEOUT;
use acp_core::mandate::{Demand, Denied, PurseError, SpendPermit, Unknown};
use acp_core::order::{Order, OrderStage};
use acp_core::plan::{At, PlanRefusal, StepKind, StepStatus, StopReason};
use acp_core::refusal::Broken;
use acp_core::run::{RunStep, Trouble};
use acp_core::session::{CompleteSession, NoticeCode, Readiness, Session, Stage};
use tokio::time::{Instant, sleep};

use super::PlanRuns;
use super::begin::sealed_for;
use super::compile::purchase;
use super::read::longer;
use super::stepping::{why_not, why_not_ready};
use super::work::{PlanHand, Progress};
use crate::app::sessions::complete::Leave;
use crate::app::{App, Failure};
use crate::seeded::{Bug, has};

/// How long what was reserved can be spent: far longer than a payment takes to be held.
const PERMIT_LIFE: Duration = Duration::from_mins(15);
/// How soon it is looked again whether a completion is over, at first.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// What the steps of a completion are called in a plan, in their order.
const COMPLETION: [StepKind; 5] = [
    StepKind::InventoryReserve,
    StepKind::PaymentAuthorize,
    StepKind::OrderCreate,
    StepKind::PaymentCapture,
    StepKind::InventoryCommit,
];

impl PlanRuns {
    pub(super) async fn pay(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        let (session, at) = match self.found_session(hand).await {
            Err(Failure::Refused(_)) => return self.turn_back(hand, StopReason::Changed).await,
            found => found?,
        };
        match &session.stage {
            Stage::Open(Readiness::Ready { .. }) => {}
            Stage::Completing(_) | Stage::Completed(_) => return self.look_again(hand).await,
            _ => return self.not_paid(hand, &session).await,
        }
        if let Some(reason) = self.to_stop(hand)? {
            return self.turn_back(hand, reason).await;
        }
        // Whoever asked for the plan may have changed its checkout: what is paid for is what
        // somebody said yes to, and the permit is good for this state of it and no other.
        if let Some(reason) = why_not(&hand.plan, &session) {
            return self.advance(hand, At::Replanning(reason)).await;
        }
        // What pays is looked at before anything is taken: what cannot be read holds no money.
        let request = self.request(hand)?;
        let permit = match self.permit(hand, &session).await? {
            Ok(permit) => permit,
            Err(reason) => return self.turn_back(hand, reason).await,
        };
        hand.plan.mark(StepKind::MandateReserve, StepStatus::Succeeded);
        for step in [StepKind::InventoryReserve, StepKind::PaymentAuthorize] {
            hand.plan.mark(step, StepStatus::Running);
        }
        let ask = hand.ask(StepKind::PaymentAuthorize, request);
        let leave = Leave::Mandates { permit: Some(permit), at };
        match self.0.complete_by(leave, &session.id, ask).await {
            Ok(_) | Err(Failure::Refused(_)) => self.look_again(hand).await,
            // It was undone, and nothing was charged.
            Err(Failure::Undone) => self.turn_back(hand, StopReason::Broken).await,
            Err(failure) => App::passes(failure),
        }
    }

    /// How the checkout stands once its completion was asked for.
    async fn look_again(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        let session = self.session_of(hand).await?;
        match &session.stage {
            Stage::Completed(order) => {
                hand.plan.made.order = Some(order.id.clone());
                let steps = [StepKind::InventoryReserve, StepKind::PaymentAuthorize];
                for step in steps {
                    self.done(hand, step, "");
                }
                let say = format!("The order {} is placed.", order.number);
                self.done(hand, StepKind::OrderCreate, say);
                // It is not needed any more, and is nobody's business.
                hand.run()?.sealed_request = Vec::new();
                self.advance(hand, At::Settling).await
            }
            Stage::Completing(_) => Ok(Progress::Rest(Trouble::Unclear)),
            _ => self.not_paid(hand, &session).await,
        }
    }

    /// What follows when a checkout was not paid for, by what it says.
    async fn not_paid(&self, hand: &mut PlanHand, session: &Session) -> Result<Progress, Failure> {
        let says = |code| session.quote.notices.iter().any(|notice| notice.code == code);
        let reason = match &session.stage {
            Stage::AuthenticationRequired(_) => StopReason::AuthenticationRequired,
            Stage::PendingApproval(_) => StopReason::NotReady,
            Stage::Open(_) if says(NoticeCode::PaymentDeclined) => StopReason::PaymentDeclined,
            Stage::Open(Readiness::Ready { .. }) => {
                let is_gone = says(NoticeCode::General);
                if is_gone { StopReason::OutOfStock } else { StopReason::Broken }
            }
            Stage::Open(_) => why_not_ready(session),
            Stage::Completing(_) | Stage::Completed(_) | Stage::Canceled | Stage::Expired => {
                StopReason::Changed
            }
        };
        for step in [StepKind::InventoryReserve, StepKind::PaymentAuthorize] {
            hand.plan.mark(step, StepStatus::Failed);
        }
        match reason {
            StopReason::OutOfStock => self.advance(hand, At::Replanning(reason)).await,
            reason => self.turn_back(hand, reason).await,
        }
    }

    /// Leave to spend what the checkout costs. Under the same key it is the same leave again.
    async fn permit(
        &self,
        hand: &PlanHand,
        session: &Session,
    ) -> Result<Result<SpendPermit, StopReason>, Failure> {
        let plan = &hand.plan;
        let mandate = plan.mandate().ok_or(Broken("a plan that pays has a mandate"))?;
        let purchase = purchase(&plan.owner, session);
        let demand = Demand {
            mandate,
            key: &plan.key_of(StepKind::MandateReserve),
            plan: plan.digest,
            session: &session.id,
            purchase: &purchase,
            approval: plan.approval.as_ref(),
            good_for: PERMIT_LIFE,
        };
        match self.0.purse().reserve(demand).await {
            Ok(permit) => Ok(Ok(permit)),
            Err(PurseError::Denied(
                Denied::Order(_) | Denied::Budget(_) | Denied::Orders | Denied::UnitPrice { .. },
            )) => Ok(Err(StopReason::OverBudget)),
            Err(PurseError::Denied(_) | PurseError::NoMandate) => {
                Ok(Err(StopReason::MandateDenied))
            }
            Err(PurseError::NoCalendar(_)) => Ok(Err(StopReason::MandateDenied)),
            Err(PurseError::Unknown(_)) => Err(Broken("what is reserved is not looked for").into()),
            Err(PurseError::Port(failure)) => Err(failure.into()),
        }
    }

    /// What pays, as it came.
    fn request(&self, hand: &PlanHand) -> Result<CompleteSession, Failure> {
        let run = hand.plan.run.as_ref().ok_or(Broken("a plan under way has a run"))?;
        let opened = self.0.ports.sealer.open(&sealed_for(&hand.plan.id), &run.sealed_request);
        let body =
            opened.map_err(|_sealed| Broken("the sealed request of a plan can be opened"))?;
        let read = self.0.ports.answers.read_completion(&hand.plan.channel, &body);
        Ok(read.map_err(|_faulty| PlanRefusal::NoPayment)?)
    }

    /// Waits until nothing can happen to the order by itself any more, and notes in the mandate what
    /// became of the money.
    pub(super) async fn settle(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        let id = hand.plan.made.session.clone().ok_or(Broken("an order has a checkout"))?;
        let end = Instant::now() + RUN_STEP_TIMEOUT / 2;
        let mut pause = LOOK_EVERY;
        loop {
            let run = self.0.ports.checkouts.run(&id).await?;
            let is_settled = |step: &RunStep| matches!(step, RunStep::AwaitingCapture { .. });
            if run.is_none_or(|(run, _)| is_settled(&run.step)) {
                break;
            }
            if Instant::now() >= end {
                return Ok(Progress::Rest(Trouble::Unclear));
            }
            sleep(pause).await;
            pause = longer(pause);
        }
        let order = hand.plan.made.order.clone().ok_or(Broken("a settled plan has an order"))?;
        let events = self.0.ports.checkouts.order(&order).await?;
        let order = Order::replay(order, events).ok_or(Broken("an order has events"))?;
        if order.stage() == OrderStage::Canceled {
            return self.turn_back(hand, StopReason::OrderFailed).await;
        }
        if let Some(mandate) = hand.plan.mandate() {
            let key = hand.plan.key_of(StepKind::MandateReserve);
            let (tenant, purse) = (&hand.plan.owner.tenant, self.0.purse());
            let spent = if has(Bug::SpendingGivenBack) {
                purse.release(tenant, mandate, &key).await
            } else {
                purse.commit(tenant, mandate, &key).await
            };
            match spent {
                // Nobody remembers it any more: it was spent long ago.
                Ok(()) | Err(PurseError::Unknown(Unknown::Key)) => {}
                Err(PurseError::Port(failure)) => return Err(failure.into()),
                Err(_) => return Err(Broken("what was spent was reserved").into()),
            }
        }
        for step in COMPLETION {
            hand.plan.mark(step, StepStatus::Succeeded);
        }
        self.done(hand, StepKind::MandateCommit, "");
        self.end(hand, None).await
    }
}
