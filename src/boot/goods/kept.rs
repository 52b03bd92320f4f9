//! Who keeps what is sold, and how much there is of it.

use std::sync::Arc;

use acp_core::catalog::Shop;
use acp_core::ports::Stock;

use super::{catalogue, inventory};
use crate::admin::MerchantCatalog;
use crate::boot::BootError;
use crate::boot::tools::Tools;
use crate::config::Config;
use crate::store::Backend;
use crate::store::record::{Records, StoreCatalogs, StoreStock};

/// Catalogue and stock: ours, and the merchant's where the merchant keeps them.
pub(in crate::boot) struct Kept {
    pub(in crate::boot) catalogs: Arc<StoreCatalogs>,
    pub(in crate::boot) sold_elsewhere: Option<MerchantCatalog>,
    pub(in crate::boot) stock: Arc<StoreStock>,
    pub(in crate::boot) elsewhere: Option<Arc<dyn Stock>>,
}

impl Kept {
    pub(in crate::boot) async fn open(
        config: &Config,
        shop: &Shop,
        backend: &Backend,
        records: &Records,
        tools: &Tools<'_>,
    ) -> Result<Self, BootError> {
        let stock = Arc::new(ledgers(backend, records));
        Ok(Self {
            catalogs: Arc::new(StoreCatalogs::load(records.clone(), shop.tenant.clone()).await?),
            sold_elsewhere: catalogue::elsewhere(&config.catalogue, &shop.tenant, tools)?,
            elsewhere: inventory::elsewhere(&config.inventory, &stock, records, tools)?,
            stock,
        })
    }
}

/// Our own stock, as it is kept in this kind of store.
fn ledgers(backend: &Backend, records: &Records) -> StoreStock {
    match backend {
        Backend::Redis(_) => StoreStock::new(records.clone()).far_away(),
        Backend::Embedded(_) | Backend::Memory => StoreStock::new(records.clone()).alone(),
    }
}
