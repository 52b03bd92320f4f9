use std::sync::Arc;

use acp_core::catalog::{Carriage, CatalogItem, OptionRule, Promotion, TaxTable, Terms};
use acp_core::ids::{CartId, ItemId, TenantId};
use acp_core::ports::PortError;
use acp_core::session::{Address, Buyer, Inquiry, Stocked, Stores, Wanted, Wishes};
use acp_core::stock::Availability;

use super::App;

/// Who sells, and the session or cart it is about.
type About<'a> = (&'a TenantId, &'a str);
/// The terms of a basket, and how often each of its promotions can still be redeemed.
type Sold = (Terms, Vec<Option<u32>>);
type Delivered = (Arc<[OptionRule]>, Arc<TaxTable>);
type Reduced = (Arc<[Promotion]>, Vec<Option<u32>>);

/// How much of the terms there is to ask for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Everything,
    WithoutDelivery,
}

impl App {
    /// What whoever keeps them says to what is wanted: catalogue and stock to the items, and then
    /// the terms they are sold by. Nobody waits for whom they need nothing of.
    pub(super) async fn stores(
        &self,
        about: About<'_>,
        wishes: &Wishes<'_>,
    ) -> Result<Stores, PortError> {
        self.ask_stores(about, wishes, Extent::Everything).await
    }

    /// The same to a cart, where nobody knows where anything goes.
    pub(super) async fn stores_of_cart(
        &self,
        (tenant, cart): (&TenantId, &CartId),
        wanted: &[Wanted],
        buyer: Option<&Buyer>,
    ) -> Result<Stores, PortError> {
        let wishes = Wishes::in_cart(wanted, buyer);
        self.ask_stores((tenant, cart.as_str()), &wishes, Extent::WithoutDelivery).await
    }

    async fn ask_stores(
        &self,
        about: About<'_>,
        wishes: &Wishes<'_>,
        extent: Extent,
    ) -> Result<Stores, PortError> {
        let ids: Vec<&ItemId> = wishes.wanted.iter().map(|wanted| &wanted.item).collect();
        let (tenant, _) = about;
        let priced = async {
            let found = self.ports.catalog.find(tenant, &ids).await?;
            // What is refused whatever the terms is refused also while nobody can be asked.
            let sold = match Inquiry::about(about, wishes, &found, &self.shop) {
                Some(inquiry) => self.terms(&inquiry, extent).await?,
                None => Sold::default(),
            };
            Ok((found, sold))
        };
        let counted = self.ports.stock.available(tenant, &ids);
        let ((found, (terms, redemptions)), available) = tokio::try_join!(priced, counted)?;
        let stocked = |(item, available): (Option<Arc<CatalogItem>>, _)| {
            item.map(|item| Stocked { item, available })
        };
        let stocked = found.into_iter().zip(available).map(stocked).collect();
        Ok(Stores { shelf: stocked, terms, redemptions })
    }

    async fn terms(&self, inquiry: &Inquiry<'_>, extent: Extent) -> Result<Sold, PortError> {
        if extent == Extent::WithoutDelivery {
            let (promotions, redemptions) = self.reduced(inquiry).await?;
            return Ok((Terms { promotions, ..Terms::default() }, redemptions));
        }
        let ((options, taxes), (promotions, redemptions)) =
            tokio::try_join!(self.delivered(inquiry), self.reduced(inquiry))?;
        Ok((Terms { taxes, options, promotions }, redemptions))
    }

    /// How things can reach the buyer, and what is taxed there. What is fetched is taxed where it
    /// is fetched, so that taxes can be asked for only when the options are known.
    async fn delivered(&self, inquiry: &Inquiry<'_>) -> Result<Delivered, PortError> {
        let options = self.ports.terms.deliveries.options(inquiry).await?;
        let pickups = options.iter().filter_map(|option| match &option.carriage {
            Carriage::Pickup(location) => Some(&location.address),
            Carriage::Shipping { .. } | Carriage::Digital | Carriage::LocalDelivery { .. } => None,
        });
        let places: Vec<&Address> = inquiry.addresses.iter().copied().chain(pickups).collect();
        let taxes = self.ports.terms.taxes.rates(inquiry, &places).await?;
        Ok((options, taxes))
    }

    /// What is taken off, and how often each can still be redeemed.
    async fn reduced(&self, inquiry: &Inquiry<'_>) -> Result<Reduced, PortError> {
        let promotions = self.ports.terms.promotions.promotions(inquiry).await?;
        let redemptions = self.redemptions(inquiry.tenant, &promotions).await?;
        Ok((promotions, redemptions))
    }

    /// How often each can still be redeemed, by the ledgers of those of which there are only so
    /// many.
    async fn redemptions(
        &self,
        tenant: &TenantId,
        promotions: &[Promotion],
    ) -> Result<Vec<Option<u32>>, PortError> {
        let ledgers: Vec<_> = promotions.iter().map(Promotion::ledger).collect();
        let counted: Vec<&ItemId> = ledgers.iter().flatten().collect();
        if counted.is_empty() {
            return Ok(vec![None; ledgers.len()]);
        }
        let available = self.ports.stock.available(tenant, &counted).await?;
        let mut available = available.into_iter();
        let left = |ledger: &Option<ItemId>| {
            ledger.as_ref().and_then(|_| match available.next()? {
                Availability::Unlimited => None,
                Availability::Units(left) => Some(left),
            })
        };
        Ok(ledgers.iter().map(left).collect())
    }
}
