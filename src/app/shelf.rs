use acp_core::catalog::Promotion;
use acp_core::ids::ItemId;
use acp_core::ports::PortError;
use acp_core::session::{Stocked, Stores, Wanted};
use acp_core::stock::Availability;

use super::App;

impl App {
    /// What the shop's stores say to what is wanted: catalogue and stock to the items, and the
    /// ledgers of promotions of which there are only so many.
    pub(super) async fn stores(&self, wanted: &[Wanted]) -> Result<Stores, PortError> {
        let ids: Vec<&ItemId> = wanted.iter().map(|wanted| &wanted.item).collect();
        let tenant = &self.shop.tenant;
        let found = self.ports.catalog.find(tenant, &ids).await?;
        let ledgers: Vec<_> = self.shop.promotions.iter().map(Promotion::ledger).collect();
        let counted: Vec<_> = ids.iter().copied().chain(ledgers.iter().flatten()).collect();
        let mut available = self.ports.stock.available(tenant, &counted).await?.into_iter();
        let stocked = found
            .into_iter()
            .zip(available.by_ref())
            .map(|(item, available)| item.map(|item| Stocked { item, available }))
            .collect();
        let left = |ledger: &Option<ItemId>| {
            ledger.as_ref().and_then(|_| match available.next()? {
                Availability::Unlimited => None,
                Availability::Units(left) => Some(left),
            })
        };
        let redemptions = ledgers.iter().map(left).collect();
        Ok(Stores { shelf: stocked, redemptions })
    }
}
