//! The catalogues of all tenants. Each is read when it is first asked for, and held from then on.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{AnswerKey, Assortment, Catalog, Decide, PortError};
use async_trait::async_trait;
use tokio::sync::Mutex;

use super::catalog::StoreCatalog;
use crate::store::record::records::Records;

/// A catalogue for each tenant. Nothing of one is ever found in that of another.
#[derive(Debug)]
pub struct StoreCatalogs {
    /// The one there always is; the others lie in the same store.
    shop: Arc<StoreCatalog>,
    /// Those of other tenants that were asked for. Who may call is bounded, and so are these.
    others: RwLock<HashMap<TenantId, Arc<StoreCatalog>>>,
    /// Whoever reads one takes a turn, so that it is read once.
    reading: Mutex<()>,
}

impl StoreCatalogs {
    /// The catalogues of a store, of which that of the shop is read now.
    ///
    /// # Errors
    /// Fails when the store does, and when there are more items than fit.
    pub async fn load(records: Records, shop: TenantId) -> Result<Self, PortError> {
        Ok(Self::beside(Arc::new(StoreCatalog::load(records, shop).await?)))
    }

    /// The catalogue of the shop, and with it those of all tenants of the same store.
    pub fn beside(shop: Arc<StoreCatalog>) -> Self {
        Self { shop, others: RwLock::default(), reading: Mutex::default() }
    }

    /// The catalogue of the shop.
    pub const fn shop(&self) -> &Arc<StoreCatalog> {
        &self.shop
    }

    /// The catalogue of a tenant, of which it is known that there is such a tenant.
    ///
    /// # Errors
    /// Fails when it was not asked for before and the store does.
    pub async fn of(&self, tenant: &TenantId) -> Result<Arc<StoreCatalog>, PortError> {
        if let Some(catalog) = self.known(tenant) {
            return Ok(catalog);
        }
        let _turn = self.reading.lock().await;
        if let Some(catalog) = self.known(tenant) {
            return Ok(catalog);
        }
        let read = StoreCatalog::load(self.shop.records.clone(), tenant.clone()).await?;
        let read = Arc::new(read);
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        others.insert(tenant.clone(), Arc::clone(&read));
        Ok(read)
    }

    /// Reads what somebody else has written, if anybody has.
    ///
    /// # Errors
    /// Fails when the store does, and when there are more items than fit. Those of one tenant keep
    /// nobody else's from being read.
    pub async fn refresh(&self) -> Result<(), PortError> {
        let mut outcome = self.shop.refresh().await;
        let others: Vec<_> = {
            let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
            others.values().map(Arc::clone).collect()
        };
        for catalog in others {
            outcome = outcome.and(catalog.refresh().await);
        }
        outcome
    }

    /// Nothing panics while the lock is held for writing, so what a poisoned one guards is whole.
    fn known(&self, tenant: &TenantId) -> Option<Arc<StoreCatalog>> {
        if self.shop.is_of(tenant) {
            return Some(Arc::clone(&self.shop));
        }
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        others.get(tenant).map(Arc::clone)
    }
}

#[async_trait]
impl Catalog for StoreCatalogs {
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        self.of(tenant).await?.find(tenant, ids).await
    }
}

#[async_trait]
impl Assortment for StoreCatalogs {
    async fn list(
        &self,
        tenant: &TenantId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Arc<CatalogItem>>, PortError> {
        Ok(self.of(tenant).await?.list(after, limit))
    }

    async fn edition(&self, tenant: &TenantId) -> Result<u64, PortError> {
        Ok(self.of(tenant).await?.edition())
    }

    async fn item(
        &self,
        tenant: &TenantId,
        item: &ItemId,
    ) -> Result<Option<Arc<CatalogItem>>, PortError> {
        self.of(tenant).await?.item(tenant, item).await
    }

    async fn change(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        key: Option<&AnswerKey>,
        decide: Decide<'_, CatalogItem>,
    ) -> Result<(), PortError> {
        self.of(tenant).await?.change(tenant, item, key, decide).await
    }
}
