//! Checkouts, kept in any store: a look is one read, a change is one commit.

mod recalled;

use std::sync::Arc;

use acp_core::ids::{OrderId, Partition, SessionId, TenantId};
use acp_core::limits::{DUE_TIMERS_MAX, ORDER_SETTLED_AFTER, RUNS_AT_ONCE_MAX};
use acp_core::order::{OrderEvent, OrderHead, Recorded};
use acp_core::payment::PaymentNote;
use acp_core::ports::{
    AnswerKey, Before, Change, Checkouts, Committed, KeyState, OpenedBefore, OrderPlace, PortError,
    Revision, Seen, SessionPlace, View, Whose,
};
use acp_core::run::Run;
use acp_core::session::{Owner, Session};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use recalled::{Attempt, Recollection};

use super::change::{cleared, commit_of, is_small, queues_of, revision, version};
use super::figures::Figures;
use super::names;
use super::records::Records;
use super::stored::{Document, from_bytes, view_from_bytes};
use crate::store::{self, Demand, DueTimer, Durability, Expectation, Key, Outcome};

/// Keeps checkouts in a store.
#[derive(Clone, Debug)]
pub struct StoreCheckouts {
    records: Records,
    /// What was written last, where it takes long to ask the store.
    recollection: Option<Arc<Recollection>>,
}

impl StoreCheckouts {
    /// Checkouts among these records.
    pub const fn new(records: Records) -> Self {
        Self { records, recollection: None }
    }

    /// The same over a store on another machine: what was written here a moment ago is believed to
    /// be still so until a commit on top of it is refused, which spares a look for each change.
    #[must_use]
    pub fn far_away(self) -> Self {
        Self { recollection: Some(Arc::default()), ..self }
    }

    /// An order that was placed a moment ago may still get lost, and must not be told of before it
    /// cannot. Its session was written with it; later facts are found out anew when they get lost.
    async fn make_sure_of_order(&self, events: &[Recorded<OrderEvent>]) -> Result<(), PortError> {
        let Some(Recorded { at, event: OrderEvent::Placed { session, .. } }) = events.first()
        else {
            return Ok(());
        };
        if at.plus(ORDER_SETTLED_AFTER) < self.records.clock.now() {
            return Ok(());
        }
        let wanted = [names::session(session)];
        let partition = session.partition();
        match self.records.store.read(partition, &wanted).await?.pop().flatten() {
            Some(found) => self.make_sure(partition, &names::session(session), &found).await,
            None => Ok(()),
        }
    }

    /// The commit of a change, and what to remember once it is done, where that is of use.
    fn attempt(
        &self,
        partition: Partition,
        change: Change,
    ) -> Result<(store::Commit, Option<Attempt>), PortError> {
        let attempt = self.recollection.as_ref().and_then(|known| known.attempt(&change));
        let commit = commit_of(&self.records, partition, change)?;
        let attempt = attempt.map(|attempt| attempt.writing(&commit));
        Ok((commit, attempt))
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        found: &store::Document,
    ) -> Result<(), PortError> {
        Ok(self.records.store.make_sure(partition, key, found.version).await?)
    }
}

/// The sessions timers were set for. A timer nobody can have set must not keep the others from
/// being looked at.
fn sessions_of(queue: &str, timers: &[DueTimer]) -> Vec<SessionId> {
    let parsed = timers.iter().filter_map(|timer| {
        let id = SessionId::parse(&timer.id).ok();
        if id.is_none() {
            tracing::error!(timer.id = %timer.id, queue, "timer {} names no session", timer.id);
        }
        id
    });
    parsed.collect()
}

/// What stands before everything of a moment: nothing comes before the first partition and the
/// empty name.
fn before_all_of(due: Timestamp) -> DueTimer {
    DueTimer { due, partition: Partition::of_hash([0; 8]), id: Key::default() }
}

/// The order a timer was set for.
fn order_of(queue: &str, timer: &DueTimer) -> Option<OrderId> {
    let order = OrderId::parse(&timer.id).ok();
    if order.is_none() {
        tracing::error!(timer.id = %timer.id, queue, "timer {} names no order", timer.id);
    }
    order
}

#[async_trait]
impl Checkouts for StoreCheckouts {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    async fn look(
        &self,
        partition: Partition,
        session: Option<&SessionId>,
        key: Option<&AnswerKey>,
    ) -> Result<Seen, PortError> {
        let mut wanted = Vec::with_capacity(2);
        wanted.extend(session.map(names::session));
        wanted.extend(key.map(names::answer));
        let mut found = self.records.store.read(partition, &wanted).await?.into_iter();
        let session_found = session.and_then(|_| found.next().flatten());
        let key_found = key.and_then(|_| found.next().flatten());
        let seen = Seen {
            session: session_found.as_ref().map(read_with_revision).transpose()?,
            key: key_found.as_ref().map(|found| from_bytes(&found.value)).transpose()?,
        };
        // What is told of an end is told for good, so it must be there for good.
        let is_over =
            seen.session.as_ref().is_some_and(|(session, _)| session.stage.kind().is_terminal());
        if let Some((session, found)) = session.zip(session_found).filter(|_| is_over) {
            self.make_sure(partition, &names::session(session), &found).await?;
        }
        let is_answered = matches!(seen.key, Some(KeyState::Answered { .. }));
        let is_for_good = |(key, _): &(&AnswerKey, _)| is_answered && !is_small(key.operation);
        if let Some((key, found)) = key.zip(key_found).filter(is_for_good) {
            self.make_sure(partition, &names::answer(key), &found).await?;
        }
        Ok(seen)
    }

    fn recall(&self, session: &SessionId, key: Option<&AnswerKey>) -> Option<(Session, Revision)> {
        let recollection = self.recollection.as_ref()?;
        let (session, version) = recollection.recall(session, key, self.records.clock.now())?;
        Some((session, revision(version)))
    }

    async fn view(&self, session: &SessionId) -> Result<Option<View>, PortError> {
        let wanted = [names::view(session)];
        let partition = session.partition();
        let found = self.records.store.read(partition, &wanted).await?.pop().flatten();
        let Some(found) = found else { return Ok(None) };
        let view = view_from_bytes(&found.value)?;
        // It will not change any more.
        if view.expires_at.is_none() {
            self.make_sure(partition, &names::view(session), &found).await?;
        }
        Ok(Some(view))
    }

    async fn commit(&self, partition: Partition, change: Change) -> Result<Committed, PortError> {
        let figures = Figures::of(&change);
        let (commit, attempt) = self.attempt(partition, change)?;
        let outcome = self.records.store.commit(commit).await;
        if let Some((known, attempt)) = self.recollection.as_ref().zip(attempt) {
            known.note(attempt, &outcome, self.records.clock.now());
        }
        let committed = committed(&outcome?);
        figures.note(committed);
        Ok(committed)
    }

    async fn run(&self, session: &SessionId) -> Result<Option<(Run, Revision)>, PortError> {
        let found = self.records.read(session.partition(), names::run(session)).await?;
        Ok(found.map(|(run, found)| (run, revision(found))))
    }

    async fn order(&self, order: &OrderId) -> Result<Vec<Recorded<OrderEvent>>, PortError> {
        let log = names::order_events(order);
        let events = self.records.log::<Recorded<OrderEvent>>(order.partition(), &log).await?;
        let events: Vec<_> = events.into_iter().map(|(_, event)| event).collect();
        self.make_sure_of_order(&events).await?;
        Ok(events)
    }

    async fn order_head(
        &self,
        order: &OrderId,
    ) -> Result<Option<(OrderHead, Revision)>, PortError> {
        let found = self.records.read(order.partition(), names::order_head(order)).await?;
        Ok(found.map(|(head, found)| (head, revision(found))))
    }

    async fn errands(&self) -> Result<Vec<OrderId>, PortError> {
        let due = self.records.store.due_timers(names::ERRANDS, RUNS_AT_ONCE_MAX).await?;
        Ok(due.iter().filter_map(|timer| order_of(names::ERRANDS, timer)).collect())
    }

    async fn unfinished_errands(&self) -> Result<Vec<OrderId>, PortError> {
        let coming = self.records.store.coming_timers(names::ERRANDS, RUNS_AT_ONCE_MAX).await?;
        Ok(coming.iter().filter_map(|timer| order_of(names::ERRANDS, timer)).collect())
    }

    async fn orders(
        &self,
        whose: &Whose,
        before: Option<&Before>,
        limit: usize,
    ) -> Result<Vec<OrderPlace>, PortError> {
        let before = before.map(|before| match before {
            Before::Moment(due) => before_all_of(*due),
            Before::Order(OrderPlace { placed_at, order }) => DueTimer {
                due: *placed_at,
                partition: order.partition(),
                id: order.as_str().into(),
            },
        });
        let queue = names::orders_of(whose);
        let timers = self.records.store.latest_timers(&queue, before.as_ref(), limit).await?;
        let place = |timer: DueTimer| {
            Some(OrderPlace { placed_at: timer.due, order: order_of(&queue, &timer)? })
        };
        Ok(timers.into_iter().filter_map(place).collect())
    }

    async fn payments(&self, session: &SessionId) -> Result<Vec<Recorded<PaymentNote>>, PortError> {
        let notes = self.records.log(session.partition(), &names::payments(session)).await?;
        Ok(notes.into_iter().map(|(_, note)| note).collect())
    }

    async fn overdue(&self) -> Result<Vec<SessionId>, PortError> {
        let due = self.records.store.due_timers(names::SESSIONS, DUE_TIMERS_MAX).await?;
        Ok(sessions_of(names::SESSIONS, &due))
    }

    async fn stalled(&self) -> Result<Vec<SessionId>, PortError> {
        let due = self.records.store.due_timers(names::RUNS, RUNS_AT_ONCE_MAX).await?;
        Ok(sessions_of(names::RUNS, &due))
    }

    async fn unfinished(&self) -> Result<Vec<SessionId>, PortError> {
        let coming = self.records.store.coming_timers(names::RUNS, RUNS_AT_ONCE_MAX).await?;
        Ok(sessions_of(names::RUNS, &coming))
    }

    async fn pending(&self) -> Result<Vec<SessionId>, PortError> {
        let coming = self.records.all_timers(names::APPROVALS).await?;
        Ok(sessions_of(names::APPROVALS, &coming))
    }

    async fn opened(
        &self,
        tenant: &TenantId,
        before: Option<&OpenedBefore>,
        limit: usize,
    ) -> Result<Vec<SessionPlace>, PortError> {
        let before = before.map(|before| match before {
            OpenedBefore::Moment(due) => before_all_of(*due),
            OpenedBefore::Session(SessionPlace { opened_at, session }) => DueTimer {
                due: *opened_at,
                partition: session.partition(),
                id: session.as_str().into(),
            },
        });
        let queue = names::opened_of(tenant);
        let timers = self.records.store.latest_timers(&queue, before.as_ref(), limit).await?;
        let place = |timer: &DueTimer| {
            let session = sessions_of(&queue, std::slice::from_ref(timer)).pop()?;
            Some(SessionPlace { opened_at: timer.due, session })
        };
        Ok(timers.iter().filter_map(place).collect())
    }

    /// A session with an unfinished run is not forgotten: whatever the run still owes somebody
    /// would be lost with it.
    async fn forget(&self, session: &Session, at: Revision) -> Result<Committed, PortError> {
        let (session, tenant) = (&session.id, &session.owner.tenant);
        let partition = session.partition();
        if let Some(recollection) = &self.recollection {
            recollection.forget(session);
        }
        let mut commit = self.records.draft(partition);
        commit.durability = Durability::Ordinary;
        commit.expectations = vec![
            Expectation { key: names::session(session), demand: Demand::At(version(at)) },
            Expectation { key: names::run(session), demand: Demand::Absent },
        ];
        commit.deletes = vec![names::session(session), names::view(session)];
        commit.dropped_logs = vec![names::history(session), names::payments(session)];
        commit.timers = queues_of(tenant).map(|queue| cleared(queue, session)).into();
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    fn whole_until(&self) -> Option<Timestamp> {
        self.records.store.incident().map(|incident| incident.whole_until)
    }

    async fn settle(&self) -> Result<(), PortError> {
        Ok(self.records.store.settle().await?)
    }

    async fn check(&self) -> Result<(), PortError> {
        Ok(self.records.store.check().await?)
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.records.store.now().await?)
    }

    fn epoch(&self) -> u64 {
        self.records.store.boot_epoch()
    }
}

pub(super) fn read_with_revision<T: Document>(
    found: &store::Document,
) -> Result<(T, Revision), PortError> {
    Ok((from_bytes(&found.value)?, revision(found.version)))
}

pub(super) fn committed(outcome: &Outcome) -> Committed {
    match outcome {
        Outcome::Applied(version) => Committed::At(revision(*version)),
        Outcome::Raced { .. } => Committed::Raced,
    }
}
