use std::sync::Arc;

use acp_core::limits::RUNS_AT_ONCE_MAX;
use acp_core::ports::{Committed, PlanChange, PlanWrite};

use super::PlanRuns;
use crate::app::{App, Failure};
use crate::runs;

impl App {
    /// Goes on with the plans nobody is at work on any more; says how many.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn resume_plans(self: &Arc<Self>) -> Result<usize, Failure> {
        let plans = Arc::new(PlanRuns(Arc::clone(self)));
        let mut resumed = 0_usize;
        loop {
            let stalled = self.ports.plans.stalled().await?;
            let is_all = stalled.len() < RUNS_AT_ONCE_MAX;
            let taken = runs::resume(&plans, &self.tasks, &self.plan_turns, stalled).await;
            resumed = resumed.saturating_add(taken);
            // What was taken over is due later; what could not be is left for the next look.
            if is_all || taken == 0 {
                return Ok(resumed);
            }
        }
    }

    /// Goes on with the plans that an earlier life of this process left behind; says how many.
    pub(in crate::app) async fn take_up_plans(self: &Arc<Self>) -> Result<usize, Failure> {
        let plans = Arc::new(PlanRuns(Arc::clone(self)));
        let mut resumed = 0_usize;
        loop {
            let unfinished = self.ports.plans.unfinished().await?;
            let taken = runs::resume(&plans, &self.tasks, &self.plan_turns, unfinished).await;
            if taken == 0 {
                return Ok(resumed);
            }
            resumed = resumed.saturating_add(taken);
        }
    }

    /// Lets plans expire that nobody began, and forgets those that have ended long ago; says how
    /// many were forgotten.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn tend_plans(&self) -> Result<usize, Failure> {
        let mut forgotten = 0_usize;
        for id in self.ports.plans.overdue().await? {
            let Some((mut plan, at)) = self.look_at_plan(&id, None).await?.plan else { continue };
            let now = self.ports.clock.now();
            if plan.run.is_some() || plan.expires_at > now {
                continue;
            }
            if plan.status.is_over() {
                if let Committed::At(_) = self.ports.plans.forget(&plan, at).await? {
                    forgotten = forgotten.saturating_add(1);
                }
                continue;
            }
            let (place, known) = (plan.id.partition(), plan.last_seq());
            plan.expire(now);
            let plan = Some(PlanWrite { before: Some(at), known, after: Box::new(plan) });
            // Whoever was faster has begun it, or let it expire as well.
            let (Committed::At(_) | Committed::Raced) =
                self.ports.plans.commit(place, PlanChange { plan, answer: None }).await?;
        }
        Ok(forgotten)
    }
}
