use std::sync::Arc;

use async_trait::async_trait;

use crate::catalog::CatalogItem;
use crate::ids::{ItemId, TenantId};
use crate::ports::PortError;

/// Knows what the shop sells.
#[async_trait]
pub trait Catalog: Send + Sync {
    /// The items with these ids, in that order; `None` for what the shop does not sell.
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError>;
}
