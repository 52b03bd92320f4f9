use acp_core::catalog::{OfferedItem, OfferedProduct, Product};
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::{EMPTY_PAGES_MAX, FEED_PAGE_ITEMS, FEED_PRODUCTS_MAX};
use acp_core::ports::{PortError, ProductPlace, Retry};

use super::Feeds;

/// Somebody on the way through all products of a tenant.
#[derive(Debug)]
pub(super) struct Walk {
    tenant: TenantId,
    place: Place,
    /// How many products were seen.
    seen: usize,
}

#[derive(Debug)]
enum Place {
    Beginning,
    Within(ProductPlace),
    End,
}

impl Walk {
    pub(super) const fn through(tenant: TenantId) -> Self {
        Self { tenant, place: Place::Beginning, seen: 0 }
    }

    /// Whether nothing comes any more.
    pub(super) const fn is_over(&self) -> bool {
        matches!(self.place, Place::End)
    }

    /// What comes next, as it is offered now; nothing at the end.
    pub(super) async fn next(&mut self, feeds: &Feeds) -> Result<Vec<OfferedProduct>, PortError> {
        for _ in 0..=EMPTY_PAGES_MAX {
            let from = match &self.place {
                Place::Beginning => None,
                Place::Within(place) => Some(place.clone()),
                Place::End => return Ok(Vec::new()),
            };
            let page = feeds.ports.products.page(&self.tenant, from, FEED_PAGE_ITEMS).await?;
            let offered = offered(feeds, &self.tenant, page.products).await?;
            self.seen = self.seen.saturating_add(offered.len());
            if self.seen > FEED_PRODUCTS_MAX {
                return Err(endless("reading a catalogue with so many products"));
            }
            self.place = page.next.map_or(Place::End, Place::Within);
            if !offered.is_empty() {
                return Ok(offered);
            }
        }
        // A service may always say that more comes, and never bring any.
        Err(endless("reading a catalogue that brings nothing"))
    }
}

const fn endless(what: &'static str) -> PortError {
    PortError { what, retry: Retry::Never, cause: None }
}

/// Products with how much there is of them.
async fn offered(
    feeds: &Feeds,
    tenant: &TenantId,
    products: Vec<Product>,
) -> Result<Vec<OfferedProduct>, PortError> {
    let items = products.iter().flat_map(|product| &product.items);
    let ids: Vec<&ItemId> = items.map(|item| &item.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let available = feeds.app.ports.stock.available(tenant, &ids).await?;
    let mut available = available.into_iter();
    let offer = |Product { id, items }: Product| OfferedProduct {
        id,
        items: items
            .into_iter()
            .zip(available.by_ref())
            .map(|(item, available)| OfferedItem { item, available })
            .collect(),
    };
    Ok(products.into_iter().map(offer).collect())
}
