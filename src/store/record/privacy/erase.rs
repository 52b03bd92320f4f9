//! Erasing: what is left is rewritten, and the rest deleted, in one commit for each partition.

use std::collections::BTreeMap;

use acp_core::ids::{CartId, ConversationId, OrderId, Partition, PlanId, SessionId};
use acp_core::limits::{PAGE_ROWS_MAX, RACES_MAX};
use acp_core::order::{OrderEvent, OrderHead, Ordered, Recorded};
use acp_core::ports::{KeyState, PortError, Retry};
use acp_core::run::Run;
use acp_core::session::{Session, Stage};

use super::plans::{forget_conversation, forget_plan};
use super::{Belonging, Belongings, Erasure, UnderWay};
use crate::store::record::change::{cleared, queues_of};
use crate::store::record::names;
use crate::store::record::stored::{OutboxEntry, from_bytes, to_bytes};
use crate::store::{Append, Commit, Demand, Expectation, Key, Outcome, SetTimer};

/// The commits of one erasure; nearly always one, because a checkout lies in one partition.
type Commits = BTreeMap<u16, Commit>;

impl Belongings {
    /// Whether something is under way that needs what would be erased.
    ///
    /// # Errors
    /// Fails when the store does, and when a record is damaged.
    pub async fn under_way(&self, belonging: &Belonging) -> Result<Option<UnderWay>, PortError> {
        if let Some(id) = &belonging.session {
            let run = self.records.read::<Run>(id.partition(), names::run(id)).await?;
            if let Some((run, _)) = run {
                let (why, until) = ("a completion", run.standing.lease.until);
                return Ok(Some(UnderWay { id: id.to_string(), why, until }));
            }
            let session = self.session(id).await?;
            let waiting = session.filter(|it| matches!(it.stage, Stage::PendingApproval(_)));
            if let Some(session) = waiting {
                let (why, until) = ("an approval", session.expires_at);
                return Ok(Some(UnderWay { id: id.to_string(), why, until }));
            }
        }
        if let Some(id) = &belonging.plan
            && let Some(under_way) = self.plan_under_way(id).await?
        {
            return Ok(Some(under_way));
        }
        let Some(id) = &belonging.order else { return Ok(None) };
        let head = self.records.read::<OrderHead>(id.partition(), names::order_head(id)).await?;
        let errand = head.and_then(|(head, _)| head.errand);
        Ok(errand.map(|errand| UnderWay {
            id: id.to_string(),
            why: "an errand (a refund, or handing the order over)",
            until: errand.lease.until,
        }))
    }

    /// Erases a belonging: the session, its history, its cart, tokens of cards, a plan, its
    /// conversation and the answers about them are gone, and what happened to the order is told
    /// without its buyer.
    ///
    /// # Errors
    /// Fails when the store does, when a record is damaged, and when others go on changing it.
    pub async fn erase(&self, belonging: &Belonging) -> Result<Erasure, PortError> {
        for _ in 0..RACES_MAX {
            if let Some(under_way) = self.under_way(belonging).await? {
                return Ok(Erasure::NotYet(under_way));
            }
            if self.is_erased_now(belonging).await? {
                return Ok(Erasure::Done);
            }
        }
        let what = "erasing what others go on changing";
        Err(PortError { what, retry: Retry::Safe, cause: None })
    }

    /// Should the process die between two commits, what is left is found again.
    async fn is_erased_now(&self, belonging: &Belonging) -> Result<bool, PortError> {
        let mut commits = Commits::new();
        if let Some(order) = &belonging.order {
            self.rewrite_order(order, belonging.session.as_ref(), &mut commits).await?;
        }
        if let Some(session) = &belonging.session {
            self.forget_session(session, &mut commits).await?;
        }
        if let Some(cart) = &belonging.cart {
            let commit = self.commit_in(cart.partition(), &mut commits);
            commit.deletes.push(names::cart(cart));
            let (queue, id) = (names::CARTS.into(), cart.as_str().into());
            commit.timers.push(SetTimer { queue, id, due: None });
        }
        for token in &belonging.tokens {
            let commit = self.commit_in(token.partition(), &mut commits);
            commit.deletes.push(names::vault_token(token));
            let (queue, id) = (names::VAULT.into(), token.as_str().into());
            commit.timers.push(SetTimer { queue, id, due: None });
        }
        if let Some(id) = &belonging.plan {
            let found = self.plan(id).await?;
            forget_plan(id, found, self.commit_in(id.partition(), &mut commits));
        }
        if let Some(id) = &belonging.conversation {
            let found = self.conversation(id).await?;
            forget_conversation(id, found, self.commit_in(id.partition(), &mut commits));
        }
        for (key, partition) in self.places_of_answers(belonging).await? {
            self.commit_in(partition, &mut commits).deletes.push(key);
        }
        // All the rest is found by the checkout, which therefore goes last.
        let session = belonging.session.as_ref().map(SessionId::partition);
        let checkout = session.or_else(|| belonging.order.as_ref().map(OrderId::partition));
        let last = checkout.and_then(|partition| commits.remove(&partition.number()));
        for commit in commits.into_values().chain(last) {
            match self.records.store.commit(commit).await? {
                Outcome::Applied(_) => {}
                Outcome::Raced { .. } => return Ok(false),
            }
        }
        Ok(true)
    }

    fn commit_in<'a>(&self, partition: Partition, commits: &'a mut Commits) -> &'a mut Commit {
        commits.entry(partition.number()).or_insert_with(|| self.records.draft(partition))
    }

    async fn forget_session(&self, id: &SessionId, commits: &mut Commits) -> Result<(), PortError> {
        let found = self.records.read::<Session>(id.partition(), names::session(id)).await?;
        let owner = found.as_ref().map(|(session, _)| session.owner.clone());
        let commit = self.commit_in(id.partition(), commits);
        let demand = found.map_or(Demand::Absent, |(_, version)| Demand::At(version));
        commit.expectations.push(Expectation { key: names::session(id), demand });
        commit.expectations.push(Expectation { key: names::run(id), demand: Demand::Absent });
        commit.deletes.extend([names::session(id), names::view(id)]);
        commit.dropped_logs.extend([names::history(id), names::payments(id)]);
        // One that is gone stands in no queue: it left all of them by the same commit.
        let queues = owner.map(|owner| queues_of(&owner.tenant));
        let timers = queues.into_iter().flatten().map(|queue| cleared(queue, id));
        commit.timers.extend(timers);
        Ok(())
    }

    /// Whoever decides about an order writes its head, and whoever runs its completion holds the
    /// session's run: while both stay as they are, its logs do too.
    async fn rewrite_order(
        &self,
        id: &OrderId,
        session: Option<&SessionId>,
        commits: &mut Commits,
    ) -> Result<(), PortError> {
        let partition = id.partition();
        let head = self.records.read::<OrderHead>(partition, names::order_head(id)).await?;
        let session = match session {
            Some(session) => self.session(session).await?,
            None => None,
        };
        let events = self.events(id).await?;
        let outbox = names::outbox(id);
        let told = self.records.log::<OutboxEntry>(partition, &outbox).await?;
        let commit = self.commit_in(partition, commits);
        let demand = head.map_or(Demand::Absent, |(_, version)| Demand::At(version));
        commit.expectations.push(Expectation { key: names::order_head(id), demand });
        let log = names::order_events(id);
        for (_, Recorded { at, event }) in events {
            let event = completed(event, session.as_ref()).without_person();
            let entry = to_bytes(&Recorded { at, event })?;
            commit.appends.push(Append { log: log.clone(), entry });
        }
        for (_, entry) in told {
            let Recorded { at, event } = entry.recorded;
            let recorded = Recorded { at, event: event.without_person() };
            let entry = to_bytes(&OutboxEntry { recorded, ..entry })?;
            commit.appends.push(Append { log: outbox.clone(), entry });
        }
        commit.dropped_logs.extend([log, outbox]);
        Ok(())
    }

    /// The answers about a belonging that are kept to be repeated, by their names.
    pub(super) async fn answers_about(
        &self,
        belonging: &Belonging,
    ) -> Result<Vec<((Key, Partition), KeyState)>, PortError> {
        let ids = belonging.ids();
        let mut partitions: Vec<Partition> = Vec::new();
        partitions.extend(belonging.session.as_ref().map(SessionId::partition));
        partitions.extend(belonging.order.as_ref().map(OrderId::partition));
        partitions.extend(belonging.cart.as_ref().map(CartId::partition));
        partitions.extend(belonging.plan.as_ref().map(PlanId::partition));
        partitions.extend(belonging.conversation.as_ref().map(ConversationId::partition));
        partitions.sort_unstable_by_key(|partition| partition.number());
        partitions.dedup();
        let mut about = Vec::new();
        for partition in partitions {
            about.extend(self.answers_in(partition, &ids).await?);
        }
        Ok(about)
    }

    async fn answers_in(
        &self,
        partition: Partition,
        ids: &[String],
    ) -> Result<Vec<((Key, Partition), KeyState)>, PortError> {
        let mut about = Vec::new();
        let keys = self.records.store.names(partition, names::ANSWERS).await?;
        for page in keys.chunks(PAGE_ROWS_MAX) {
            about.extend(self.those_about(ids, partition, page).await?);
        }
        Ok(about)
    }

    async fn those_about(
        &self,
        ids: &[String],
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<((Key, Partition), KeyState)>, PortError> {
        let mut about = Vec::new();
        let found = self.records.store.read(partition, keys).await?;
        for (key, found) in keys.iter().zip(found) {
            let Some(found) = found else { continue };
            let state: KeyState = from_bytes(&found.value)?;
            if is_about(&state, ids) {
                about.push(((key.clone(), partition), state));
            }
        }
        Ok(about)
    }

    async fn places_of_answers(
        &self,
        belonging: &Belonging,
    ) -> Result<Vec<(Key, Partition)>, PortError> {
        let mut about = self.answers_about(belonging).await?;
        for token in &belonging.tokens {
            about.extend(self.answers_in(token.partition(), &[token.to_string()]).await?);
        }
        Ok(about.into_iter().map(|(place, _)| place).collect())
    }
}

/// Early orders do not say what was ordered; it stands in the session alone, which is about to go.
fn completed(event: OrderEvent, session: Option<&Session>) -> OrderEvent {
    match (event, session) {
        (
            OrderEvent::Placed {
                session: from,
                payment,
                authorized,
                purchase_order,
                ordered: None,
                provenance,
            },
            Some(session),
        ) => {
            let number = match &session.stage {
                Stage::Completed(order) => order.number.clone(),
                _ => Box::default(),
            };
            let ordered = Some(Box::new(Ordered::of(session, &number)));
            OrderEvent::Placed {
                session: from,
                payment,
                authorized,
                purchase_order,
                ordered,
                provenance,
            }
        }
        (event, _) => event,
    }
}

/// Whether an answer speaks of one of these. Every answer names what it is about.
fn is_about(state: &KeyState, ids: &[String]) -> bool {
    let KeyState::Answered { answer, .. } = state else { return false };
    let made = answer.made.as_ref().map(acp_core::ports::Subject::as_str);
    ids.iter().any(|id| made == Some(id) || names_id(&answer.body, id))
}

fn names_id(body: &[u8], id: &str) -> bool {
    body.windows(id.len()).any(|window| window == id.as_bytes())
}
