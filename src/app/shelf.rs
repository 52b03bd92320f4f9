use acp_core::ids::ItemId;
use acp_core::ports::PortError;
use acp_core::session::{Shelf, Stocked, Wanted};

use super::App;

impl App {
    /// What the catalogue and the stock say to what is wanted.
    pub(super) async fn shelf(&self, wanted: &[Wanted]) -> Result<Shelf, PortError> {
        let ids: Vec<&ItemId> = wanted.iter().map(|wanted| &wanted.item).collect();
        let tenant = &self.shop.tenant;
        let items = self.ports.catalog.find(tenant, &ids).await?;
        let available = self.ports.stock.available(tenant, &ids).await?;
        Ok(items
            .into_iter()
            .zip(available)
            .map(|(item, available)| item.map(|item| Stocked { item, available }))
            .collect())
    }
}
