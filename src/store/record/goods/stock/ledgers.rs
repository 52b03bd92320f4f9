//! Ledgers, read and written: each item is a partition of its own.

use std::sync::Arc;

use acp_core::ids::{ItemId, Partition, TenantId};
use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX, RESERVATION_KEPT, STOCK_STALENESS_MAX};
use acp_core::ports::{AnswerWrite, PortError, Retry};
use acp_core::stock::{Ledger, Reservation, ReservationId};
use acp_core::time::Timestamp;
use bytes::Bytes;
use tokio::sync::oneshot;
use tokio::sync::oneshot::error::TryRecvError;

use super::lanes::{Act, Came, Found, Lanes, Trust, Wish};
use crate::store::record::change::answering;
use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{from_bytes, to_bytes};
use crate::store::{Commit, Demand, Expectation, Key, Outcome, Put, SetTimer, Version};

/// How often a ledger is tried when other processes write it too. Ledgers are small and many want
/// the same one, so this is more than for a session.
pub(super) const TRIES: u32 = RACES_MAX.saturating_mul(8);

/// Keeps stock in a store. There is one of these in a process: it lets those who want the same
/// item share their commits.
#[derive(Clone, Debug)]
pub struct StoreStock {
    pub(super) records: Records,
    pub(super) lanes: Arc<Lanes>,
    pub(super) trust: Trust,
    pub(super) uncounted: Uncounted,
}

/// What is done with promises of an item nobody counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uncounted {
    /// Nothing: it never runs out, and nobody asks about it.
    Forgotten,
    /// They are written down: somebody else counts it.
    Recorded,
}

/// Where the ledger of an item lies.
pub(super) struct Place {
    tenant: TenantId,
    item: ItemId,
    pub(super) partition: Partition,
    pub(super) ledger: Key,
}

impl StoreStock {
    /// Stock among these records.
    pub fn new(records: Records) -> Self {
        Self {
            records,
            lanes: Arc::default(),
            trust: Trust::Never,
            uncounted: Uncounted::Forgotten,
        }
    }

    /// The same over a store on another machine: what is told of the stock of an item may be a
    /// little old, which spares a call for each. What is promised is always asked for.
    #[must_use]
    pub fn far_away(self) -> Self {
        Self { trust: Trust::For(STOCK_STALENESS_MAX), ..self }
    }

    /// The same over a store that is written through this one alone: how it was seen last is how
    /// it is.
    #[must_use]
    pub fn alone(self) -> Self {
        Self { trust: Trust::Always, ..self }
    }

    /// The same ledgers, which also record promises of items nobody counts here: somebody else
    /// does, and has to be told what became of each.
    #[must_use]
    pub fn recording(&self) -> Self {
        Self { uncounted: Uncounted::Recorded, ..self.clone() }
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
        let recounted = |known: Option<Ledger>| {
            let mut ledger = known.unwrap_or_else(|| Ledger::new(free));
            ledger.recount(free);
            Some(ledger)
        };
        self.rewrite(tenant, item, recounted).await
    }

    /// Writes a ledger anew, by what it was. Nothing is written where there is nothing to write.
    pub(super) async fn rewrite(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        anew: impl Fn(Option<Ledger>) -> Option<Ledger> + Send + Sync,
    ) -> Result<(), PortError> {
        let place = self.place(tenant, item);
        let lane = self.lanes.of(place.partition);
        let _turn = lane.turn.acquire().await;
        for _ in 0..TRIES {
            let found = self.look(&place, &[]).await?;
            let version = found.as_ref().map(|found| found.version);
            let Some(ledger) = anew(found.map(|found| found.ledger)) else { return Ok(()) };
            let write = Write { version, ledger, ids: &[], fresh: &[], answer: None };
            if self.keep(&place, write).await? {
                return Ok(());
            }
        }
        Err(busy())
    }

    pub(super) fn place(&self, tenant: &TenantId, item: &ItemId) -> Place {
        Place {
            tenant: tenant.clone(),
            item: item.clone(),
            partition: self.records.partition_key.stock(tenant, item),
            ledger: names::ledger(tenant, item),
        }
    }

    /// Waits for a turn, in which the change is made together with those of all who wait, unless
    /// one who had the turn before has made it already.
    pub(super) async fn change(
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
        if let Some(came) = self.change_by_heart(place, &wishes).await? {
            tell(wishes, came);
            return Ok(());
        }
        let ids: Vec<_> = wishes.iter().map(|wish| wish.reservation.clone()).collect();
        for _ in 0..TRIES {
            let found = self.look(place, &ids).await?;
            let version = found.as_ref().map(|found| found.version);
            let before = match (found, self.uncounted) {
                (Some(found), _) => found.ledger,
                (None, Uncounted::Recorded) => Ledger::new(None),
                (None, Uncounted::Forgotten) => {
                    let came = wishes.iter().map(|wish| wish.act.uncounted()).collect();
                    tell(wishes, came);
                    return Ok(());
                }
            };
            let mut ledger = before.clone();
            let came = wishes.iter().map(|wish| wish.act.apply(&mut ledger, &wish.reservation));
            let came: Vec<Came> = came.collect();
            // What is there already may have been written by somebody who never heard that it is
            // safe: whoever builds on it waits until it is.
            if ledger == before {
                let is_sure = !came.iter().any(|came| came.is_built_on())
                    || self.is_sure(place, version).await;
                // If not, it may have been written again meanwhile.
                if is_sure {
                    tell(wishes, came);
                    return Ok(());
                }
            } else {
                let write = Write { version, ledger, ids: &ids, fresh: &[], answer: None };
                if self.keep(place, write).await? {
                    tell(wishes, came);
                    return Ok(());
                }
            }
        }
        Err(busy())
    }

    /// Whether a ledger cannot get lost any more as it was read.
    async fn is_sure(&self, place: &Place, version: Option<Version>) -> bool {
        let Some(version) = version else { return true };
        self.records.store.make_sure(place.partition, &place.ledger, version).await.is_ok()
    }

    /// Makes changes without looking first, by what was last seen of the ledger: one call where
    /// nobody came between. Says nothing where that does not do, and nothing was changed.
    async fn change_by_heart(
        &self,
        place: &Place,
        wishes: &[Wish],
    ) -> Result<Option<Vec<Came>>, PortError> {
        let known = self.lanes.of(place.partition).known(&place.ledger);
        let Some(Found { mut ledger, version }) = known else {
            return Ok(None);
        };
        let (mut came, mut ids, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
        for wish in wishes {
            // Two wishes for one reservation are rare; whoever looks first gets them right.
            if !wish.act.is_plain(&ledger, &wish.reservation) || ids.contains(&wish.reservation) {
                return Ok(None);
            }
            if matches!(wish.act, Act::Reserve { .. }) {
                fresh.push(wish.reservation.clone());
            }
            came.push(wish.act.apply(&mut ledger, &wish.reservation));
            ids.push(wish.reservation.clone());
        }
        let write =
            Write { version: Some(version), ledger, ids: &ids, fresh: &fresh, answer: None };
        Ok(self.keep(place, write).await?.then_some(came))
    }

    /// The ledger, with those of the reservations put back into it that have ended.
    pub(super) async fn look(
        &self,
        place: &Place,
        ids: &[ReservationId],
    ) -> Result<Option<Found>, PortError> {
        let mut wanted = vec![place.ledger.clone()];
        wanted.extend(ids.iter().map(|id| place.ended(id)));
        let mut documents = self.records.store.read(place.partition, &wanted).await?.into_iter();
        let seen_at = self.records.clock.now();
        let lane = self.lanes.of(place.partition);
        let Some(found) = documents.next().flatten() else {
            lane.notice(&place.ledger, None, seen_at);
            return Ok(None);
        };
        let mut ledger: Ledger = from_bytes(&found.value)?;
        let seen = Found { ledger: ledger.clone(), version: found.version };
        lane.notice(&place.ledger, Some(seen), seen_at);
        for (id, ended) in ids.iter().zip(documents) {
            if let Some(ended) = ended {
                ledger.reservations.insert(id.clone(), from_bytes(&ended.value)?);
            }
        }
        Ok(Some(Found { ledger, version: found.version }))
    }

    /// Writes a ledger, and those of the reservations beside it that have ended. Says whether
    /// nobody came between.
    pub(super) async fn keep(&self, place: &Place, write: Write<'_>) -> Result<bool, PortError> {
        let Write { version, mut ledger, ids, fresh, answer } = write;
        let mut commit = self.records.draft(place.partition);
        let demand = version.map_or(Demand::Absent, Demand::At);
        commit.expectations.push(Expectation { key: place.ledger.clone(), demand });
        let never_ended = |id| Expectation { key: place.ended(id), demand: Demand::Absent };
        commit.expectations.extend(fresh.iter().map(never_ended));
        let now = self.records.clock.now();
        for id in ids {
            if let Some(ended @ (Reservation::Confirmed { .. } | Reservation::Released)) =
                ledger.reservations.get(id)
            {
                let end = Some(now.plus(RESERVATION_KEPT));
                put(&mut commit, place.ended(id), to_bytes(ended)?, end);
                ledger.forget(id);
            }
        }
        put(&mut commit, place.ledger.clone(), to_bytes(&ledger)?, None);
        let due = ledger.next_question();
        commit.timers.push(SetTimer { queue: names::HOLDS.into(), id: place.ledger.clone(), due });
        if let Some(answer) = answer {
            commit = answering(&self.records, commit, answer)?;
        }
        let lane = self.lanes.of(place.partition);
        lane.doubt(&place.ledger);
        let Outcome::Applied(version) = self.records.store.commit(commit).await? else {
            return Ok(false);
        };
        lane.learn(&place.ledger, Found { ledger, version }, now);
        Ok(true)
    }
}

/// A ledger to write.
pub(super) struct Write<'a> {
    /// The version it is made of.
    pub(super) version: Option<Version>,
    pub(super) ledger: Ledger,
    /// The reservations that were changed.
    pub(super) ids: &'a [ReservationId],
    /// Those of them that must not have ended before.
    pub(super) fresh: &'a [ReservationId],
    /// What is remembered of the call that changes it, where a caller's key names it.
    pub(super) answer: Option<&'a AnswerWrite>,
}

impl Place {
    /// How a reservation ended.
    fn ended(&self, id: &ReservationId) -> Key {
        names::ended(&self.tenant, &self.item, id)
    }
}

fn put(commit: &mut Commit, key: Key, value: Bytes, expires_at: Option<Timestamp>) {
    commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
}

fn tell(wishes: Vec<Wish>, came: Vec<Came>) {
    for (wish, came) in wishes.into_iter().zip(came) {
        if wish.tell.send(came).is_err() {
            tracing::debug!("a stock ledger was changed for somebody who no longer waits");
        }
    }
}

pub(super) fn busy() -> PortError {
    let retry = Retry::After(BUSY_RETRY_AFTER);
    PortError { what: "changing a stock ledger many want to change", retry, cause: None }
}
