//! What is decided about a plan: looked at, decided, and written down together with the answer.

use acp_core::ids::PlanId;
use acp_core::limits::RACES_MAX;
use acp_core::plan::Plan;
use acp_core::ports::{Answer, Operation, SeenPlan, Subject};
use acp_core::refusal::Refusal;

use super::approve::Word;
use super::work::PlanHand;
use super::{AnswerPlan, CancelPlan, ExecutePlan, Found};
use crate::app::{App, Ask, Failure, Said};

/// What can be decided about a plan.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    Answer(Box<AnswerPlan>),
    Judge(Word),
    Begin(ExecutePlan),
    Cancel(CancelPlan),
}

impl App {
    /// Decides about a plan, and again where somebody else was faster; with the plan as it was
    /// written, where it is under way now.
    pub(super) async fn decide_about_plan(
        &self,
        id: &PlanId,
        operation: Operation,
        ask: &Ask<Decision>,
    ) -> Result<(Said, Option<PlanHand>), Failure> {
        let key = ask.answer_key(operation, Some(Subject::Plan(id.clone())));
        for _ in 0..RACES_MAX {
            let SeenPlan { plan, key: known } = self.look_at_plan(id, key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok((said, None));
            }
            let last = plan.as_ref().map_or(0, |(plan, _)| plan.last_seq());
            let kept = match Box::pin(self.decided_about_plan(ask, plan)).await {
                Ok((plan, before)) => {
                    let answer = self.said_of_plan(operation, &plan);
                    let write = (plan.clone(), answer);
                    let before = (Some(before), last);
                    let kept = self.keep_plan(ask, key.clone(), before, write).await?;
                    kept.map(|(said, at)| (said, PlanHand::of(plan, at)))
                }
                Err(Failure::Refused(refusal)) => {
                    let said = self.refuse(ask, id.partition(), key.clone(), refusal).await?;
                    said.map(|said| (said, None))
                }
                Err(failure) => return Err(failure),
            };
            if let Some(kept) = kept {
                return Ok(kept);
            }
        }
        Err(Failure::Contended)
    }

    async fn decided_about_plan(
        &self,
        ask: &Ask<Decision>,
        found: Option<Found>,
    ) -> Result<Found, Failure> {
        let caller = ask.principal.as_ref();
        match ask.command.clone().map_err(Refusal::Faulty)? {
            Decision::Answer(answer) => self.answered_plan(caller, *answer, found).await,
            Decision::Judge(word) => self.judged_plan(caller, word, found).await,
            Decision::Begin(begin) => self.begun_plan(caller, begin, found).await,
            Decision::Cancel(cancel) => Ok(self.canceled_plan(caller, cancel, found)?),
        }
    }

    fn said_of_plan(&self, operation: Operation, plan: &Plan) -> Answer {
        match operation {
            Operation::ExecutePlan => self.ports.answers.plan_begun(plan),
            _ => self.ports.answers.plan(plan),
        }
    }
}
