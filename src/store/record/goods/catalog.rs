//! The catalogue of a tenant: kept in a store, asked in memory.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, Partition, TenantId};
use acp_core::limits::{CATALOG_ITEMS_MAX, PAGE_ROWS_MAX};
use acp_core::ports::{Catalog, PortError, ProductPage, Retry};
use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::Mutex;

use super::by_product::ByProduct;
use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::to_bytes;
use crate::store::{Durability, Outcome, Put, Version};

/// The whole catalogue of one tenant. Items are found without touching the store.
#[derive(Debug)]
pub struct StoreCatalog {
    pub(super) records: Records,
    pub(super) tenant: TenantId,
    partition: Partition,
    items: RwLock<Items>,
    /// The change of the catalogue after which it was read last; zero before there was any.
    read_at: AtomicU64,
    /// How often what is held here became another.
    edition: AtomicU64,
    /// Whoever changes an item in this process takes a turn, so that they do not outrun each other.
    pub(super) turn: Mutex<()>,
}

/// The items by their ids, and by their products.
#[derive(Debug, Default)]
struct Items {
    by_id: BTreeMap<ItemId, Kept>,
    by_product: ByProduct,
}

/// An item, and which write of it this is: of two, the later one counts, whichever arrives first.
#[derive(Clone, Debug)]
struct Kept {
    item: Arc<CatalogItem>,
    version: Version,
}

impl StoreCatalog {
    /// The catalogue of a tenant, read from the store.
    ///
    /// # Errors
    /// Fails when the store does, and when there are more items than fit.
    pub async fn load(records: Records, tenant: TenantId) -> Result<Self, PortError> {
        let partition = records.partition_key.catalog(&tenant);
        let (items, turn) = (RwLock::default(), Mutex::default());
        let (read_at, edition) = (AtomicU64::default(), AtomicU64::default());
        let catalog = Self { records, tenant, partition, items, read_at, edition, turn };
        catalog.reload().await?;
        Ok(catalog)
    }

    /// Reads what somebody else may have written.
    ///
    /// # Errors
    /// Fails when the store does, and when there are more items than fit.
    pub async fn reload(&self) -> Result<(), PortError> {
        // Before the items: what is written meanwhile is noticed the next time.
        let changed_at = self.changed_at().await?;
        let prefix = names::items(&self.tenant);
        let mut last = None;
        loop {
            let page = self.records.page(self.partition, &prefix, last.as_deref()).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            last = page.last().map(|(key, ..)| key.clone());
            self.take_in(page.into_iter().map(|(_, item, version)| (item, version)));
            if self.len() > CATALOG_ITEMS_MAX {
                return Err(impossible("keeping so large a catalogue"));
            }
            if is_last {
                self.read_at.store(changed_at, Ordering::Relaxed);
                return Ok(());
            }
        }
    }

    /// Reads what somebody else has written, if anybody has. Where nobody has it costs one read.
    ///
    /// # Errors
    /// Fails when the store does, and when there are more items than fit.
    pub async fn refresh(&self) -> Result<(), PortError> {
        if self.changed_at().await? == self.read_at.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.reload().await
    }

    /// The last change of the catalogue, whoever made it; zero where there was none.
    async fn changed_at(&self) -> Result<u64, PortError> {
        let mark = [names::items_mark(&self.tenant)];
        let found = self.records.store.read(self.partition, &mark).await?.pop().flatten();
        Ok(found.map_or(0, |mark| mark.version.0))
    }

    /// Writes items as they are given, in the place of those with the same ids.
    ///
    /// # Errors
    /// Fails when the store does; some of the items may have been written then. Refuses more items
    /// than fit before any is written.
    pub async fn put(&self, items: Vec<CatalogItem>) -> Result<(), PortError> {
        let is_new = |item: &&CatalogItem| !self.items().by_id.contains_key(&item.id);
        if self.len().saturating_add(items.iter().filter(is_new).count()) > CATALOG_ITEMS_MAX {
            return Err(impossible("keeping so large a catalogue"));
        }
        for chunk in items.chunks(PAGE_ROWS_MAX) {
            let mut commit = self.records.draft(self.partition);
            commit.durability = Durability::Ordinary;
            for item in chunk {
                commit.puts.push(self.put_of(item)?);
            }
            commit.puts.push(self.mark());
            if let Outcome::Applied(version) = self.records.store.commit(commit).await? {
                self.take_in(chunk.iter().map(|item| (item.clone(), version)));
            }
        }
        Ok(())
    }

    /// Items whose ids sort above `after`, in order.
    pub fn list(&self, after: Option<&ItemId>, limit: usize) -> Vec<Arc<CatalogItem>> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let items = self.items();
        let later = items.by_id.range((from, Bound::Unbounded)).take(limit.min(PAGE_ROWS_MAX));
        later.map(|(_, kept)| Arc::clone(&kept.item)).collect()
    }

    /// Products behind this one, with about so many items, also those that are withdrawn.
    pub fn products(&self, after: Option<&str>, limit: usize) -> ProductPage {
        self.items().by_product.page(after, limit)
    }

    /// How often what is held here became another.
    pub(super) fn edition(&self) -> u64 {
        let _reading = self.items();
        self.edition.load(Ordering::Relaxed)
    }

    /// An item, also one that is withdrawn.
    pub fn get(&self, id: &ItemId) -> Option<Arc<CatalogItem>> {
        self.items().by_id.get(id).map(|kept| Arc::clone(&kept.item))
    }

    pub(super) fn is_of(&self, tenant: &TenantId) -> bool {
        *tenant == self.tenant
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items().by_id.len()
    }

    /// Whether there is nothing to sell.
    pub fn is_empty(&self) -> bool {
        self.items().by_id.is_empty()
    }

    pub(super) fn put_of(&self, item: &CatalogItem) -> Result<Put, PortError> {
        let key = names::item(&self.tenant, &item.id);
        Ok(Put { key, value: to_bytes(item)?, fence: None, expires_at: None, is_listed: true })
    }

    /// Tells every gateway that the catalogue is another one now.
    pub(super) fn mark(&self) -> Put {
        let (key, value) = (names::items_mark(&self.tenant), Bytes::new());
        Put { key, value, fence: None, expires_at: None, is_listed: false }
    }

    pub(super) fn take_in(&self, written: impl IntoIterator<Item = (CatalogItem, Version)>) {
        let mut items = self.items.write().unwrap_or_else(PoisonError::into_inner);
        let mut is_other = false;
        for (item, version) in written {
            if items.by_id.get(&item.id).is_none_or(|kept| kept.version < version) {
                let item = Arc::new(item);
                let kept = Kept { item: Arc::clone(&item), version };
                let before = items.by_id.insert(item.id.clone(), kept);
                items.by_product.put(item, before.map(|before| before.item));
                is_other = true;
            }
        }
        // Counted while nobody can read: whoever sees the number sees what it counts.
        if is_other {
            self.edition.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Nothing panics while the lock is held for writing, so what a poisoned one guards is whole.
    fn items(&self) -> RwLockReadGuard<'_, Items> {
        self.items.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Catalog for StoreCatalog {
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        if !self.is_of(tenant) {
            return Ok(vec![None; ids.len()]);
        }
        let items = self.items();
        let on_sale = |id: &&ItemId| {
            let item = items.by_id.get(*id).map(|kept| Arc::clone(&kept.item));
            item.filter(|item| !item.is_withdrawn)
        };
        Ok(ids.iter().map(on_sale).collect())
    }
}

fn impossible(what: &'static str) -> PortError {
    PortError { what, retry: Retry::Never, cause: None }
}
