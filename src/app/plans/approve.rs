use acp_core::ids::{PlanId, Random128};
use acp_core::limits::{APPROVAL_LIFE, LEDGER_ENTRY_KEPT};
use acp_core::mandate::{
    Approval, Budget, Mandate, PlanDigest, Restriction, Standing as MandateStanding, Window,
};
use acp_core::money::Money;
use acp_core::plan::{MomentKind, Plan, PlanRefusal, PlanStatus, StopReason};
use acp_core::ports::{Committed, MandateWrite, Operation};
use acp_core::principal::Principal;
use acp_core::refusal::{Broken, Refusal};
use acp_core::time::Timestamp;

use super::deciding::Decision;
use super::make::may_change;
use super::{Found, must_be};
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
pub(super) enum Word {
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
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn approve_plan(&self, id: &PlanId, ask: Ask<ApprovePlan>) -> Result<Said, Failure> {
        let ask = ask.map(|ApprovePlan { digest }| Decision::Judge(Word::Yes(digest)));
        Ok(self.decide_about_plan(id, Operation::ApprovePlan, &ask).await?.0)
    }

    /// Says no to a plan.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn reject_plan(&self, id: &PlanId, ask: Ask<RejectPlan>) -> Result<Said, Failure> {
        let ask = ask.map(|RejectPlan { digest }| Decision::Judge(Word::No(digest)));
        Ok(self.decide_about_plan(id, Operation::RejectPlan, &ask).await?.0)
    }

    pub(super) async fn judged_plan(
        &self,
        caller: &Principal,
        word: Word,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let (mut plan, at) = self.to_be_judged(caller, found).await?;
        let now = self.ports.clock.now();
        match word {
            Word::Yes(digest) => {
                must_be(&plan, Some(digest))?;
                may_change(&plan, now)?;
                if plan.status != PlanStatus::NeedsApproval {
                    return Err(Refusal::PlanNot(PlanRefusal::NeedsNoApproval).into());
                }
                self.approved(&mut plan, person(caller), now).await?;
            }
            Word::No(digest) => {
                must_be(&plan, digest)?;
                may_change(&plan, now)?;
                plan.note(now, MomentKind::Rejected, None, StopReason::Rejected.say());
                plan.stop(StopReason::Rejected, now);
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
