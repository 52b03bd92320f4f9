use acp_core::ids::{PlanId, Random128};
use acp_core::limits::{APPROVAL_LIFE, LEDGER_ENTRY_KEPT, RACES_MAX};
use acp_core::mandate::{
    Approval, Budget, Mandate, PlanDigest, Restriction, Standing as MandateStanding, Window,
};
use acp_core::money::Money;
use acp_core::plan::{MomentKind, Plan, PlanRefusal, PlanStatus, StopReason};
use acp_core::ports::{Committed, MandateWrite, Operation, SeenPlan};
use acp_core::principal::Principal;
use acp_core::refusal::{Broken, Refusal};
use acp_core::time::Timestamp;

use super::make::may_change;
use super::{Found, key_of, must_be};
use crate::app::{App, Ask, Failure, Said};

/// Says yes to a plan.
#[derive(Clone, Copy, Debug)]
pub struct ApprovePlan {
    /// The plan that was looked at: the yes is to this one and no other.
    pub digest: PlanDigest,
}

/// Says no to a plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct RejectPlan {
    /// The plan that was looked at.
    pub digest: Option<PlanDigest>,
}

/// The yes or no of a person.
#[derive(Clone, Copy, Debug)]
enum Word {
    Yes(PlanDigest),
    No(Option<PlanDigest>),
}

/// Who the person is behind a credential of hers.
pub(super) fn person(principal: &Principal) -> &str {
    principal.agent.as_str()
}

impl App {
    /// Says yes to a plan, as the person whose money it is. Where the plan names no mandate, this
    /// is one: for just this plan, at just this price.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    pub async fn approve_plan(&self, id: &PlanId, ask: Ask<ApprovePlan>) -> Result<Said, Failure> {
        let ask = ask.map(|ApprovePlan { digest }| Word::Yes(digest));
        self.judge_plan(id, Operation::ApprovePlan, ask).await
    }

    /// Says no to a plan.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    pub async fn reject_plan(&self, id: &PlanId, ask: Ask<RejectPlan>) -> Result<Said, Failure> {
        let ask = ask.map(|RejectPlan { digest }| Word::No(digest));
        self.judge_plan(id, Operation::RejectPlan, ask).await
    }

    async fn judge_plan(
        &self,
        id: &PlanId,
        operation: Operation,
        ask: Ask<Word>,
    ) -> Result<Said, Failure> {
        let key = key_of(&ask, operation, id);
        for _ in 0..RACES_MAX {
            let SeenPlan { plan, key: known } = self.look_at_plan(id, key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match self.judged_plan(&ask, plan).await {
                Ok((plan, at)) => {
                    let answer = self.ports.answers.plan(&plan);
                    let kept = self.keep_plan(&ask, key.clone(), Some(at), (plan, answer)).await?;
                    kept.map(|(said, _)| said)
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

    async fn judged_plan(&self, ask: &Ask<Word>, found: Option<Found>) -> Result<Found, Failure> {
        let (mut plan, at) = self.to_be_judged(&ask.principal, found).await?;
        let now = self.ports.clock.now();
        match ask.command.clone().map_err(Refusal::Faulty)? {
            Word::Yes(digest) => {
                must_be(&plan, Some(digest))?;
                may_change(&plan, now)?;
                if plan.status != PlanStatus::NeedsApproval {
                    return Err(Refusal::PlanNot(PlanRefusal::NeedsNoApproval).into());
                }
                self.approved(&mut plan, person(&ask.principal), now).await?;
            }
            Word::No(digest) => {
                must_be(&plan, digest)?;
                may_change(&plan, now)?;
                plan.forget_whose();
                plan.status = PlanStatus::Canceled;
                plan.reason = Some(StopReason::Rejected);
                plan.note(now, MomentKind::Rejected, None, StopReason::Rejected.say());
                plan.note(now, MomentKind::Canceled, None, StopReason::Rejected.say());
                plan.expires_at = now.plus(acp_core::limits::PLAN_KEPT);
            }
        }
        Ok((plan, at))
    }

    /// A plan, for the person who gave the mandate it names; where it names none, for whoever gives
    /// mandates at the same merchant.
    pub(super) async fn to_be_judged(
        &self,
        principal: &Principal,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let (plan, at) = found.ok_or(Refusal::PlanNotFound)?;
        if plan.owner.tenant != principal.tenant {
            return Err(Refusal::PlanNotFound.into());
        }
        if let Some(mandate) = plan.mandate() {
            let found = self.ports.mandates.find(&plan.owner.tenant, mandate).await?;
            let is_theirs = found.is_some_and(|it| *it.mandate.principal == *person(principal));
            if !is_theirs {
                return Err(Refusal::PlanNotFound.into());
            }
        }
        Ok((plan, at))
    }

    async fn approved(
        &self,
        plan: &mut Plan,
        approver: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let total = plan.terms.total.ok_or(Broken("a plan that pays has a price"))?;
        let approval = Approval {
            id: format!("{}/{}", plan.id, plan.version).into(),
            plan: plan.digest,
            total,
            approver: approver.into(),
            at: now,
            expires_at: now.plus(APPROVAL_LIFE),
        };
        if plan.wish.mandate.is_none() {
            plan.own_mandate = Some(self.give_mandate_for(plan, approver, total, now).await?);
        }
        plan.expires_at = approval.expires_at;
        plan.approval = Some(approval);
        plan.status = PlanStatus::Ready;
        let say = format!("The purchase for {total} is approved.");
        plan.note(now, MomentKind::Approved, None, say);
        Ok(())
    }

    /// A mandate for one plan at one price.
    async fn give_mandate_for(
        &self,
        plan: &Plan,
        approver: &str,
        total: Money,
        now: Timestamp,
    ) -> Result<acp_core::ids::MandateId, Failure> {
        let tenant = &plan.owner.tenant;
        // The same for the same plan, so that a yes that is said again gives no second one.
        let dice = Random128(plan.digest.0.first_chunk().copied().unwrap_or_default());
        let id = self.ports.mandates.new_id(tenant, approver, dice);
        let nothing =
            Money::new(0, total.currency()).map_err(|_impossible| Broken("nothing is money"))?;
        let mandate = Mandate {
            id: id.clone(),
            version: 1,
            tenant: tenant.clone(),
            principal: approver.into(),
            agents: vec![plan.owner.agent.clone()],
            currency: total.currency(),
            per_order: total,
            per_unit: None,
            budget: Budget {
                limit: total,
                orders: Some(1),
                window: Window::Total,
                time_zone: "UTC".into(),
            },
            // Nothing is spent of it without the yes that it came with.
            approval_above: Some(nothing),
            restriction: Restriction { stored_value: true, ..Restriction::default() },
            // Clocks of two machines differ.
            valid_from: now.minus(APPROVAL_LIFE),
            valid_until: now.plus(LEDGER_ENTRY_KEPT),
            standing: MandateStanding::Active,
            is_for_one_plan: true,
        };
        match self
            .ports
            .mandates
            .write(MandateWrite { before: None, after: &mandate, answer: None })
            .await?
        {
            // It was given before, by a yes that was not written into the plan.
            Committed::At(_) | Committed::Raced => Ok(id),
        }
    }
}
