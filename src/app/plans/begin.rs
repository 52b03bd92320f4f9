use std::sync::Arc;

use acp_core::ids::PlanId;
use acp_core::limits::{PLAN_DEADLINE, RACES_MAX};
use acp_core::mandate::PlanDigest;
use acp_core::plan::{At, Mode, MomentKind, Plan, PlanRefusal, PlanRun, PlanStatus};
use acp_core::ports::{Operation, SeenPlan};
use acp_core::refusal::Refusal;
use acp_core::session::Tender;

use super::make::may_change;
use super::work::PlanHand;
use super::{Found, PlanRuns, key_of, must_be, own};
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
    pub async fn execute_plan(
        self: &Arc<Self>,
        id: &PlanId,
        ask: Ask<ExecutePlan>,
    ) -> Result<Said, Failure> {
        let key = key_of(&ask, Operation::ExecutePlan, id);
        for _ in 0..RACES_MAX {
            let SeenPlan { plan, key: known } = self.look_at_plan(id, key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match self.begun_plan(&ask, plan).await {
                Ok((plan, at)) => {
                    let answer = self.ports.answers.plan_begun(&plan);
                    let write = (plan.clone(), answer);
                    let kept = self.keep_plan(&ask, key.clone(), Some(at), write).await?;
                    kept.map(|(said, at)| {
                        self.drive_plan(PlanHand::of(plan, at));
                        said
                    })
                }
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, id.partition(), key.clone(), refusal).await?
                }
                Err(failure) => return Err(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    fn drive_plan(self: &Arc<Self>, hand: Option<PlanHand>) {
        let Some(hand) = hand else { return };
        let work = PlanRuns(Arc::clone(self));
        self.tasks.spawn(async move { runs::drive(&work, hand, None).await });
    }

    async fn begun_plan(
        &self,
        ask: &Ask<ExecutePlan>,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let (mut plan, at) = own(&ask.principal, found)?;
        let ExecutePlan { digest, payment } = ask.command.clone().map_err(Refusal::Faulty)?;
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
