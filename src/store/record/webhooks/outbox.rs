use acp_core::ids::{EndpointId, OrderId, PlanId};
use acp_core::limits::{DUE_TIMERS_MAX, PAGE_ROWS_MAX, PLAN_DELIVERY_LOOK};
use acp_core::order::{OrderEvent, Recorded};
use acp_core::plan::Plan;
use acp_core::ports::{Committed, DeliveryWrite, Outbox, PortError, Revision, Untold};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_core::webhook::{Delivery, DeliveryId, DeliveryState, Fact, News, PlanNews, Topic};
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

    fn draft(&self, about: &Topic) -> Commit {
        let mut commit = self.records.draft(about.partition());
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
        // An order is there for good. A plan is not, and what was told of it goes with it.
        let look_again = || matches!(after.id.about, Topic::Plan(_)).then(|| self.look_again_at());
        let due = due.or_else(look_again);
        commit.timers.push(timer(names::DELIVERIES.into(), &after.id, due));
        let held_at = is_held.then(|| self.records.clock.now());
        commit.timers.push(timer(names::held_of(&after.id.endpoint), &after.id, held_at));
        if let Some(attempt) = after.attempts.first() {
            let queue = names::tried_of(&after.id.endpoint);
            commit.timers.push(timer(queue, &after.id, Some(attempt.at)));
        }
        Ok(())
    }

    fn look_again_at(&self) -> Timestamp {
        self.records.clock.now().plus(PLAN_DELIVERY_LOOK)
    }

    async fn plan(&self, id: &PlanId) -> Result<Option<Plan>, PortError> {
        let found = self.records.read::<Plan>(id.partition(), names::plan(id)).await?;
        Ok(found.map(|(plan, _)| plan))
    }

    async fn owner_of_order(&self, order: &OrderId) -> Result<Option<Owner>, PortError> {
        let log = names::order_events(order);
        let found = self.records.store.log(order.partition(), &log, 0, 1).await?;
        let Some(first) = found.first() else { return Ok(None) };
        let Recorded { event, .. } = from_bytes::<Recorded<OrderEvent>>(&first.entry)?;
        Ok(match event {
            OrderEvent::Placed { ordered, .. } => ordered.map(|ordered| ordered.owner),
            _ => None,
        })
    }

    async fn news_of_order(&self, order: &OrderId, after: u64) -> Result<Vec<News>, PortError> {
        let log = names::outbox(order);
        let mut news: Vec<News> = Vec::new();
        loop {
            let after = news.last().map_or(after, |news| news.number);
            let page =
                self.records.store.log(order.partition(), &log, after, PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            for found in page {
                let OutboxEntry { event_id, recorded } = from_bytes(&found.entry)?;
                let Recorded { at, event } = recorded;
                let fact = Fact::Order(Box::new(event));
                news.push(News { number: found.number, event: event_id, at, fact });
            }
            if is_last {
                return Ok(news);
            }
        }
    }

    /// A plan's own timeline is its outbox: it is written by the commit that makes things happen.
    async fn news_of_plan(&self, id: &PlanId, after: u64) -> Result<Vec<News>, PortError> {
        let Some(plan) = self.plan(id).await? else { return Ok(Vec::new()) };
        let fresh = plan.timeline.iter().filter(|moment| u64::from(moment.seq) > after);
        let news = fresh.filter_map(|moment| {
            let fact = Fact::Plan(Box::new(PlanNews::of(&plan, moment)?));
            let event = names::event_of_plan(id, moment.seq);
            Some(News { number: moment.seq.into(), event, at: moment.at, fact })
        });
        Ok(news.collect())
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
    let (about, mark) = timer.id.split_once('/')?;
    Some(Untold { about: Topic::parse(about)?, mark: mark.into() })
}

#[async_trait]
impl Outbox for StoreOutbox {
    async fn untold(&self) -> Result<Vec<Untold>, PortError> {
        let due = self.records.store.due_timers(names::NEWS, DUE_TIMERS_MAX).await?;
        let read = due.iter().filter_map(|timer| {
            let read = untold(timer);
            if read.is_none() {
                tracing::error!(timer.id = %timer.id, "timer {} names no order or plan", timer.id);
            }
            read
        });
        Ok(read.collect())
    }

    async fn owner_of(&self, about: &Topic) -> Result<Option<Owner>, PortError> {
        match about {
            Topic::Order(order) => self.owner_of_order(order).await,
            Topic::Plan(plan) => Ok(self.plan(plan).await?.map(|plan| plan.owner)),
        }
    }

    async fn news(&self, about: &Topic, after: u64) -> Result<Vec<News>, PortError> {
        match about {
            Topic::Order(order) => self.news_of_order(order, after).await,
            Topic::Plan(plan) => self.news_of_plan(plan, after).await,
        }
    }

    async fn delivery(&self, id: &DeliveryId) -> Result<Option<(Delivery, Revision)>, PortError> {
        let found = self.records.read(id.about.partition(), names::delivery(id)).await?;
        Ok(found.map(|(delivery, at)| (delivery, revision(at))))
    }

    async fn spread(
        &self,
        about: &Topic,
        looked_at: &[Untold],
        deliveries: Vec<DeliveryWrite>,
    ) -> Result<Committed, PortError> {
        let mut commit = self.draft(about);
        for write in &deliveries {
            self.add(&mut commit, write)?;
        }
        commit.timers.extend(looked_at.iter().map(|untold| SetTimer {
            queue: names::NEWS.into(),
            id: names::news(about, &untold.mark),
            due: None,
        }));
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn write(&self, write: DeliveryWrite) -> Result<Committed, PortError> {
        let mut commit = self.draft(&write.after.id.about);
        self.add(&mut commit, &write)?;
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn forget(&self, id: &DeliveryId, at: Revision) -> Result<Committed, PortError> {
        let mut commit = self.draft(&id.about);
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
        let mut commit = self.draft(&id.about);
        commit.timers.push(timer(names::DELIVERIES.into(), id, Some(until)));
        let _committed = committed(&self.records.store.commit(commit).await?);
        Ok(())
    }

    async fn dismiss(&self, id: &DeliveryId) -> Result<(), PortError> {
        let mut commit = self.draft(&id.about);
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
