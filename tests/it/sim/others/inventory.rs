//! An inventory of the merchant's, which promises goods until a time and then takes them back
//! unasked.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Keeper, PortError, Retry};
use acp_core::stock::{Availability, Hold, Ledger, Reservation, ReservationId, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::sim::fault::Place;
use crate::sim::node::{Answer, Lost, Wire};

/// Its own books. Nobody else writes in them.
#[derive(Default)]
pub(in crate::sim) struct Inventory(BTreeMap<ItemId, Ledger>);

impl Inventory {
    pub(in crate::sim) fn count(&mut self, item: &ItemId, units: u32) {
        self.0.insert(item.clone(), Ledger::new(Some(units)));
    }

    /// What it has of an item; what it never counted never runs out.
    pub(in crate::sim) fn ledger(&mut self, item: &ItemId) -> &mut Ledger {
        self.0.entry(item.clone()).or_insert_with(|| Ledger::new(None))
    }

    /// Takes back what was promised until now; gives whose it was.
    fn let_run_out(&mut self, now: Timestamp) -> Vec<ReservationId> {
        let mut run_out = Vec::new();
        for ledger in self.0.values_mut() {
            for (id, _) in ledger.overdue(now) {
                ledger.release(&id);
                ledger.forget(&id);
                run_out.push(id);
            }
        }
        run_out
    }

    fn reserve(&mut self, hold: &Hold, until: Timestamp) -> Reserved {
        let ledger = self.ledger(&hold.item);
        let reserved = ledger.reserve(&hold.reservation, hold.units, until);
        ledger.renew(&hold.reservation, until);
        reserved
    }

    /// One that ran out is sold if its units are still there.
    fn confirm(&mut self, hold: &Hold, now: Timestamp) -> bool {
        let is_known = self.ledger(&hold.item).reservations.contains_key(&hold.reservation);
        (is_known || self.reserve(hold, now) == Reserved::Held)
            && self.ledger(&hold.item).confirm(&hold.reservation)
    }

    fn restock(&mut self, hold: &Hold) {
        let ledger = self.ledger(&hold.item);
        ledger.restock(&hold.reservation);
        ledger.reservations.entry(hold.reservation.clone()).or_insert(Reservation::Released);
    }
}

impl<T: Debug + Send + 'static> Answer for Result<T, PortError> {
    fn lost(lost: Lost) -> Self {
        let retry = match lost {
            Lost::Unreached | Lost::Throttled => Retry::After(Duration::from_secs(1)),
            Lost::Ambiguous | Lost::InFlight => Retry::Safe,
        };
        Err(PortError { what: "asking the inventory", retry, cause: None })
    }

    fn told(&self) -> String {
        match self {
            Ok(told) => format!("{told:?}"),
            Err(error) => format!("{:?}", error.retry),
        }
    }
}

/// The inventory of one gateway.
pub(in crate::sim) struct SimInventory(pub(in crate::sim) Wire);

impl SimInventory {
    async fn call<T: Debug + Send + 'static>(
        &self,
        name: &str,
        effect: impl Fn(&mut Inventory, Timestamp) -> T + Send + Sync + 'static,
    ) -> Result<T, PortError> {
        let core = self.0.core.clone();
        let effect = move || {
            let (mut inventory, now) = (core.inventory.lock().unwrap(), core.now());
            for reservation in inventory.let_run_out(now) {
                if let Some((session, _)) = reservation.owner() {
                    core.watch.lock().unwrap().robbed.insert(session.to_string());
                }
            }
            Ok(effect(&mut inventory, now))
        };
        self.0.carry(Place::Inventory, name, Arc::new(effect)).await
    }
}

#[async_trait]
impl Keeper for SimInventory {
    async fn available(
        &self,
        _tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        let items: Vec<_> = items.iter().map(|item| (*item).clone()).collect();
        let core = self.0.core.clone();
        let look = move || {
            let mut inventory = core.inventory.lock().unwrap();
            Ok(items.iter().map(|item| inventory.ledger(item).available()).collect())
        };
        self.0.glance(look).await
    }

    async fn reserve(
        &self,
        _tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        let hold = hold.clone();
        self.call("stock reserve", move |inventory, _| inventory.reserve(&hold, until)).await
    }

    async fn release(&self, _tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        let hold = hold.clone();
        let effect = move |inventory: &mut Inventory, _| {
            inventory.ledger(&hold.item).release(&hold.reservation);
        };
        self.call("stock release", effect).await
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.release(tenant, hold).await
    }

    async fn confirm(&self, _tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        let hold = hold.clone();
        self.call("stock confirm", move |inventory, now| inventory.confirm(&hold, now)).await
    }

    async fn restock(&self, _tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        let hold = hold.clone();
        self.call("stock return", move |inventory, _| inventory.restock(&hold)).await
    }

    async fn renew(
        &self,
        _tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError> {
        let hold = hold.clone();
        let effect = move |inventory: &mut Inventory, _| {
            inventory.reserve(&hold, until);
        };
        self.call("stock renew", effect).await
    }
}
