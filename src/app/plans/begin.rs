use std::sync::Arc;

use acp_core::ids::PlanId;
use acp_core::limits::PLAN_DEADLINE;
use acp_core::mandate::PlanDigest;
use acp_core::plan::{At, Mode, MomentKind, Plan, PlanRefusal, PlanRun, PlanStatus};
use acp_core::ports::Operation;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::Tender;
use tracing::Instrument as _;

use super::deciding::Decision;
use super::make::may_change;
use super::{Found, PlanRuns, must_be, own};
use crate::app::{App, Ask, Failure, Said};
use crate::runs;

/// Begins a plan.
#[derive(Clone, Debug)]
pub struct ExecutePlan {
    /// The plan that was looked at: no other is begun.
    pub digest: PlanDigest,
    /// What pays, as it came; nothing for a plan that pays for nothing.
    pub payment: Option<Arc<[u8]>>,
}

/// For what a request to pay is sealed.
pub(super) fn sealed_for(plan: &PlanId) -> String {
    format!("plan request of {plan}")
}

impl App {
    /// Begins a plan: from this commit on it goes on by itself, whoever hangs up or dies.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn execute_plan(
        self: &Arc<Self>,
        id: &PlanId,
        ask: Ask<ExecutePlan>,
    ) -> Result<Said, Failure> {
        let ask = ask.map(Decision::Begin);
        let (said, hand) = self.decide_about_plan(id, Operation::ExecutePlan, &ask).await?;
        if let Some(hand) = hand {
            let work = PlanRuns(Arc::clone(self));
            let work_on = async move { runs::drive(&work, hand, None).await };
            self.tasks.spawn(work_on.in_current_span());
        }
        Ok(said)
    }

    pub(super) async fn begun_plan(
        &self,
        caller: &Principal,
        ExecutePlan { digest, payment }: ExecutePlan,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let (mut plan, at) = own(caller, found)?;
        let now = self.ports.clock.now();
        may_change(&plan, now)?;
        must_be(&plan, Some(digest))?;
        if plan.wish.mode == Mode::Preview {
            return Err(PlanRefusal::OnlyPreview.into());
        }
        match plan.status {
            PlanStatus::NeedsInput => return Err(PlanRefusal::NeedsInput.into()),
            PlanStatus::NeedsApproval => return Err(PlanRefusal::NeedsApproval.into()),
            PlanStatus::Ready
            | PlanStatus::Running
            | PlanStatus::Completed
            | PlanStatus::Blocked
            | PlanStatus::Failed
            | PlanStatus::Canceled
            | PlanStatus::Expired => {}
        }
        if let Some(mandate) = &plan.wish.mandate {
            let found = self.ports.mandates.find(&plan.owner.tenant, mandate).await?;
            let found = found.ok_or(PlanRefusal::NoMandate)?;
            found.mandate.is_in_force(now).map_err(PlanRefusal::Denied)?;
        }
        let sealed_request = self.sealed_payment(&plan, payment.as_deref())?;
        plan.status = PlanStatus::Running;
        plan.run = Some(PlanRun {
            standing: self.standing().await?,
            at: At::ApplyingCart,
            deadline: now.plus(PLAN_DEADLINE),
            sealed_request,
            replans: 0,
            is_canceled: false,
        });
        plan.note(now, MomentKind::Started, None, "It is under way.");
        Ok((plan, at))
    }

    /// What pays, sealed until it does. It has to be there, and to be readable, for a plan that
    /// pays.
    fn sealed_payment(&self, plan: &Plan, body: Option<&[u8]>) -> Result<Vec<u8>, Failure> {
        if !plan.terms.pays {
            return Ok(Vec::new());
        }
        let body = body.ok_or(PlanRefusal::NoPayment)?;
        let read = self.ports.answers.read_completion(&plan.channel, body);
        let command = read.map_err(Refusal::Faulty)?;
        // What somebody said yes to stands in the plan: who buys and where it goes are not said
        // once more on the way to the till. And a promise to pay is not what a mandate is for.
        let is_more = command.contact.is_some()
            || command.buyer.is_some()
            || command.order_notes.is_some()
            || matches!(command.tender, Tender::PurchaseOrder(_));
        if is_more {
            return Err(PlanRefusal::MoreThanPayment.into());
        }
        Ok(self.ports.sealer.seal(&sealed_for(&plan.id), body))
    }
}
