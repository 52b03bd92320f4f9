//! Whose store it is that was opened.

use acp_core::catalog::Shop;
use acp_core::ports::{Clock, Tenants as _};
use acp_core::tenant::Tenant;

use crate::boot::BootError;
use crate::config::{CatalogueKind, Config, InventoryShape, TermKind};
use crate::identity::Hosting;
use crate::store::record::StoreTenants;

/// Services of the merchant's know one merchant, and would take what is wanted of another for
/// theirs.
pub(super) fn hosting(config: &Config) -> Hosting {
    let services =
        [&config.cart.0, &config.tax.service(), &config.shipping.0, &config.promotions.0];
    let is_alone = config.catalogue.kind != CatalogueKind::Embedded
        || config.inventory.shape != InventoryShape::Embedded
        || config.orders.base_url.is_some()
        || services.into_iter().any(|service| service.kind != TermKind::Embedded);
    if is_alone { Hosting::TheShop } else { Hosting::Everybody }
}

/// Makes a store that is new the shop's, and makes sure of any other that it is: what lies in it
/// is sold, charged and delivered by the configuration of the shop it was made for.
///
/// # Errors
/// The store is another shop's, or has tenants that cannot be served with this configuration.
pub(super) async fn must_be_the_shops(
    tenants: &StoreTenants,
    shop: &Shop,
    hosting: Hosting,
    clock: &dyn Clock,
) -> Result<(), BootError> {
    let first = Tenant::new(shop.tenant.clone(), shop.name.clone(), clock.now());
    let tenants = tenants.begin_with(&first).await?;
    if let Some(owner) = tenants.first().filter(|owner| owner.id != shop.tenant) {
        let (owner, shop) = (owner.id.clone(), shop.tenant.clone());
        return Err(BootError::ForeignStore { owner, shop });
    }
    let others = tenants.len().saturating_sub(1);
    if hosting == Hosting::TheShop && others > 0 {
        return Err(BootError::NotHosted { others });
    }
    Ok(())
}
