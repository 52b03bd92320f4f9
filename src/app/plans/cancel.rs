use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::PlanId;
use acp_core::limits::{PLAN_KEPT, RACES_MAX};
use acp_core::mandate::PlanDigest;
use acp_core::plan::{At, MomentKind, Plan, PlanRefusal, PlanStatus, StopReason};
use acp_core::ports::{Operation, SeenPlan};
use acp_core::refusal::Refusal;

use super::stepping::is_refused;
use super::{Found, key_of, must_be, own};
use crate::app::{App, Ask, Failure, Said};

/// Calls a plan off.
#[derive(Clone, Copy, Debug, Default)]
pub struct CancelPlan {
    /// The plan that was looked at.
    pub digest: Option<PlanDigest>,
}

/// How long whoever calls a plan off waits to hear how it ended.
const PATIENCE: Duration = Duration::from_secs(5);

impl App {
    /// Calls a plan off. One that is under way takes back what it did; one whose order is placed
    /// cannot be called off any more.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    pub async fn cancel_plan(
        self: &Arc<Self>,
        id: &PlanId,
        ask: Ask<CancelPlan>,
    ) -> Result<Said, Failure> {
        let said = self.ask_to_cancel(id, &ask).await?;
        if is_refused(&said) {
            return Ok(said);
        }
        let Some(seen) = self.look_at_plan(id, None).await?.plan else { return Ok(said) };
        if seen.0.run.is_none() {
            return Ok(said);
        }
        let plan = self.wait_for_plan(&ask.principal, id, PATIENCE).await?;
        if plan.status == PlanStatus::Completed {
            return Err(PlanRefusal::TooLate.into());
        }
        Ok(Said { answer: self.ports.answers.plan(&plan), ..said })
    }

    async fn ask_to_cancel(&self, id: &PlanId, ask: &Ask<CancelPlan>) -> Result<Said, Failure> {
        let key = key_of(ask, Operation::CancelPlan, id);
        for _ in 0..RACES_MAX {
            let SeenPlan { plan, key: known } = self.look_at_plan(id, key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match self.canceled_plan(ask, plan) {
                Ok((plan, at)) => {
                    let answer = self.ports.answers.plan(&plan);
                    let kept = self.keep_plan(ask, key.clone(), Some(at), (plan, answer)).await?;
                    kept.map(|(said, _)| said)
                }
                Err(refusal) => self.refuse(ask, id.partition(), key.clone(), refusal).await?,
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    fn canceled_plan(&self, ask: &Ask<CancelPlan>, found: Option<Found>) -> Result<Found, Refusal> {
        let (mut plan, at) = own(&ask.principal, found)?;
        let CancelPlan { digest } = ask.command.clone().map_err(Refusal::Faulty)?;
        must_be(&plan, digest)?;
        let now = self.ports.clock.now();
        if plan.status.is_over() {
            return Err(Refusal::PlanNot(match plan.status {
                PlanStatus::Completed if plan.made.order.is_some() => PlanRefusal::TooLate,
                over => PlanRefusal::Over(over),
            }));
        }
        if is_too_late(&plan) {
            return Err(Refusal::PlanNot(PlanRefusal::TooLate));
        }
        let say = "It is to be called off.";
        plan.note(now, MomentKind::CancelRequested, None, say);
        if let Some(run) = &mut plan.run {
            run.is_canceled = true;
        } else {
            let reason = StopReason::CanceledByCaller;
            plan.forget_whose();
            plan.status = PlanStatus::Canceled;
            plan.reason = Some(reason);
            plan.note(now, MomentKind::Canceled, None, reason.say());
            plan.expires_at = now.plus(PLAN_KEPT);
        }
        Ok((plan, at))
    }
}

/// Whether the order is placed, so that there is only forward.
fn is_too_late(plan: &Plan) -> bool {
    let is_settling = plan.run.as_ref().is_some_and(|run| run.at == At::Settling);
    is_settling || plan.made.order.is_some()
}
