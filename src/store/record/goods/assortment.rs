//! The catalogue, as whoever looks after the shop sees and changes it.

use std::sync::Arc;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX};
use acp_core::money::Money;
use acp_core::ports::{AnswerKey, Assortment, Decide, Decision, KeyState, PortError, Retry};
use async_trait::async_trait;

use super::catalog::StoreCatalog;
use crate::store::record::change::answering;
use crate::store::record::names;
use crate::store::{Demand, Expectation, Outcome};

impl StoreCatalog {
    /// Sets the price of an item; says no when there is no such item.
    ///
    /// # Errors
    /// Fails when the store does, and when too many others write the same item.
    pub async fn set_price(&self, id: &ItemId, price: Money) -> Result<bool, PortError> {
        let mut is_there = false;
        let mut decide = |item: Option<CatalogItem>, _: Option<KeyState>| {
            let item = item?;
            is_there = true;
            let after = (item.price != price).then_some(CatalogItem { price, ..item });
            Some(Decision { after, answer: None })
        };
        self.change(&self.tenant, id, None, &mut decide).await?;
        Ok(is_there)
    }
}

#[async_trait]
impl Assortment for StoreCatalog {
    async fn list(
        &self,
        tenant: &TenantId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Arc<CatalogItem>>, PortError> {
        Ok(if self.is_of(tenant) { Self::list(self, after, limit) } else { Vec::new() })
    }

    async fn edition(&self, _tenant: &TenantId) -> Result<u64, PortError> {
        Ok(Self::edition(self))
    }

    async fn item(
        &self,
        tenant: &TenantId,
        item: &ItemId,
    ) -> Result<Option<Arc<CatalogItem>>, PortError> {
        Ok(self.get(item).filter(|_| self.is_of(tenant)))
    }

    /// The item is read from the store and not from memory: another gateway may have changed it.
    async fn change(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        key: Option<&AnswerKey>,
        decide: Decide<'_, CatalogItem>,
    ) -> Result<(), PortError> {
        if !self.is_of(tenant) {
            decide(None, None);
            return Ok(());
        }
        let partition = self.records.partition_key.catalog(tenant);
        let name = names::item(tenant, item);
        let _turn = self.turn.lock().await;
        for _ in 0..RACES_MAX {
            let found = self.records.read::<CatalogItem>(partition, name.clone()).await?;
            let known = self.records.key_state(partition, key).await?;
            let (found, version) = found.unzip();
            let Some(Decision { after, answer }) = decide(found, known) else { return Ok(()) };
            // A price that was acknowledged is not forgotten, so it waits like an order does.
            let mut commit = self.records.draft(partition);
            if let Some(after) = &after {
                commit.puts.push(self.put_of(after)?);
                commit.puts.push(self.mark());
                let demand = version.map_or(Demand::Absent, Demand::At);
                commit.expectations.push(Expectation { key: name.clone(), demand });
            }
            if let Some(answer) = &answer {
                commit = answering(&self.records, commit, answer)?;
            }
            if commit.puts.is_empty() {
                return Ok(());
            }
            if let Outcome::Applied(version) = self.records.store.commit(commit).await? {
                self.take_in(after.map(|after| (after, version)));
                return Ok(());
            }
        }
        let retry = Retry::After(BUSY_RETRY_AFTER);
        Err(PortError { what: "changing an item others change too", retry, cause: None })
    }
}
