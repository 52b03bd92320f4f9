use std::sync::Arc;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::PAGE_ROWS_MAX;
use acp_core::money::Money;
use acp_core::ports::Catalog;
use acp_core::stock::{Availability, Ledger};
use acp_wire::problem::Code;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::adapters::catalog::{RememberedCatalog, RemoteCatalog};
use crate::adapters::inventory::noted_ledger;
use crate::admin::Admin;
use crate::admin::body::{Asked, Inquiry, Named};
use crate::admin::denial::Denial;
use crate::admin::tenants::{Meant, meant};

/// A catalogue the merchant keeps, and what is remembered of it.
#[derive(Clone, Debug)]
pub struct MerchantCatalog {
    pub service: Arc<RemoteCatalog>,
    pub remembered: Arc<RememberedCatalog>,
}

/// Which part of the catalogue is to be shown.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::admin) struct PageAsked {
    tenant: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

/// A part of the catalogue: in the order of ids, or of the merchant where the merchant keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemPage {
    pub items: Vec<ItemShown>,
    /// What the next page comes after; nothing when this is the last one.
    pub next: Option<String>,
    /// How many items the whole catalogue has; nothing where only the merchant knows.
    pub total: Option<usize>,
}

/// An item as it is shown to whoever looks after the shop.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ItemShown {
    pub id: String,
    pub title: String,
    /// In minor units.
    pub price: i64,
    pub currency: String,
    /// Whether it is taken off the shelves, so that nobody can buy it.
    #[serde(default)]
    pub is_withdrawn: bool,
    /// Nothing when nobody counts it: it never runs out.
    pub stock: Option<Counted>,
}

/// What a ledger says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Units that are promised to nobody; nothing when it never runs out.
    pub free: Option<u32>,
    pub reserved: u64,
    pub sold: u64,
}

/// A new price.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PriceAsked {
    /// In minor units of the currency the item is sold in.
    pub amount: i64,
}

/// A price that was set, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSet {
    pub id: String,
    pub amount: i64,
    pub before: i64,
    pub currency: String,
}

/// A new count.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct StockAsked {
    /// How many are free; `null` when it never runs out. It has to be said which.
    #[serde(deserialize_with = "Option::deserialize")]
    pub units: Option<u32>,
}

/// The stock of an item as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSet {
    pub id: String,
    pub stock: Counted,
}

/// Shows a page of the catalogue.
pub(in crate::admin) async fn list(
    State(admin): State<Admin>,
    Inquiry(PageAsked { tenant, after, limit }): Inquiry<PageAsked>,
) -> Result<Json<ItemPage>, Denial> {
    let limit = limit.unwrap_or(PAGE_ROWS_MAX).clamp(1, PAGE_ROWS_MAX);
    let tenant = meant(&admin, tenant).await?;
    let (found, next, total) = page(&admin, &tenant, after, limit).await?;
    let ids: Vec<&ItemId> = found.iter().map(|item| &item.id).collect();
    let counted = counted(&admin, &tenant, &ids).await?;
    let mut items = Vec::with_capacity(found.len());
    for (item, stock) in found.iter().zip(counted) {
        items.push(ItemShown {
            stock,
            id: item.id.to_string(),
            title: item.title.to_string(),
            price: item.price.minor(),
            currency: item.price.currency().to_string(),
            is_withdrawn: item.is_withdrawn,
        });
    }
    Ok(Json(ItemPage { items, next, total }))
}

type Found = (Vec<Arc<CatalogItem>>, Option<String>, Option<usize>);

/// Some items, what comes after them, and how many there are in all.
async fn page(
    admin: &Admin,
    tenant: &TenantId,
    after: Option<String>,
    limit: usize,
) -> Result<Found, Denial> {
    if let Some(merchant) = &admin.sold_elsewhere {
        let page = merchant.service.page(after.as_deref(), limit).await?;
        return Ok((page.items.into_iter().map(Arc::new).collect(), page.next, None));
    }
    let after = after.map(ItemId::new);
    let catalog = admin.catalogs.of(tenant).await?;
    let found = catalog.list(after.as_ref(), limit);
    let next = found.last().filter(|_| found.len() == limit).map(|item| item.id.to_string());
    Ok((found, next, Some(catalog.len())))
}

/// Refuses what is done to a catalogue, where it is none of ours.
pub(in crate::admin) fn must_be_ours(admin: &Admin) -> Result<(), Denial> {
    if admin.sold_elsewhere.is_none() {
        return Ok(());
    }
    let message = "The catalogue is kept by a service of the merchant's (catalogue.kind is \
                   \"http\"), so it is changed there.";
    Err(Denial::new(Code::Invalid, message))
}

/// Sets the price of an item. Sessions that are open already keep the price they were told.
pub(in crate::admin) async fn set_price(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
    Asked(PriceAsked { amount }): Asked<PriceAsked>,
) -> Result<Json<PriceSet>, Denial> {
    must_be_ours(&admin)?;
    let tenant = meant(&admin, tenant).await?;
    let item = find(&admin, &tenant, &id).await?;
    let price = Money::new(amount, item.price.currency())
        .map_err(|error| Denial::invalid("$.amount", format!("This is no price: {error}.")))?;
    if !admin.catalogs.of(&tenant).await?.set_price(&item.id, price).await? {
        return Err(unknown(&id));
    }
    let currency = price.currency().to_string();
    Ok(Json(PriceSet { id, amount, before: item.price.minor(), currency }))
}

/// Sets how much of an item is free. What is promised stays promised.
pub(in crate::admin) async fn set_stock(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
    Asked(StockAsked { units }): Asked<StockAsked>,
) -> Result<Json<StockSet>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let item = find(&admin, &tenant, &id).await?;
    if admin.elsewhere.is_some() {
        let message = "The stock is kept by the merchant's inventory, so it is set there.";
        return Err(Denial::new(Code::Invalid, message));
    }
    admin.stock.set(&tenant, &item.id, units).await?;
    let stock = counted(&admin, &tenant, &[&item.id]).await?.pop().flatten();
    let uncounted = Counted { free: None, reserved: 0, sold: 0 };
    Ok(Json(StockSet { id, stock: stock.unwrap_or(uncounted) }))
}

async fn find(admin: &Admin, tenant: &TenantId, id: &str) -> Result<Arc<CatalogItem>, Denial> {
    let item = ItemId::new(id);
    let found = match &admin.sold_elsewhere {
        Some(merchant) => merchant.service.find(tenant, &[&item]).await?.pop().flatten(),
        // Also one that is withdrawn.
        None => admin.catalogs.of(tenant).await?.get(&item),
    };
    found.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Denial {
    let id = id.escape_debug();
    Denial::new(Code::NotFound, format!("There is no item with the id {id} in the catalogue."))
}

/// What is known of the stock of each item, in that order.
async fn counted(
    admin: &Admin,
    tenant: &TenantId,
    items: &[&ItemId],
) -> Result<Vec<Option<Counted>>, Denial> {
    let mut counted = Vec::with_capacity(items.len());
    let Some(merchant) = &admin.elsewhere else {
        for item in items {
            let ledger = admin.stock.get(tenant, item).await?;
            counted.push(ledger.as_ref().map(|ledger| counted_in(ledger, ledger.free)));
        }
        return Ok(counted);
    };
    for (item, available) in items.iter().zip(merchant.available(tenant, items).await?) {
        let free = match available {
            Availability::Unlimited => None,
            Availability::Units(units) => Some(units),
        };
        // What is promised and sold through this gateway.
        let noted = admin.stock.get(tenant, &noted_ledger(item)).await?.unwrap_or_default();
        counted.push(Some(counted_in(&noted, free)));
    }
    Ok(counted)
}

fn counted_in(ledger: &Ledger, free: Option<u32>) -> Counted {
    Counted { free, reserved: ledger.reserved(), sold: ledger.sold }
}
