use std::sync::Arc;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::Assortment;
use acp_core::refusal::{KeptElsewhere, Refusal};
use acp_core::stock::ItemStock;

use super::Kept;
use crate::app::{App, Failure};

/// Which items somebody wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemsWanted {
    /// Those behind this one.
    pub after: Option<ItemId>,
    /// How many at the most.
    pub limit: usize,
}

impl App {
    /// Shows what the shop sells, in the order of ids, with what is withdrawn; without the stock
    /// where nobody can tell it.
    ///
    /// # Errors
    /// Refuses where the catalogue is kept elsewhere.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_items(
        &self,
        tenant: &TenantId,
        wanted: &ItemsWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        // One more than there is room for says whether there is more.
        let ahead = wanted.limit.saturating_add(1);
        let after = wanted.after.as_ref();
        let mut items = self.assortment()?.list(tenant, after, ahead).await?;
        let has_more = items.len() > wanted.limit;
        items.truncate(wanted.limit);
        let ids: Vec<&ItemId> = items.iter().map(|item| &item.id).collect();
        let stock = self.stock_of(tenant, &ids).await?;
        let next = items.last().filter(|_| has_more).map(|item| item.id.clone());
        let items: Vec<_> = items.into_iter().zip(stock).collect();
        Ok(self.ports.answers.items(&items, next.as_ref()))
    }

    /// Shows an item, also one that is withdrawn, and also where nobody can tell its stock.
    ///
    /// # Errors
    /// Refuses items the shop does not have.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_item(&self, tenant: &TenantId, id: &ItemId) -> Result<Arc<[u8]>, Failure> {
        let item = self.item(tenant, id).await?.ok_or(Refusal::ItemNotFound)?;
        let stock = self.stock_of_one(tenant, id).await?;
        Ok(self.ports.answers.item(&item, stock.as_ref()).body)
    }

    /// Who keeps the catalogue, where we do.
    pub(super) fn assortment(&self) -> Result<&Arc<dyn Assortment>, Failure> {
        match &self.shelves.items {
            Kept::Here(items) => Ok(items),
            Kept::Elsewhere => Err(Refusal::KeptElsewhere(KeptElsewhere::Catalogue).into()),
        }
    }

    /// An item, whoever keeps it; one that is kept elsewhere is there as long as it is sold.
    pub(super) async fn item(
        &self,
        tenant: &TenantId,
        id: &ItemId,
    ) -> Result<Option<Arc<CatalogItem>>, Failure> {
        Ok(match &self.shelves.items {
            Kept::Here(items) => items.item(tenant, id).await?,
            Kept::Elsewhere => self.ports.catalog.find(tenant, &[id]).await?.pop().flatten(),
        })
    }

    pub(super) async fn stock_of_one(
        &self,
        tenant: &TenantId,
        id: &ItemId,
    ) -> Result<Option<ItemStock>, Failure> {
        Ok(self.stock_of(tenant, &[id]).await?.pop().flatten())
    }

    /// How much there is of each item, in that order; nothing where it is counted by a service of
    /// the merchant's that does not say. Nobody has to wait for it to look after an item.
    async fn stock_of(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Option<ItemStock>>, Failure> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match &self.shelves.counts {
            Kept::Here(counts) => {
                let ledgers = counts.ledgers(tenant, items).await?;
                ledgers.iter().map(|ledger| Some(ItemStock::of(ledger.as_ref()))).collect()
            }
            Kept::Elsewhere => match self.ports.stock.available(tenant, items).await {
                Ok(available) => available.into_iter().map(|it| Some(it.into())).collect(),
                // Nobody but the merchant's service is asked about goods: this is never an error of
                // our own store.
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(error, "items are shown without their stock");
                    vec![None; items.len()]
                }
            },
        })
    }
}
