//! Plans name people until they end, and their conversations what was wanted. They belong to whoever
//! they are for, and to whoever bought by them.

use std::borrow::Cow;

use acp_core::dialogue::Conversation;
use acp_core::ids::{ConversationId, PlanId};
use acp_core::plan::Plan;
use acp_core::ports::PortError;

use super::find::{is_it, is_reached_at};
use super::{Belonging, Belongings, UnderWay};
use crate::store::record::names;
use crate::store::{Commit, Demand, Expectation, SetTimer, Version};

fn is_for(plan: &Plan, email: &str) -> bool {
    let buyers = plan.wish.buyer.iter().chain(&plan.terms.buyer);
    let contacts = plan.wish.contact.iter().chain(&plan.terms.contact);
    buyers.into_iter().any(|buyer| is_it(Some(&*buyer.email), email))
        || contacts.into_iter().any(|contact| is_reached_at(contact, email))
}

/// Whether a checkout that was found came of a plan.
fn is_by(plan: &Plan, found: &[Belonging]) -> bool {
    let same = |known: &Belonging| {
        known.session.is_some() && known.session == plan.made.session
            || known.order.is_some() && known.order == plan.made.order
    };
    found.iter().any(same)
}

impl Belongings {
    pub(super) async fn plan(&self, id: &PlanId) -> Result<Option<(Plan, Version)>, PortError> {
        self.records.read::<Plan>(id.partition(), names::plan(id)).await
    }

    pub(super) async fn conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<(Conversation, Version)>, PortError> {
        self.records.read::<Conversation>(id.partition(), names::conversation(id)).await
    }

    /// Adds the plans that are for somebody, or by which a checkout was made that was found.
    pub(super) async fn add_plans(
        &self,
        email: Option<&str>,
        found: &mut Vec<Belonging>,
    ) -> Result<(), PortError> {
        for queue in [names::PLANS, names::PLAN_RUNS] {
            let mut last = None;
            while let Some(page) = self.page(queue, &mut last).await? {
                for id in page.iter().filter_map(|timer| PlanId::parse(&timer.id).ok()) {
                    let known = self.theirs(&id, email, found).await?;
                    found.extend(known);
                }
            }
        }
        Ok(())
    }

    async fn theirs(
        &self,
        id: &PlanId,
        email: Option<&str>,
        found: &[Belonging],
    ) -> Result<Option<Belonging>, PortError> {
        let Some((plan, _)) = self.plan(id).await? else { return Ok(None) };
        let is_theirs = email.is_some_and(|email| is_for(&plan, email)) || is_by(&plan, found);
        let talk = plan.wish.conversation.as_deref();
        let conversation = talk.and_then(|id| ConversationId::parse(id).ok());
        let plan = Some(id.clone());
        Ok(is_theirs.then(|| Belonging { plan, conversation, ..Belonging::default() }))
    }

    /// Whether somebody is at work on a plan.
    pub(super) async fn plan_under_way(&self, id: &PlanId) -> Result<Option<UnderWay>, PortError> {
        let run = self.plan(id).await?.and_then(|(plan, _)| plan.run);
        Ok(run.map(|run| UnderWay {
            id: id.to_string(),
            why: "a plan",
            until: run.standing.lease.until,
        }))
    }
}

/// Forgets a plan, unless it has changed since. What was told of it goes once somebody looks.
pub(super) fn forget_plan(id: &PlanId, found: Option<(Plan, Version)>, commit: &mut Commit) {
    let key = names::plan(id);
    let demand = found.as_ref().map_or(Demand::Absent, |(_, version)| Demand::At(*version));
    commit.expectations.push(Expectation { key: key.clone(), demand });
    commit.deletes.push(key);
    let listed = found.map(|(plan, _)| Cow::Owned(names::plans_of(&plan.owner)));
    let queues = [Cow::Borrowed(names::PLAN_RUNS), Cow::Borrowed(names::PLANS)];
    for queue in queues.into_iter().chain(listed) {
        commit.timers.push(SetTimer { queue, id: id.as_str().into(), due: None });
    }
}

/// Forgets a conversation with the answers to its last sentences, unless something was said since.
pub(super) fn forget_conversation(
    id: &ConversationId,
    found: Option<(Conversation, Version)>,
    commit: &mut Commit,
) {
    let key = names::conversation(id);
    let demand = found.as_ref().map_or(Demand::Absent, |(_, version)| Demand::At(*version));
    commit.expectations.push(Expectation { key: key.clone(), demand });
    let answers = found.map(|(talk, _)| talk.keys()).unwrap_or_default();
    commit.deletes.extend(answers.iter().map(names::answer).chain([key]));
}
