use std::sync::Arc;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Catalog, Clock, PortError};
use async_trait::async_trait;

use crate::adapters::memory::{MemoryOptions, Remembered, RememberedCounts, Source};

/// A catalogue of one tenant that is only asked for what is not known well enough.
#[derive(Debug)]
pub struct RememberedCatalog {
    memory: Remembered<ItemId, CatalogItem>,
    tenant: TenantId,
}

/// The catalogue, as it is asked for this tenant.
struct Asked {
    catalog: Arc<dyn Catalog>,
    tenant: TenantId,
}

#[async_trait]
impl Source<ItemId, CatalogItem> for Asked {
    async fn ask(&self, ids: &[&ItemId]) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        self.catalog.find(&self.tenant, ids).await
    }
}

impl RememberedCatalog {
    /// Remembers what this catalogue says to this tenant.
    pub fn of(
        catalog: Arc<dyn Catalog>,
        tenant: TenantId,
        options: MemoryOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let asked = Arc::new(Asked { catalog, tenant: tenant.clone() });
        Self { memory: Remembered::of(asked, "the catalogue", options, clock), tenant }
    }

    /// Forgets items that have changed. Whoever asks from now on is told anew.
    pub fn forget(&self, ids: &[ItemId]) {
        self.memory.forget(ids);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        self.memory.forget_all();
    }

    /// How it served those who asked.
    pub fn counts(&self) -> RememberedCounts {
        self.memory.counts()
    }
}

#[async_trait]
impl Catalog for RememberedCatalog {
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        // Nothing is sold in the name of another.
        if *tenant == self.tenant { self.memory.find(ids).await } else { Ok(vec![None; ids.len()]) }
    }
}
