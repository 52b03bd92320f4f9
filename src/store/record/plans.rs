//! Plans, kept in any store: a look is one read, a change is one commit.

use std::borrow::Cow;

use acp_core::ids::{Partition, PlanId};
use acp_core::limits::{DUE_TIMERS_MAX, RUNS_AT_ONCE_MAX};
use acp_core::plan::Plan;
use acp_core::ports::{
    AnswerKey, Committed, PlanChange, PlanPlace, PlanWrite, Plans, PortError, Revision, SeenPlan,
};
use acp_core::session::Owner;
use acp_core::webhook::{PlanNews, Topic};
use async_trait::async_trait;

use super::change::{answering, broken, version};
use super::checkouts::{committed, read_with_revision};
use super::figures::note_plan;
use super::names;
use super::records::Records;
use super::stored::{from_bytes, to_bytes};
use crate::store::{Commit, Demand, DueTimer, Durability, Expectation, Put, SetTimer};

/// Keeps plans in a store.
#[derive(Clone, Debug)]
pub struct StorePlans {
    records: Records,
}

impl StorePlans {
    /// Plans among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

/// The plans timers were set for. A timer nobody can have set must not keep the others from being
/// looked at.
fn plans_of(queue: &str, timers: &[DueTimer]) -> Vec<PlanId> {
    let parsed = timers.iter().filter_map(|timer| {
        let id = PlanId::parse(&timer.id).ok();
        if id.is_none() {
            tracing::error!(timer.id = %timer.id, queue, "timer {} names no plan", timer.id);
        }
        id
    });
    parsed.collect()
}

/// A plan has one document. While it is under way it stands in the queue of leases, else in that of
/// plans whose time ends; and from its first commit on in the list of its owner. What happened to it
/// since and is told unasked stands in the queue of news.
pub(super) fn write_plan(commit: &mut Commit, write: &PlanWrite) -> Result<(), PortError> {
    let plan = write.after.as_ref();
    if plan.id.partition() != commit.partition {
        return Err(broken("a plan in a commit of another partition"));
    }
    let key = names::plan(&plan.id);
    let demand = write.before.map_or(Demand::Absent, |at| Demand::At(version(at)));
    commit.expectations.push(Expectation { key: key.clone(), demand });
    let value = to_bytes(plan)?;
    commit.puts.push(Put { key, value, fence: None, expires_at: None, is_listed: false });
    let id = plan.id.as_str();
    let mut set = |queue: Cow<'static, str>, due| {
        commit.timers.push(SetTimer { queue, id: id.into(), due });
    };
    let lease = plan.run.as_ref().map(|run| run.standing.lease.until);
    set(names::PLAN_RUNS.into(), lease);
    set(names::PLANS.into(), lease.is_none().then_some(plan.expires_at));
    if write.before.is_none() {
        set(names::plans_of(&plan.owner).into(), Some(plan.created_at));
    }
    let about = Topic::Plan(plan.id.clone());
    for moment in plan.timeline.iter().filter(|moment| moment.seq > write.known) {
        if PlanNews::of(plan, moment).is_some() {
            // In the order of numbers, whichever gateway with whichever clock has noted them.
            let id = names::news(&about, &format!("{:010}", moment.seq));
            let due = Some(plan.created_at);
            commit.timers.push(SetTimer { queue: names::NEWS.into(), id, due });
        }
    }
    Ok(())
}

#[async_trait]
impl Plans for StorePlans {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    async fn look(
        &self,
        partition: Partition,
        plan: Option<&PlanId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenPlan, PortError> {
        let mut wanted = Vec::with_capacity(2);
        wanted.extend(plan.map(names::plan));
        wanted.extend(key.map(names::answer));
        let mut found = self.records.store.read(partition, &wanted).await?.into_iter();
        let plan_found = plan.and_then(|_| found.next().flatten());
        let key_found = key.and_then(|_| found.next().flatten());
        Ok(SeenPlan {
            plan: plan_found.as_ref().map(read_with_revision).transpose()?,
            key: key_found.as_ref().map(|found| from_bytes(&found.value)).transpose()?,
        })
    }

    async fn commit(
        &self,
        partition: Partition,
        change: PlanChange,
    ) -> Result<Committed, PortError> {
        let mut commit = self.records.draft(partition);
        // A plan nobody has approved or begun is made again if it gets lost with a machine.
        let is_draft =
            |plan: &Plan| plan.run.is_none() && plan.approval.is_none() && !plan.status.is_over();
        if change.plan.as_ref().is_none_or(|write| is_draft(&write.after)) {
            commit.durability = Durability::Ordinary;
        }
        if let Some(write) = &change.plan {
            write_plan(&mut commit, write)?;
        }
        let commit = match &change.answer {
            Some(answer) => answering(&self.records, commit, answer)?,
            None => commit,
        };
        let committed = committed(&self.records.store.commit(commit).await?);
        if let Some(write) = &change.plan {
            note_plan(write, committed);
        }
        Ok(committed)
    }

    async fn stalled(&self) -> Result<Vec<PlanId>, PortError> {
        let due = self.records.store.due_timers(names::PLAN_RUNS, RUNS_AT_ONCE_MAX).await?;
        Ok(plans_of(names::PLAN_RUNS, &due))
    }

    async fn unfinished(&self) -> Result<Vec<PlanId>, PortError> {
        let coming = self.records.store.coming_timers(names::PLAN_RUNS, RUNS_AT_ONCE_MAX).await?;
        Ok(plans_of(names::PLAN_RUNS, &coming))
    }

    async fn overdue(&self) -> Result<Vec<PlanId>, PortError> {
        let due = self.records.store.due_timers(names::PLANS, DUE_TIMERS_MAX).await?;
        Ok(plans_of(names::PLANS, &due))
    }

    async fn made_by(
        &self,
        owner: &Owner,
        before: Option<&PlanPlace>,
        limit: usize,
    ) -> Result<Vec<PlanPlace>, PortError> {
        let before = before.map(|place| DueTimer {
            due: place.created_at,
            partition: place.plan.partition(),
            id: place.plan.as_str().into(),
        });
        let queue = names::plans_of(owner);
        let timers = self.records.store.latest_timers(&queue, before.as_ref(), limit).await?;
        let place = |timer: DueTimer| {
            let plan = PlanId::parse(&timer.id).ok()?;
            Some(PlanPlace { created_at: timer.due, plan })
        };
        Ok(timers.into_iter().filter_map(place).collect())
    }

    async fn forget(&self, plan: &Plan, at: Revision) -> Result<Committed, PortError> {
        let mut commit = self.records.draft(plan.id.partition());
        commit.durability = Durability::Ordinary;
        let key = names::plan(&plan.id);
        let demand = Demand::At(version(at));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        commit.deletes.push(key);
        let queues = [
            Cow::Borrowed(names::PLAN_RUNS),
            Cow::Borrowed(names::PLANS),
            Cow::Owned(names::plans_of(&plan.owner)),
        ];
        for queue in queues {
            commit.timers.push(SetTimer { queue, id: plan.id.as_str().into(), due: None });
        }
        Ok(committed(&self.records.store.commit(commit).await?))
    }
}
