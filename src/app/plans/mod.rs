//! Plans: what is wanted becomes steps with a price, somebody says yes, and the steps are done.
//!
//! | step of the run | what is done | what takes it back |
//! |---|---|---|
//! | `applying_cart` | the lines are put into the cart | the lines of before, where it is called off |
//! | `opening_session` | a checkout is opened for them, or changed | it is canceled |
//! | `selecting_delivery` | how it gets there; the price is looked at once more | |
//! | `paying` | the mandate gives leave for just this price, and the checkout is completed by a run of its own | the mandate takes it back |
//! | `settling` | the order stays, and the mandate notes that it was spent | |
//! | `replanning` | everything is taken back and the terms are worked out anew | |
//! | `turning_back` | everything is taken back | |
//!
//! A plan's run and the completion of its checkout are two runs of one engine. Everything a step
//! asks for is asked under a key made of plan, version and step, so that a step that is taken again
//! meets what it did before. Nothing is paid for without a permit of a mandate: where a plan names
//! none, whoever approves it gives one for just that plan and price.

mod approve;
mod begin;
mod cancel;
mod compile;
mod deciding;
mod keep;
mod lines;
mod make;
mod operating;
mod paying;
mod pricing;
mod read;
mod stepping;
mod turning;
mod work;

pub use approve::{ApprovePlan, RejectPlan};
pub use begin::ExecutePlan;
pub use cancel::CancelPlan;
pub use make::AnswerPlan;
pub use read::PlansWanted;

use std::sync::Arc;

use acp_core::ids::PlanId;
use acp_core::mandate::PlanDigest;
use acp_core::plan::{Plan, PlanRefusal};
use acp_core::ports::{Answer, AnswerKey, Committed, PlanChange, PlanWrite, Revision, SeenPlan};
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;

use super::{App, Ask, Failure, Said};

/// A plan and the revision it was read at.
type Found = (Plan, Revision);

/// Plans under way as durable runs.
pub(super) struct PlanRuns(pub(super) Arc<App>);

/// The plan a call is about, if it is there and the caller's.
fn own(principal: &Principal, plan: Option<Found>) -> Result<Found, Refusal> {
    plan.filter(|(plan, _)| principal.owns(&plan.owner)).ok_or(Refusal::PlanNotFound)
}

/// Refuses a decision about a plan that is not what somebody looked at.
fn must_be(plan: &Plan, digest: Option<PlanDigest>) -> Result<(), Refusal> {
    match digest {
        Some(seen) if seen != plan.digest => Err(Refusal::PlanNot(PlanRefusal::Changed)),
        Some(_) | None => Ok(()),
    }
}

impl App {
    /// What is known of a plan and of the key of a call about it.
    async fn look_at_plan(
        &self,
        id: &PlanId,
        key: Option<&AnswerKey>,
    ) -> Result<SeenPlan, Failure> {
        Ok(self.ports.plans.look(id.partition(), Some(id), key).await?)
    }

    /// Commits a plan together with the answer to the call that changed it, on top of what was looked
    /// at and the last moment it had; `None` when somebody else was faster.
    async fn keep_plan<C: Sync>(
        &self,
        ask: &Ask<C>,
        key: Option<AnswerKey>,
        (before, known): (Option<Revision>, u32),
        (plan, answer): (Plan, Answer),
    ) -> Result<Option<(Said, Revision)>, Failure> {
        let place = plan.id.partition();
        let kept = ask.answered(key, &answer, self.keeping.answers);
        let plan = Some(PlanWrite { before, known, after: Box::new(plan) });
        let change = PlanChange { plan, answer: kept };
        Ok(match self.ports.plans.commit(place, change).await? {
            Committed::At(revision) => Some((Said::anew(answer), revision)),
            Committed::Raced => None,
        })
    }
}
