//! Stock ledgers, kept in any store: each item is a partition of its own.

use std::sync::Arc;

use acp_core::ids::{ItemId, Partition, TenantId};
use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX, RESERVATION_KEPT};
use acp_core::ports::{PortError, Retry, Stock};
use acp_core::refusal::Broken;
use acp_core::stock::{Availability, Ledger, Reservation, ReservationId, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::lanes::{Act, Came, Lanes, Wish};
use super::names;
use super::records::Records;
use super::stored::{from_bytes, to_bytes};
use crate::store::{Commit, Demand, Expectation, Key, Outcome, Put, Version};

/// How often a ledger is tried when other processes write it too. Ledgers are small and many want
/// the same one, so this is more than for a session.
const TRIES: u32 = RACES_MAX.saturating_mul(8);

/// Keeps stock in a store. There is one of these in a process: it lets those who want the same
/// item share their commits.
#[derive(Clone, Debug)]
pub struct StoreStock {
    records: Records,
    lanes: Arc<Lanes>,
}

/// Where the ledger of an item lies.
struct Place {
    tenant: TenantId,
    item: ItemId,
    partition: Partition,
    ledger: Key,
}

/// A ledger as it was found.
struct Found {
    ledger: Ledger,
    version: Version,
}

impl StoreStock {
    /// Stock among these records.
    pub fn new(records: Records) -> Self {
        Self { records, lanes: Arc::default() }
    }

    /// The ledger of an item, without reservations that have ended; `None` when nobody counts it.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn get(&self, tenant: &TenantId, item: &ItemId) -> Result<Option<Ledger>, PortError> {
        let found = self.look(&self.place(tenant, item), &[]).await?;
        Ok(found.map(|found| found.ledger))
    }

    /// Sets how much of an item is free, as the merchant counts it; without a number it never
    /// runs out.
    ///
    /// # Errors
    /// Fails when the store does, and when too many others write the same ledger.
    pub async fn set(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        free: Option<u32>,
    ) -> Result<(), PortError> {
        let place = self.place(tenant, item);
        let lane = self.lanes.of(place.partition);
        let _turn = lane.turn.acquire().await;
        for _ in 0..TRIES {
            let found = self.look(&place, &[]).await?;
            let version = found.as_ref().map(|found| found.version);
            let mut ledger = found.map_or_else(|| Ledger::new(free), |found| found.ledger);
            ledger.recount(free);
            if self.keep(&place, version, ledger, &[]).await? {
                return Ok(());
            }
        }
        Err(busy())
    }

    fn place(&self, tenant: &TenantId, item: &ItemId) -> Place {
        Place {
            tenant: tenant.clone(),
            item: item.clone(),
            partition: self.records.partition_key.stock(tenant, item),
            ledger: names::ledger(tenant, item),
        }
    }

    /// Waits for a turn, in which the change is made together with those of all who wait, unless
    /// one who had the turn before has made it already.
    async fn change(
        &self,
        place: &Place,
        reservation: &ReservationId,
        act: Act,
    ) -> Result<Came, PortError> {
        let lane = self.lanes.of(place.partition);
        let wish = |tell| Wish {
            ledger: place.ledger.clone(),
            reservation: reservation.clone(),
            act: act.clone(),
            tell,
        };
        let (tell, mut told) = oneshot::channel();
        lane.join(wish(tell));
        let _turn = lane.turn.acquire().await;
        match told.try_recv() {
            Ok(came) => return Ok(came),
            Err(TryRecvError::Empty) => {}
            // Who had the turn failed or went away. The change may have been made and can be
            // repeated.
            Err(TryRecvError::Closed) => {
                let (tell, again) = oneshot::channel();
                lane.join(wish(tell));
                told = again;
            }
        }
        loop {
            self.serve(place, lane.take(&place.ledger)).await?;
            match told.try_recv() {
                Ok(came) => return Ok(came),
                // More were waiting before us than one commit takes.
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Closed) => return Err(busy()),
            }
        }
    }

    /// Makes changes together and tells those who wait for them.
    async fn serve(&self, place: &Place, wishes: Vec<Wish>) -> Result<(), PortError> {
        let ids: Vec<_> = wishes.iter().map(|wish| wish.reservation.clone()).collect();
        for _ in 0..TRIES {
            let Some(found) = self.look(place, &ids).await? else {
                let came = wishes.iter().map(|wish| wish.act.uncounted()).collect();
                tell(wishes, came);
                return Ok(());
            };
            let mut ledger = found.ledger.clone();
            let came = wishes.iter().map(|wish| wish.act.apply(&mut ledger, &wish.reservation));
            let came = came.collect();
            if ledger == found.ledger || self.keep(place, Some(found.version), ledger, &ids).await?
            {
                tell(wishes, came);
                return Ok(());
            }
        }
        Err(busy())
    }

    /// The ledger, with those of the reservations put back into it that have ended.
    async fn look(&self, place: &Place, ids: &[ReservationId]) -> Result<Option<Found>, PortError> {
        let mut wanted = vec![place.ledger.clone()];
        wanted.extend(ids.iter().map(|id| place.ended(id)));
        let mut documents = self.records.store.read(place.partition, &wanted).await?.into_iter();
        let Some(found) = documents.next().flatten() else {
            return Ok(None);
        };
        let mut ledger: Ledger = from_bytes(&found.value)?;
        for (id, ended) in ids.iter().zip(documents) {
            if let Some(ended) = ended {
                ledger.reservations.insert(id.clone(), from_bytes(&ended.value)?);
            }
        }
        Ok(Some(Found { ledger, version: found.version }))
    }

    /// Writes a ledger, and those of the reservations beside it that have ended. Says whether
    /// nobody came between.
    async fn keep(
        &self,
        place: &Place,
        version: Option<Version>,
        mut ledger: Ledger,
        ids: &[ReservationId],
    ) -> Result<bool, PortError> {
        let mut commit = self.records.draft(place.partition);
        let demand = version.map_or(Demand::Absent, Demand::At);
        commit.expectations.push(Expectation { key: place.ledger.clone(), demand });
        let end = self.records.clock.now().plus(RESERVATION_KEPT);
        for id in ids {
            if let Some(ended @ (Reservation::Confirmed { .. } | Reservation::Released)) =
                ledger.reservations.get(id)
            {
                put(&mut commit, place.ended(id), to_bytes(ended)?, Some(end));
                ledger.forget(id);
            }
        }
        put(&mut commit, place.ledger.clone(), to_bytes(&ledger)?, None);
        let outcome = self.records.store.commit(commit).await?;
        Ok(matches!(outcome, Outcome::Applied(_)))
    }
}

#[async_trait]
impl Stock for StoreStock {
    async fn available(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        let mut available = Vec::with_capacity(items.len());
        for item in items {
            let ledger = self.get(tenant, item).await?;
            available.push(ledger.map_or(Availability::Unlimited, |ledger| ledger.available()));
        }
        Ok(available)
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        reservation: &ReservationId,
        units: u32,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        let place = self.place(tenant, item);
        match self.change(&place, reservation, Act::Reserve { units, until }).await? {
            Came::Reserved(reserved) => Ok(reserved),
            Came::Released | Came::Confirmed { .. } => Err(crossed()),
        }
    }

    async fn release(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        reservation: &ReservationId,
    ) -> Result<(), PortError> {
        let place = self.place(tenant, item);
        match self.change(&place, reservation, Act::Release).await? {
            Came::Released => Ok(()),
            Came::Reserved(_) | Came::Confirmed { .. } => Err(crossed()),
        }
    }

    async fn confirm(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        reservation: &ReservationId,
    ) -> Result<bool, PortError> {
        let place = self.place(tenant, item);
        match self.change(&place, reservation, Act::Confirm).await? {
            Came::Confirmed { is_sold } => Ok(is_sold),
            Came::Reserved(_) | Came::Released => Err(crossed()),
        }
    }
}

impl Place {
    /// How a reservation ended.
    fn ended(&self, id: &ReservationId) -> Key {
        names::ended(&self.tenant, &self.item, id)
    }
}

fn put(commit: &mut Commit, key: Key, value: Bytes, expires_at: Option<Timestamp>) {
    commit.puts.push(Put { key, value, fence: None, expires_at });
}

fn tell(wishes: Vec<Wish>, came: Vec<Came>) {
    for (wish, came) in wishes.into_iter().zip(came) {
        if wish.tell.send(came).is_err() {
            tracing::debug!("a stock ledger was changed for somebody who no longer waits");
        }
    }
}

fn busy() -> PortError {
    let retry = Retry::After(BUSY_RETRY_AFTER);
    PortError { what: "changing a stock ledger many want to change", retry, cause: None }
}

fn crossed() -> PortError {
    let cause = Box::new(Broken("a change of stock was told what came of another"));
    PortError { what: "changing a stock ledger", retry: Retry::Never, cause: Some(cause) }
}
