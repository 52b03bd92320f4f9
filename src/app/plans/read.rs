use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::PlanId;
use acp_core::limits::PLANS_PAGE;
use acp_core::plan::{Plan, PlanStatus};
use acp_core::ports::PlanPlace;
use acp_core::principal::{Principal, Scope};
use acp_core::refusal::Refusal;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Found, own};
use crate::app::{App, Failure};

/// Which plans somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct PlansWanted {
    /// Those that stand here.
    pub status: Option<PlanStatus>,
    /// Those of this conversation.
    pub conversation: Option<Box<str>>,
    /// Those that stand before this one, which was shown last.
    pub from: Option<PlanPlace>,
}

/// How soon somebody who waits for a plan looks at it again, at first.
const LOOK_EVERY: Duration = Duration::from_millis(25);
/// How often somebody who follows a plan does, while it is under way: there may be many of them.
const FOLLOW_EVERY: Duration = Duration::from_millis(100);
/// How often, while nobody is at work on it.
const FOLLOW_AT_REST_EVERY: Duration = Duration::from_millis(500);

/// How long to wait before the look after the next one: whoever waits long looks rarely. Each look is
/// a call of the store, and one more span in a trace that has room for so many.
pub(super) fn longer(pause: Duration) -> Duration {
    pause.saturating_mul(2).min(FOLLOW_EVERY)
}

impl App {
    /// A plan as it stands, for whoever asked for it and for the person who may approve it.
    ///
    /// # Errors
    /// Refuses plans that do not exist, not any more, or are somebody else's: the same answer.
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn read_plan(&self, principal: &Principal, id: &PlanId) -> Result<Plan, Failure> {
        let found = self.look_at_plan(id, None).await?.plan;
        let (plan, _) = self.visible(principal, found).await?;
        Ok(plan)
    }

    async fn visible(&self, principal: &Principal, found: Option<Found>) -> Result<Found, Failure> {
        let (plan, at) = match principal.scope {
            Scope::Agent => own(principal, found)?,
            Scope::Merchant | Scope::Admin | Scope::Principal => {
                self.to_be_judged(principal, found).await?
            }
        };
        Ok((self.plan_as_of_now(plan), at))
    }

    /// A plan whose time is over has expired, whether or not somebody has written that down yet.
    pub(super) fn plan_as_of_now(&self, mut plan: Plan) -> Plan {
        if plan.is_overdue(self.ports.clock.now()) {
            plan.status = PlanStatus::Expired;
        }
        plan
    }

    /// A page of an agent's plans, the newest first.
    ///
    /// # Errors
    /// The store cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_plans(
        &self,
        principal: &Principal,
        wanted: &PlansWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        let owner = principal.as_owner();
        let from = wanted.from.as_ref();
        let places = self.ports.plans.made_by(&owner, from, PLANS_PAGE).await?;
        let next = (places.len() == PLANS_PAGE).then(|| places.last().cloned()).flatten();
        let mut plans = Vec::new();
        for place in &places {
            let Some((plan, _)) = self.look_at_plan(&place.plan, None).await?.plan else {
                continue;
            };
            let plan = self.plan_as_of_now(plan);
            let is_wanted = wanted.status.is_none_or(|status| plan.status == status)
                && (wanted.conversation.is_none() || plan.wish.conversation == wanted.conversation);
            if is_wanted && principal.owns(&plan.owner) {
                plans.push(plan);
            }
        }
        Ok(self.ports.answers.plans(&plans, next.as_ref()))
    }

    /// Waits until a plan is under way no more, or this long; and says how it stands then.
    ///
    /// # Errors
    /// As [`Self::read_plan`].
    pub async fn wait_for_plan(
        &self,
        principal: &Principal,
        id: &PlanId,
        patience: Duration,
    ) -> Result<Plan, Failure> {
        let end = Instant::now() + patience;
        let mut pause = LOOK_EVERY;
        loop {
            let plan = self.read_plan(principal, id).await?;
            if plan.run.is_none() || Instant::now() >= end {
                return Ok(plan);
            }
            sleep_until(end.min(Instant::now() + pause)).await;
            pause = longer(pause);
        }
    }

    /// How a plan stands once it has gone on from a moment of its timeline, or after this long.
    ///
    /// # Errors
    /// As [`Self::read_plan`].
    pub async fn follow_plan(
        &self,
        principal: &Principal,
        id: &PlanId,
        (after, patience): (u32, Duration),
    ) -> Result<Plan, Failure> {
        let end = Instant::now() + patience;
        loop {
            let plan = self.read_plan(principal, id).await?;
            let is_news = plan.timeline.last().is_some_and(|last| last.seq > after);
            if is_news || Instant::now() >= end {
                return Ok(plan);
            }
            let is_at_work = plan.run.is_some();
            sleep(if is_at_work { FOLLOW_EVERY } else { FOLLOW_AT_REST_EVERY }).await;
        }
    }
}

impl From<acp_core::plan::PlanRefusal> for Failure {
    fn from(refusal: acp_core::plan::PlanRefusal) -> Self {
        Self::Refused(Refusal::PlanNot(refusal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_long_looks_rarely() {
        let pauses = std::iter::successors(Some(LOOK_EVERY), |pause| Some(longer(*pause)));
        let pauses: Vec<_> = pauses.take(5).map(|pause| pause.as_millis()).collect();
        assert_eq!(pauses, [25, 50, 100, 100, 100]);
    }
}
