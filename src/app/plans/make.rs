use acp_core::ids::PlanId;
use acp_core::limits::{PLAN_LIFE, RACES_MAX};
use acp_core::mandate::PlanDigest;
use acp_core::plan::{Made, MomentKind, Plan, PlanRefusal, PlanStatus, PlanWish, Slot};
use acp_core::ports::Operation;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::{Buyer, Contact};
use acp_core::time::Timestamp;

use super::compile::Compiled;
use super::deciding::Decision;
use super::{Found, must_be, own};
use crate::app::{App, Ask, Failure, Said};

/// Says what a plan asked for.
#[derive(Clone, Debug, Default)]
pub struct AnswerPlan {
    /// The plan that was looked at.
    pub digest: Option<PlanDigest>,
    /// Who buys.
    pub buyer: Option<Buyer>,
    /// Who receives it, and where.
    pub contact: Option<Contact>,
}

impl App {
    /// Makes a plan of what is wanted. Nothing is done, promised or held: it says what would be
    /// done, and what that costs now.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn make_plan(&self, ask: Ask<PlanWish>) -> Result<Said, Failure> {
        let place = self.ports.plans.place(&ask.principal.as_owner(), ask.key.as_deref());
        let key = ask.answer_key(Operation::MakePlan, None);
        for _ in 0..RACES_MAX {
            let seen = self.ports.plans.look(place, None, key.as_ref()).await?;
            if let Some(said) = ask.settled(seen.key)? {
                return Ok(said);
            }
            let id = PlanId::new(place, self.ports.entropy.random128());
            let said = match self.planned(&ask, id).await {
                Ok(plan) => {
                    let answer = self.ports.answers.plan_made(&plan);
                    let kept = self.keep_plan(&ask, key.clone(), (None, 0), (plan, answer)).await?;
                    kept.map(|(said, _)| said)
                }
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, place, key.clone(), refusal).await?
                }
                Err(failure) => return Err(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    pub(in crate::app) async fn planned(
        &self,
        ask: &Ask<PlanWish>,
        id: PlanId,
    ) -> Result<Plan, Failure> {
        let wish = ask.command.clone().map_err(Refusal::Faulty)?;
        let (owner, now) = (ask.principal.as_owner(), self.ports.clock.now());
        let Compiled { terms, status } = self.compile((&owner, &id), &wish).await?;
        let mut plan = Plan {
            id,
            version: 1,
            owner,
            provenance: ask.principal.provenance(),
            channel: ask.channel.clone(),
            wish,
            terms,
            digest: PlanDigest([0; 32]),
            status,
            reason: None,
            approval: None,
            own_mandate: None,
            made: Made::default(),
            run: None,
            timeline: Vec::new(),
            created_at: now,
            changed_at: now,
            expires_at: now.plus(PLAN_LIFE),
        };
        plan.digest = self.ports.answers.plan_digest(&plan);
        plan.note(now, MomentKind::Created, None, "The plan is made.");
        say_where_it_stands(&mut plan, now);
        Ok(plan)
    }

    /// Goes on with a plan that asked for something. It is another plan from then on: whoever said
    /// yes to it says so again.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(plan.id = %id))]
    pub async fn answer_plan(&self, id: &PlanId, ask: Ask<AnswerPlan>) -> Result<Said, Failure> {
        let ask = ask.map(|answer| Decision::Answer(Box::new(answer)));
        Ok(self.decide_about_plan(id, Operation::AnswerPlan, &ask).await?.0)
    }

    pub(super) async fn answered_plan(
        &self,
        caller: &Principal,
        AnswerPlan { digest, buyer, contact }: AnswerPlan,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let (mut plan, at) = own(caller, found)?;
        must_be(&plan, digest)?;
        let now = self.ports.clock.now();
        may_change(&plan, now)?;
        let asks = |slot: Slot| plan.terms.questions.iter().any(|asked| asked.slot == slot);
        if !asks(Slot::Address) {
            return Err(Refusal::PlanNot(PlanRefusal::NoSuchQuestion).into());
        }
        plan.wish.buyer = buyer.or(plan.wish.buyer);
        plan.wish.contact = match (contact, plan.wish.contact.take()) {
            (Some(said), Some(known)) => Some(said.or(&known)),
            (said, known) => said.or(known),
        };
        self.compile_anew(&mut plan, now).await?;
        Ok((plan, at))
    }

    /// Works out a plan's terms once more. What was approved were others.
    pub(super) async fn compile_anew(
        &self,
        plan: &mut Plan,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Compiled { terms, status } = self.compile((&plan.owner, &plan.id), &plan.wish).await?;
        plan.version = plan.version.saturating_add(1);
        plan.terms = terms;
        plan.status = status;
        plan.approval = None;
        plan.own_mandate = None;
        plan.digest = self.ports.answers.plan_digest(plan);
        plan.expires_at = now.plus(PLAN_LIFE);
        say_where_it_stands(plan, now);
        Ok(())
    }
}

/// Whether a plan can still be made another one.
pub(super) fn may_change(plan: &Plan, now: Timestamp) -> Result<(), Refusal> {
    let status = if plan.is_overdue(now) { PlanStatus::Expired } else { plan.status };
    if status.is_over() {
        return Err(Refusal::PlanNot(PlanRefusal::Over(status)));
    }
    if plan.run.is_some() {
        return Err(Refusal::PlanNot(PlanRefusal::Running));
    }
    Ok(())
}

/// Writes down what somebody has to hear now that the terms are worked out.
pub(super) fn say_where_it_stands(plan: &mut Plan, now: Timestamp) {
    let prompts: Vec<Box<str>> =
        plan.terms.questions.iter().map(|asked| asked.prompt.clone()).collect();
    for prompt in prompts {
        plan.note(now, MomentKind::QuestionAsked, None, prompt);
    }
    if plan.status == PlanStatus::NeedsApproval
        && let Some(total) = plan.terms.total
    {
        let say = format!("It costs {total} in all. Somebody has to say yes to that first.");
        plan.note(now, MomentKind::ApprovalRequested, None, say);
    }
}
