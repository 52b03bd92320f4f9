use acp_core::ids::{EndpointId, OrderId};
use acp_core::limits::{DUE_TIMERS_MAX, PAGE_ROWS_MAX};
use acp_core::order::{OrderEvent, Recorded};
use acp_core::ports::{Committed, DeliveryWrite, Outbox, PortError, Revision, Untold};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_core::webhook::{Delivery, DeliveryId, DeliveryState, News};
use async_trait::async_trait;

use crate::store::record::change::{revision, version};
use crate::store::record::checkouts::committed;
use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{OutboxEntry, from_bytes, to_bytes};
use crate::store::{Commit, Demand, DueTimer, Durability, Expectation, Key, Put, SetTimer};

/// Keeps in a store how far everybody was told. Nothing of it need outlive a machine: whoever was
/// told something that was forgotten is told again.
#[derive(Clone, Debug)]
pub struct StoreOutbox {
    records: Records,
}

impl StoreOutbox {
    /// Deliveries among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    fn draft(&self, order: &OrderId) -> Commit {
        let mut commit = self.records.draft(order.partition());
        commit.durability = Durability::Ordinary;
        commit
    }

    fn add(&self, commit: &mut Commit, write: &DeliveryWrite) -> Result<(), PortError> {
        let DeliveryWrite { before, after } = write;
        let key = names::delivery(&after.id);
        let demand = before.map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: Key::clone(&key), demand });
        let value = to_bytes(after)?;
        commit.puts.push(Put { key, value, fence: None, expires_at: None, is_listed: false });
        let is_due = after.state == DeliveryState::Due;
        let is_held = matches!(after.state, DeliveryState::Held(_));
        let due = is_due.then_some(after.standing.lease.until);
        commit.timers.push(timer(names::DELIVERIES.into(), &after.id, due));
        let held_at = is_held.then(|| self.records.clock.now());
        commit.timers.push(timer(names::held_of(&after.id.endpoint), &after.id, held_at));
        if let Some(attempt) = after.attempts.first() {
            let queue = names::tried_of(&after.id.endpoint);
            commit.timers.push(timer(queue, &after.id, Some(attempt.at)));
        }
        Ok(())
    }
}

fn timer(queue: String, id: &DeliveryId, due: Option<Timestamp>) -> SetTimer {
    SetTimer { queue: queue.into(), id: id.to_string().into(), due }
}

/// The deliveries timers were set for.
fn deliveries_of(queue: &str, timers: &[DueTimer]) -> Vec<DeliveryId> {
    let named = timers.iter().filter_map(|timer| {
        let id = DeliveryId::parse(&timer.id);
        if id.is_none() {
            tracing::error!(timer.id = %timer.id, queue, "timer {} names no delivery", timer.id);
        }
        id
    });
    named.collect()
}

fn untold(timer: &DueTimer) -> Option<Untold> {
    let (order, mark) = timer.id.split_once('/')?;
    Some(Untold { order: OrderId::parse(order).ok()?, mark: mark.into() })
}

#[async_trait]
impl Outbox for StoreOutbox {
    async fn untold(&self) -> Result<Vec<Untold>, PortError> {
        let due = self.records.store.due_timers(names::NEWS, DUE_TIMERS_MAX).await?;
        let read = due.iter().filter_map(|timer| {
            let read = untold(timer);
            if read.is_none() {
                tracing::error!(timer.id = %timer.id, "timer {} names no order", timer.id);
            }
            read
        });
        Ok(read.collect())
    }

    async fn owner_of(&self, order: &OrderId) -> Result<Option<Owner>, PortError> {
        let log = names::order_events(order);
        let found = self.records.store.log(order.partition(), &log, 0, 1).await?;
        let Some(first) = found.first() else { return Ok(None) };
        let Recorded { event, .. } = from_bytes::<Recorded<OrderEvent>>(&first.entry)?;
        Ok(match event {
            OrderEvent::Placed { ordered, .. } => ordered.map(|ordered| ordered.owner),
            _ => None,
        })
    }

    async fn news(&self, order: &OrderId, after: u64) -> Result<Vec<News>, PortError> {
        let log = names::outbox(order);
        let mut news: Vec<News> = Vec::new();
        loop {
            let after = news.last().map_or(after, |news| news.number);
            let page =
                self.records.store.log(order.partition(), &log, after, PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            for found in page {
                let OutboxEntry { event_id, recorded } = from_bytes(&found.entry)?;
                news.push(News { number: found.number, event: event_id, recorded });
            }
            if is_last {
                return Ok(news);
            }
        }
    }

    async fn delivery(&self, id: &DeliveryId) -> Result<Option<(Delivery, Revision)>, PortError> {
        let found = self.records.read(id.order.partition(), names::delivery(id)).await?;
        Ok(found.map(|(delivery, at)| (delivery, revision(at))))
    }

    async fn spread(
        &self,
        order: &OrderId,
        looked_at: &[Untold],
        deliveries: Vec<DeliveryWrite>,
    ) -> Result<Committed, PortError> {
        let mut commit = self.draft(order);
        for write in &deliveries {
            self.add(&mut commit, write)?;
        }
        commit.timers.extend(looked_at.iter().map(|untold| SetTimer {
            queue: names::NEWS.into(),
            id: names::news(order, &untold.mark),
            due: None,
        }));
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn write(&self, write: DeliveryWrite) -> Result<Committed, PortError> {
        let mut commit = self.draft(&write.after.id.order);
        self.add(&mut commit, &write)?;
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn forget(&self, id: &DeliveryId, at: Revision) -> Result<Committed, PortError> {
        let mut commit = self.draft(&id.order);
        let key = names::delivery(id);
        let demand = Demand::At(version(at));
        commit.expectations.push(Expectation { key: Key::clone(&key), demand });
        commit.deletes.push(key);
        let queues =
            [names::DELIVERIES.into(), names::held_of(&id.endpoint), names::tried_of(&id.endpoint)];
        commit.timers.extend(queues.map(|queue| timer(queue, id, None)));
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn postpone(&self, id: &DeliveryId, until: Timestamp) -> Result<(), PortError> {
        let mut commit = self.draft(&id.order);
        commit.timers.push(timer(names::DELIVERIES.into(), id, Some(until)));
        let _committed = committed(&self.records.store.commit(commit).await?);
        Ok(())
    }

    async fn dismiss(&self, id: &DeliveryId) -> Result<(), PortError> {
        let mut commit = self.draft(&id.order);
        let key = names::delivery(id);
        commit.expectations.push(Expectation { key, demand: Demand::Absent });
        commit.timers.push(timer(names::DELIVERIES.into(), id, None));
        let _committed = committed(&self.records.store.commit(commit).await?);
        Ok(())
    }

    async fn due(&self) -> Result<Vec<DeliveryId>, PortError> {
        let due = self.records.store.due_timers(names::DELIVERIES, DUE_TIMERS_MAX).await?;
        Ok(deliveries_of(names::DELIVERIES, &due))
    }

    async fn unfinished(&self) -> Result<Vec<DeliveryId>, PortError> {
        let coming = self.records.store.coming_timers(names::DELIVERIES, DUE_TIMERS_MAX).await?;
        Ok(deliveries_of(names::DELIVERIES, &coming))
    }

    async fn tried(
        &self,
        endpoint: &EndpointId,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, PortError> {
        let queue = names::tried_of(endpoint);
        let timers = self.records.store.latest_timers(&queue, None, limit).await?;
        Ok(deliveries_of(&queue, &timers))
    }

    async fn held(
        &self,
        endpoint: &EndpointId,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, PortError> {
        let queue = names::held_of(endpoint);
        let timers = self.records.store.latest_timers(&queue, None, limit).await?;
        Ok(deliveries_of(&queue, &timers))
    }
}
