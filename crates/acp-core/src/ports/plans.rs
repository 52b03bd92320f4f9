use async_trait::async_trait;

use super::PortError;
use super::checkouts::{AnswerKey, AnswerWrite, Committed, KeyState, Revision};
use crate::ids::{Partition, PlanId};
use crate::plan::Plan;
use crate::session::Owner;
use crate::time::Timestamp;

/// Writes a plan.
#[derive(Clone, Debug)]
pub struct PlanWrite {
    /// The revision the decision was based on; `None` for a new plan.
    pub before: Option<Revision>,
    /// The number of the last moment the plan had then: what came after it is news.
    pub known: u32,
    /// The plan as it is now.
    pub after: Box<Plan>,
}

/// Everything that becomes true in one step.
#[derive(Clone, Debug, Default)]
pub struct PlanChange {
    /// The plan.
    pub plan: Option<PlanWrite>,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
}

/// What the store knows before a call is decided: one look.
#[derive(Clone, Debug)]
pub struct SeenPlan {
    /// The plan, if there is one.
    pub plan: Option<(Plan, Revision)>,
    /// What is known of the key.
    pub key: Option<KeyState>,
}

/// Where a plan stands in the list of its owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPlace {
    /// When it was made.
    pub created_at: Timestamp,
    /// Which it is.
    pub plan: PlanId,
}

/// Keeps plans.
///
/// What this trait means is written in `tests/it/contract/wanted/plans.rs`; it holds over every store.
#[async_trait]
pub trait Plans: Send + Sync {
    /// Where a new plan goes: with a key, always to the same place for the same caller and key, so
    /// that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// What is known of a plan and of a key, in one look.
    async fn look(
        &self,
        partition: Partition,
        plan: Option<&PlanId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenPlan, PortError>;

    /// Writes everything in `change` in one step, if everything it is based on still stands. While
    /// a plan is under way it is due when its lease ends; else when its time is over.
    async fn commit(
        &self,
        partition: Partition,
        change: PlanChange,
    ) -> Result<Committed, PortError>;

    /// Plans under way that nobody is at work on any more.
    async fn stalled(&self) -> Result<Vec<PlanId>, PortError>;

    /// Plans under way, whoever is at work on them; those whose lease ends first come first.
    async fn unfinished(&self) -> Result<Vec<PlanId>, PortError>;

    /// Plans whose time is over.
    async fn overdue(&self) -> Result<Vec<PlanId>, PortError>;

    /// The plans of an owner, the newest first, from behind a place on.
    async fn made_by(
        &self,
        owner: &Owner,
        before: Option<&PlanPlace>,
        limit: usize,
    ) -> Result<Vec<PlanPlace>, PortError>;

    /// Forgets a plan, unless it has changed.
    async fn forget(&self, plan: &Plan, at: Revision) -> Result<Committed, PortError>;
}
