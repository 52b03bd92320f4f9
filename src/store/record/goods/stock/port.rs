//! The port, fulfilled over ledgers.

use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::DUE_TIMERS_MAX;
use acp_core::ports::{Keeper, Ledgers, Overdue, PortError, Retry, Stock};
use acp_core::refusal::Broken;
use acp_core::stock::{Availability, Hold, Ledger, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use futures_util::future::try_join_all;

use super::StoreStock;
use super::lanes::{Act, Came};
use crate::store::record::names;

impl StoreStock {
    /// Makes a change that always comes off.
    async fn carry_out(&self, tenant: &TenantId, hold: &Hold, act: Act) -> Result<(), PortError> {
        let place = self.place(tenant, &hold.item);
        match self.change(&place, &hold.reservation, act).await? {
            Came::Done => Ok(()),
            Came::Reserved(_) | Came::Confirmed { .. } => Err(crossed()),
        }
    }

    /// How much of an item there is, as it is now or was a moment ago.
    async fn availability(
        &self,
        tenant: &TenantId,
        item: &ItemId,
    ) -> Result<Availability, PortError> {
        let place = self.place(tenant, item);
        let (lane, now) = (self.lanes.of(place.partition), self.records.clock.now());
        if let Some(available) = lane.available(&place.ledger, self.trust, now) {
            return Ok(available);
        }
        let found = self.look(&place, &[]).await?;
        Ok(found.map_or(Availability::Unlimited, |found| found.ledger.available()))
    }
}

#[async_trait]
impl Keeper for StoreStock {
    async fn available(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        try_join_all(items.iter().map(|item| self.availability(tenant, item))).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        let (place, units) = (self.place(tenant, &hold.item), hold.units);
        match self.change(&place, &hold.reservation, Act::Reserve { units, until }).await? {
            Came::Reserved(reserved) => Ok(reserved),
            Came::Done | Came::Confirmed { .. } => Err(crossed()),
        }
    }

    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.carry_out(tenant, hold, Act::Release).await
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.release(tenant, hold).await
    }

    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        let place = self.place(tenant, &hold.item);
        match self.change(&place, &hold.reservation, Act::Confirm).await? {
            Came::Confirmed { is_sold } => Ok(is_sold),
            Came::Reserved(_) | Came::Done => Err(crossed()),
        }
    }

    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.carry_out(tenant, hold, Act::Restock).await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError> {
        self.carry_out(tenant, hold, Act::Renew { until }).await
    }
}

#[async_trait]
impl Ledgers for StoreStock {
    async fn begin(&self, tenant: &TenantId, item: &ItemId, units: u32) -> Result<(), PortError> {
        let begun = |known: Option<Ledger>| match known {
            Some(_) => None,
            None => Some(Ledger::new(Some(units))),
        };
        self.rewrite(tenant, item, begun).await
    }
}

#[async_trait]
impl Stock for StoreStock {
    async fn overdue(&self) -> Result<Vec<Overdue>, PortError> {
        let due = self.records.store.due_timers(names::HOLDS, DUE_TIMERS_MAX).await?;
        let now = self.records.store.now().await?;
        let mut overdue = Vec::new();
        for (tenant, item) in due.iter().filter_map(|timer| names::of_ledger(&timer.id)) {
            let found = self.look(&self.place(&tenant, &item), &[]).await?;
            let holds = found.map(|found| found.ledger.overdue(now)).unwrap_or_default();
            overdue.extend(holds.into_iter().map(|(reservation, units)| Overdue {
                tenant: tenant.clone(),
                hold: Hold { item: item.clone(), reservation, units },
            }));
        }
        Ok(overdue)
    }
}

fn crossed() -> PortError {
    let cause = Box::new(Broken("a change of stock was told what came of another"));
    PortError { what: "changing a stock ledger", retry: Retry::Never, cause: Some(cause) }
}
