use std::sync::Arc;

use acp_core::ids::{PlanId, TenantId};
use acp_core::limits::PLANS_PAGE;
use acp_core::plan::{Plan, PlanRefusal, PlanStatus};
use acp_core::ports::Digests;
use acp_core::refusal::Refusal;
use acp_core::session::Owner;

use super::{CancelPlan, Found};
use crate::app::{App, Ask, Failure};

/// For whoever looks after the gateway: operators look, and call off. They begin nothing and say
/// yes to nothing.
impl App {
    /// The last plans of an agent, the newest first.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn plans_of(&self, owner: &Owner) -> Result<Vec<Plan>, Failure> {
        let mut plans = Vec::new();
        for place in self.ports.plans.made_by(owner, None, PLANS_PAGE).await? {
            let found = self.look_at_plan(&place.plan, None).await?.plan;
            plans.extend(found.map(|(plan, _)| self.plan_as_of_now(plan)));
        }
        Ok(plans)
    }

    /// A plan of a tenant.
    ///
    /// # Errors
    /// Refuses plans that are not there.
    pub async fn plan_at(&self, tenant: &TenantId, id: &PlanId) -> Result<Plan, Failure> {
        let (plan, _) = self.found_plan_at(tenant, id).await?;
        Ok(self.plan_as_of_now(plan))
    }

    async fn found_plan_at(&self, tenant: &TenantId, id: &PlanId) -> Result<Found, Failure> {
        let found = self.look_at_plan(id, None).await?.plan;
        let found = found.filter(|(plan, _)| plan.owner.tenant == *tenant);
        found.ok_or_else(|| Refusal::PlanNotFound.into())
    }

    /// Calls a plan off, as its agent could.
    ///
    /// # Errors
    /// Refuses plans that are not there, that are over, or whose order is placed.
    pub async fn call_plan_off(
        self: &Arc<Self>,
        tenant: &TenantId,
        id: &PlanId,
    ) -> Result<Plan, Failure> {
        let plan = self.plan_at(tenant, id).await?;
        if plan.status == PlanStatus::Canceled {
            return Ok(plan);
        }
        if plan.status.is_over() {
            return Err(PlanRefusal::Over(plan.status).into());
        }
        let ask = Ask {
            principal: Arc::new(plan.principal()),
            key: None,
            digests: Digests { raw: [0; 32], canonical: [0; 32] },
            channel: plan.channel.clone(),
            command: Ok(CancelPlan::default()),
        };
        // Also a refusal is an answer to whoever asked; what counts is how the plan stands then.
        self.cancel_plan(id, ask).await?;
        let plan = self.plan_at(tenant, id).await?;
        match plan.status {
            PlanStatus::Canceled => Ok(plan),
            status if status.is_over() => Err(PlanRefusal::Over(status).into()),
            _ if plan.run.as_ref().is_some_and(|run| run.is_canceled) => Ok(plan),
            _ => Err(PlanRefusal::TooLate.into()),
        }
    }
}
