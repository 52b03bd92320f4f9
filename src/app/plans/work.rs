use std::sync::Arc;

use acp_core::ids::PlanId;
use acp_core::limits::{HAND_OVER_REST_MAX, RACES_MAX};
use acp_core::plan::{At, MomentKind, Plan, PlanRun, StepKind, StepStatus, StopReason};
use acp_core::ports::{Committed, Digests, PlanChange, PlanWrite, Revision};
use acp_core::refusal::Broken;
use acp_core::run::{Standing, Trouble};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::PlanRuns;
use crate::app::{App, Ask, Failure};
use crate::runs::{self, Work};

pub(super) type Progress = runs::Progress<(), Failure>;

/// A plan at work, as it was last written.
#[derive(Debug)]
pub(crate) struct PlanHand {
    pub(super) plan: Plan,
    pub(super) at: Revision,
    /// How its run was last written: one that has ended has none any more.
    standing: Standing,
    /// The number of the last moment that is written.
    known: u32,
}

impl PlanHand {
    /// A plan as it was found; nothing where it is not under way.
    pub(super) fn of(plan: Plan, at: Revision) -> Option<Self> {
        let (standing, known) = (plan.run.as_ref()?.standing, plan.last_seq());
        Some(Self { plan, at, standing, known })
    }

    pub(super) fn run(&mut self) -> Result<&mut PlanRun, Broken> {
        self.plan.run.as_mut().ok_or(NO_RUN)
    }

    /// Hears that somebody called it off. One that rests by now, because somebody has to say yes to
    /// it, has given everything back: it ends here, as there is no run that would hear of it later.
    fn hear_of_cancel(&mut self, now: Timestamp) {
        if let Some(run) = self.plan.run.as_mut() {
            run.is_canceled = true;
        } else if !self.plan.status.is_over() {
            self.plan.stop(StopReason::CanceledByCaller, now);
        }
    }

    pub(super) fn is_canceled(&self) -> bool {
        self.plan.run.as_ref().is_some_and(|run| run.is_canceled)
    }

    /// What a step asks of the use cases: as whoever asked for the plan, and always alike.
    pub(super) fn ask<C>(&self, step: StepKind, command: C) -> Ask<C> {
        let PlanHand { plan, .. } = self;
        let digest = plan.digest.0;
        Ask {
            principal: Arc::new(plan.principal()),
            // A client cannot write such a key, so that nobody has used it before.
            key: Some(format!("\u{1f}{}", plan.key_of(step)).into()),
            digests: Digests { raw: digest, canonical: digest },
            channel: plan.channel.clone(),
            command: Ok(command),
        }
    }
}

const NO_RUN: Broken = Broken("a plan under way has a run");

impl PlanRuns {
    /// Writes a plan that is ours. Whoever called it off meanwhile is heard; whoever took it over
    /// has it.
    pub(super) async fn write(&self, hand: &mut PlanHand) -> Result<(), Failure> {
        let plans = &self.0.ports.plans;
        let place = hand.plan.id.partition();
        for _ in 0..RACES_MAX {
            let after = Box::new(hand.plan.clone());
            let plan = Some(PlanWrite { before: Some(hand.at), known: hand.known, after });
            let change = PlanChange { plan, answer: None };
            if let Committed::At(at) = plans.commit(place, change).await? {
                (hand.at, hand.known) = (at, hand.plan.last_seq());
                hand.standing = hand.plan.run.as_ref().map_or(hand.standing, |run| run.standing);
                return Ok(());
            }
            let found = self.0.look_at_plan(&hand.plan.id, None).await?.plan;
            let (found, at) = found.ok_or(Failure::KeyBusy)?;
            let fence = |plan: &Plan| plan.run.as_ref().map(|run| run.standing.fence);
            if fence(&found) != Some(hand.standing.fence) {
                return Err(Failure::KeyBusy);
            }
            hand.plan.come_after(&found.timeline, hand.known);
            (hand.at, hand.known) = (at, found.last_seq());
            if found.run.is_some_and(|run| run.is_canceled) {
                hand.hear_of_cancel(self.0.ports.clock.now());
            }
        }
        Err(Failure::Contended)
    }

    /// Writes down that a step is done and what comes next.
    pub(super) async fn advance(&self, hand: &mut PlanHand, at: At) -> Result<Progress, Failure> {
        let lease = hand.run()?.standing.lease;
        let lease = self.0.fresh(lease).await?;
        let run = hand.run()?;
        run.standing = run.standing.at_work(lease);
        run.at = at;
        self.write(hand).await?;
        Ok(Progress::On)
    }

    /// The plan has come to its end.
    pub(super) async fn end(
        &self,
        hand: &mut PlanHand,
        reason: Option<StopReason>,
    ) -> Result<Progress, Failure> {
        let now = self.0.ports.clock.now();
        match reason {
            Some(reason) => hand.plan.stop(reason, now),
            None => hand.plan.complete(completed(&hand.plan), now),
        }
        self.write(hand).await?;
        Ok(Progress::Over(None))
    }

    /// Turns back, because of this.
    pub(super) async fn turn_back(
        &self,
        hand: &mut PlanHand,
        reason: StopReason,
    ) -> Result<Progress, Failure> {
        self.advance(hand, At::TurningBack(reason)).await
    }

    /// Writes in the plan that a step began.
    pub(super) fn begin(&self, hand: &mut PlanHand, step: StepKind) {
        hand.plan.mark(step, StepStatus::Running);
        let now = self.0.ports.clock.now();
        hand.plan.note(now, MomentKind::StepStarted, Some(step), "");
    }

    /// Writes in the plan that a step is done.
    pub(super) fn done(&self, hand: &mut PlanHand, step: StepKind, say: impl Into<Box<str>>) {
        if hand.plan.has(step) {
            hand.plan.mark(step, StepStatus::Succeeded);
            let now = self.0.ports.clock.now();
            hand.plan.note(now, MomentKind::StepSucceeded, Some(step), say);
        }
    }
}

fn completed(plan: &Plan) -> String {
    match (&plan.made.order, plan.terms.total) {
        (Some(order), Some(total)) => format!("It is ordered, for {total}. The order is {order}."),
        _ => "It is done.".to_owned(),
    }
}

#[async_trait]
impl Work for PlanRuns {
    const KIND: &'static str = "plan";

    type Id = PlanId;
    type Hand = PlanHand;
    type Word = ();
    type Failure = Failure;

    fn id(&self, hand: &PlanHand) -> PlanId {
        hand.plan.id.clone()
    }

    fn standing(&self, hand: &PlanHand) -> Standing {
        hand.standing
    }

    fn step_name(&self, hand: &PlanHand) -> &'static str {
        match hand.plan.run.as_ref().map(|run| run.at) {
            Some(At::ApplyingCart) => "applying_cart",
            Some(At::OpeningSession) => "opening_session",
            Some(At::SelectingDelivery) => "selecting_delivery",
            Some(At::Paying) => "paying",
            Some(At::Settling) => "settling",
            Some(At::Replanning(_)) => "replanning",
            Some(At::TurningBack(_)) => "turning_back",
            None => "over",
        }
    }

    fn hint(&self, hand: &PlanHand) -> String {
        format!("look at it as GET /plans/{}, with the key of its agent", hand.plan.id)
    }

    async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
        self.0.taken(standing).await
    }

    async fn is_held(&self, standing: &Standing) -> Result<bool, Failure> {
        self.0.is_held(standing).await
    }

    async fn load(&self, id: &PlanId) -> Result<Option<PlanHand>, Failure> {
        let found = self.0.look_at_plan(id, None).await?.plan;
        Ok(found.and_then(|(plan, at)| PlanHand::of(plan, at)))
    }

    async fn take(
        &self,
        mut hand: PlanHand,
        standing: Standing,
    ) -> Result<Option<PlanHand>, Failure> {
        hand.run()?.standing = standing;
        let after = Box::new(hand.plan.clone());
        let plan = Some(PlanWrite { before: Some(hand.at), known: hand.known, after });
        let change = PlanChange { plan, answer: None };
        Ok(match self.0.ports.plans.commit(hand.plan.id.partition(), change).await? {
            Committed::At(at) => PlanHand::of(hand.plan, at),
            Committed::Raced => None,
        })
    }

    async fn step(&self, hand: &mut PlanHand) -> Result<Progress, Failure> {
        let at = hand.run()?.at;
        match at {
            At::ApplyingCart => self.apply_cart(hand).await,
            At::OpeningSession => self.open_session(hand).await,
            At::SelectingDelivery => self.select_delivery(hand).await,
            At::Paying => self.pay(hand).await,
            At::Settling => self.settle(hand).await,
            At::Replanning(reason) => self.replan(hand, reason).await,
            At::TurningBack(reason) => self.take_back(hand, reason).await,
        }
    }

    async fn rest(&self, hand: &mut PlanHand, trouble: Trouble) -> Result<(), Failure> {
        let now = self.0.ports.checkouts.now().await?;
        let run = hand.run()?;
        let was = run.standing.trouble;
        run.standing = match trouble {
            // Somebody else is at work on it, and will be done in time.
            Trouble::Unclear => run.standing.awaiting_up_to(now, trouble, HAND_OVER_REST_MAX),
            Trouble::Unreachable | Trouble::NotAccepted | Trouble::Broken => {
                run.standing.resting(now, trouble)
            }
        };
        if was != Some(trouble) {
            let say = "It takes a little longer; it is tried again.";
            let now = self.0.ports.clock.now();
            hand.plan.note(now, MomentKind::StepRetrying, None, say);
        }
        self.write(hand).await
    }

    fn trouble(&self, failure: &Failure) -> Option<Trouble> {
        match failure {
            // Somebody it needs failed, and nothing was written: it is asked again.
            Failure::Unavailable(_) | Failure::Contended | Failure::Recovering => {
                Some(Trouble::Unreachable)
            }
            Failure::KeyReused(_) | Failure::Refused(_) => Some(Trouble::Broken),
            other => self.0.trouble(other),
        }
    }
}

impl App {
    /// What a step that asked another use case makes of its failure: most of them pass.
    pub(super) fn passes(failure: Failure) -> Result<Progress, Failure> {
        match failure {
            Failure::KeyBusy => Ok(Progress::Rest(Trouble::Unclear)),
            Failure::Unavailable(_)
            | Failure::Contended
            | Failure::Crowded
            | Failure::TooOften
            | Failure::Recovering
            | Failure::Undone
            | Failure::Provider(_)
            | Failure::Unpayable(_) => Ok(Progress::Rest(Trouble::Unreachable)),
            Failure::Refused(_) | Failure::KeyReused(_) | Failure::Broken(_) => Err(failure),
        }
    }
}
