//! Who knows what is sold.

use std::sync::Arc;

use acp_core::ids::TenantId;
use acp_core::ports::{Catalog, CatalogNews, Clock, Stock};
use zeroize::Zeroizing;

use crate::adapters::catalog::{ChangedItems, RememberedCatalog, RemoteCatalog};
use crate::adapters::memory::MemoryOptions;
use crate::adapters::outward::BackendOptions;
use crate::adapters::signed::Signed;
use crate::admin::MerchantCatalog;
use crate::app::{Kept, Shelves};
use crate::boot::BootError;
use crate::boot::tools::Tools;
use crate::config::{self, CatalogueKind};
use crate::store::record::{StoreCatalogs, StoreStock};

/// The merchant's catalogue, where it is configured, with a memory of ours before it.
pub(in crate::boot) fn elsewhere(
    config: &config::Catalogue,
    tenant: &TenantId,
    tools: &Tools<'_>,
) -> Result<Option<MerchantCatalog>, BootError> {
    match config.kind {
        CatalogueKind::Embedded => return Ok(None),
        CatalogueKind::Http => {}
    }
    let options = BackendOptions {
        // The configuration demands one.
        base_url: config.base_url.clone().unwrap_or_default(),
        token: config.token.as_ref().map(|token| Zeroizing::new(token.expose().clone())),
        connect: config.connect_timeout(),
        whole: config.timeout(),
        calls_at_once: config.calls_at_once,
        peers: tools.peers.clone(),
    };
    let service = RemoteCatalog::at(&options, tenant.clone(), Arc::clone(tools.entropy))
        .map_err(BootError::Catalogue)?;
    let service = Arc::new(service);
    let options = MemoryOptions {
        entries_max: usize::try_from(config.entries_max).unwrap_or(usize::MAX),
        fresh: config.fresh(),
        stale: config.stale(),
    };
    let asked = Arc::<RemoteCatalog>::clone(&service);
    let remembered = RememberedCatalog::of(asked, tenant.clone(), options, Arc::clone(tools.clock));
    Ok(Some(MerchantCatalog { service, remembered: Arc::new(remembered) }))
}

/// What the merchant's catalogue tells unasked, where it can prove that it does.
pub(in crate::boot) fn news(
    config: &config::Catalogue,
    merchant: Option<&MerchantCatalog>,
    clock: Arc<dyn Clock>,
) -> Option<Arc<dyn CatalogNews>> {
    let secret = Zeroizing::new(config.webhook_secret.as_ref()?.expose().clone());
    let remembered = Arc::clone(&merchant?.remembered);
    Some(Arc::new(ChangedItems::of(remembered, Signed::with(secret, clock))))
}

/// The catalogue that says what is sold.
pub(in crate::boot) fn asked(
    elsewhere: Option<&MerchantCatalog>,
    ours: &Arc<StoreCatalogs>,
) -> Arc<dyn Catalog> {
    match elsewhere {
        Some(merchant) => Arc::<RememberedCatalog>::clone(&merchant.remembered),
        None => Arc::<StoreCatalogs>::clone(ours),
    }
}

/// What whoever looks after the shop can change: what is kept here.
pub(in crate::boot) fn shelves(
    catalogs: &Arc<StoreCatalogs>,
    stock: &Arc<StoreStock>,
    sold_elsewhere: Option<&MerchantCatalog>,
    counted_elsewhere: Option<&Arc<dyn Stock>>,
) -> Shelves {
    let items = match sold_elsewhere {
        None => Kept::Here(Arc::clone(catalogs) as _),
        Some(_) => Kept::Elsewhere,
    };
    let counts = match counted_elsewhere {
        None => Kept::Here(Arc::clone(stock) as _),
        Some(_) => Kept::Elsewhere,
    };
    Shelves { items, counts }
}
