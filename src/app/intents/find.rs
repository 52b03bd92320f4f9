use std::sync::Arc;

use acp_core::dialogue::Goods;
use acp_core::ids::{ItemId, TenantId};

use crate::app::{App, Failure};

/// Which goods an agent looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductsWanted {
    /// In words.
    pub query: Box<str>,
    /// How many at the most.
    pub limit: usize,
}

impl App {
    /// Shows what the shop sells by these words, best first, as agents may see it: with what it
    /// costs and whether there is any, and without how many.
    ///
    /// # Errors
    /// Refuses where the catalogue is kept elsewhere.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn search_products(
        self: &Arc<Self>,
        tenant: &TenantId,
        wanted: &ProductsWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        let index = self.index_of(tenant).await?;
        let found = index.search(&wanted.query, wanted.limit);
        let ids: Vec<&ItemId> = found.iter().collect();
        if ids.is_empty() {
            return Ok(self.ports.answers.products(&[]));
        }
        let items = self.ports.catalog.find(tenant, &ids);
        let counted = self.ports.stock.available(tenant, &ids);
        let (items, counted) = tokio::try_join!(items, counted)?;
        // What was withdrawn since the catalogue was read is not there any more.
        let goods = items.into_iter().zip(counted).filter_map(|(item, available)| {
            item.filter(|item| !item.is_withdrawn).map(|item| Goods { item, available })
        });
        Ok(self.ports.answers.products(&goods.collect::<Vec<_>>()))
    }
}
