use acp_core::catalog::CatalogItem;
use acp_core::ids::TenantId;
use acp_core::limits::IMPORT_ITEMS_AT_ONCE_MAX;
use acp_core::ports::{PortError, Retry};
use acp_core::stock::Availability;
use tokio::task::JoinSet;

use crate::adapters::catalog::Row;
use crate::store::record::{StoreCatalog, StoreStock};

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shelved {
    /// How many items are on sale now as their rows say.
    pub items: usize,
    /// How many of them were counted before and now never run out.
    pub uncounted: usize,
}

/// Puts the items of a catalogue on sale, in the place of those with the same ids; all others
/// stay. An item is counted before it is on sale, because what nobody counts never runs out.
///
/// # Errors
/// Fails when the store does. Some of the items may be on sale then; doing it again is harmless.
pub async fn put_on_sale(
    catalog: &StoreCatalog,
    stock: &StoreStock,
    tenant: &TenantId,
    rows: Vec<Row>,
) -> Result<Shelved, PortError> {
    let mut shelved = Shelved::default();
    for chunk in rows.chunks(IMPORT_ITEMS_AT_ONCE_MAX) {
        // Each ledger is a commit of its own; commits that wait together share one sync.
        let mut counting = JoinSet::new();
        for row in chunk {
            counting.spawn(count(stock.clone(), tenant.clone(), row.clone()));
        }
        while let Some(counted) = counting.join_next().await {
            let was_counted = counted.map_err(cut_off)??;
            shelved.uncounted = shelved.uncounted.saturating_add(usize::from(was_counted));
        }
    }
    shelved.items = rows.len();
    let items: Vec<CatalogItem> = rows.into_iter().map(|row| row.item).collect();
    catalog.put(items).await?;
    Ok(shelved)
}

/// Sets the stock of an item; says whether it was counted before and is not any more.
async fn count(stock: StoreStock, tenant: TenantId, row: Row) -> Result<bool, PortError> {
    let item = &row.item.id;
    if row.stock.is_some() {
        stock.set(&tenant, item, row.stock).await?;
        return Ok(false);
    }
    let ledger = stock.get(&tenant, item).await?;
    let was_counted = ledger.is_some_and(|ledger| ledger.available() != Availability::Unlimited);
    if was_counted {
        stock.set(&tenant, item, None).await?;
    }
    Ok(was_counted)
}

fn cut_off(error: tokio::task::JoinError) -> PortError {
    PortError { what: "setting stock", retry: Retry::Safe, cause: Some(Box::new(error)) }
}
