use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::PlanId;
use acp_core::mandate::PlanDigest;
use acp_core::plan::{At, MomentKind, Plan, PlanRefusal, PlanStatus, StopReason};
use acp_core::ports::Operation;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;

use super::deciding::Decision;
use super::stepping::is_refused;
use super::{Found, must_be, own};
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
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn cancel_plan(
        self: &Arc<Self>,
        id: &PlanId,
        ask: Ask<CancelPlan>,
    ) -> Result<Said, Failure> {
        let ask = ask.map(Decision::Cancel);
        let (said, _) = self.decide_about_plan(id, Operation::CancelPlan, &ask).await?;
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

    pub(super) fn canceled_plan(
        &self,
        caller: &Principal,
        CancelPlan { digest }: CancelPlan,
        found: Option<Found>,
    ) -> Result<Found, Refusal> {
        let (mut plan, at) = own(caller, found)?;
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
        // Asked a second time, it is called off already.
        if plan.run.as_ref().is_none_or(|run| !run.is_canceled) {
            plan.note(now, MomentKind::CancelRequested, None, "It is to be called off.");
        }
        if let Some(run) = &mut plan.run {
            run.is_canceled = true;
        } else {
            plan.stop(StopReason::CanceledByCaller, now);
        }
        Ok((plan, at))
    }
}

/// Whether the order is placed, so that there is only forward.
fn is_too_late(plan: &Plan) -> bool {
    let is_settling = plan.run.as_ref().is_some_and(|run| run.at == At::Settling);
    is_settling || plan.made.order.is_some()
}
