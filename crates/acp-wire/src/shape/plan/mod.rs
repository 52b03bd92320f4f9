//! Plans: what is to be done, what that costs, and how far it is. The same in every version: none
//! has words of its own for it.

mod digest;
mod event;
mod explain;
mod news;
mod read;
mod said;
mod step;

pub use digest::{digest_of, parse_digest, say_digest};
pub use event::{PlanEvent, render_snapshot, snapshot_of};
pub use explain::{PlanExplanation, render_explanation};
pub use news::render_plan_news;
pub use read::{
    PlanAnswerRequest, PlanCancelRequest, PlanCreateRequest, PlanModeWord, read_plan,
    read_plan_answer, read_plan_nothing,
};
pub use said::{
    Plan, PlanAlternative, PlanApproval, PlanIssue, PlanLine, PlanList, PlanQuestion,
    PlanRecipient, PlanTotal, place_of, render_plan, render_plans,
};
pub use step::PlanStep;
