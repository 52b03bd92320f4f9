//! What is sold, in the order of products: for whoever reads all of it.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use acp_core::catalog::{CatalogItem, Product};
use acp_core::ids::TenantId;
use acp_core::ports::{PortError, ProductPage, ProductPlace, Products};
use async_trait::async_trait;

use super::catalog::StoreCatalog;
use super::catalogs::StoreCatalogs;

/// Items by their products, and in a product by their ids. It holds what the catalogue holds
/// anyway, and no text of its own.
#[derive(Debug, Default)]
pub(super) struct ByProduct(BTreeSet<Placed>);

#[derive(Debug)]
struct Placed(Arc<CatalogItem>);

/// Behind all items of a product.
struct Behind<'a>(&'a str);

/// Where something stands.
trait Place {
    /// The product, whether it stands behind all of its items, and else the item.
    fn place(&self) -> (&str, bool, &str);
}

impl Place for Placed {
    fn place(&self) -> (&str, bool, &str) {
        (&self.0.product_id, false, self.0.id.as_str())
    }
}

impl Place for Behind<'_> {
    fn place(&self) -> (&str, bool, &str) {
        (self.0, true, "")
    }
}

impl<'a> Borrow<dyn Place + 'a> for Placed {
    fn borrow(&self) -> &(dyn Place + 'a) {
        self
    }
}

impl PartialEq for dyn Place + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for dyn Place + '_ {}

impl PartialOrd for dyn Place + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Place + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl Eq for Placed {}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

impl ByProduct {
    /// Puts an item in the place of how it was before.
    pub(super) fn put(&mut self, item: Arc<CatalogItem>, before: Option<Arc<CatalogItem>>) {
        if let Some(before) = before {
            self.0.remove(&Placed(before));
        }
        self.0.insert(Placed(item));
    }

    /// Products behind this one, with about so many items.
    pub(super) fn page(&self, after: Option<&str>, limit: usize) -> ProductPage {
        let behind = after.map(Behind);
        let from = behind.as_ref().map_or(Bound::Unbounded, |it| Bound::Excluded(it as &dyn Place));
        let mut products: Vec<Product> = Vec::new();
        let mut count = 0_usize;
        for Placed(item) in self.0.range::<dyn Place + '_, _>((from, Bound::Unbounded)) {
            let last = products.last().map(|product| &product.id);
            let is_of_last = last == Some(&item.product_id);
            if let Some(after) = last.filter(|_| !is_of_last && count >= limit) {
                let next = Some(ProductPlace { after: after.clone(), held: Vec::new() });
                return ProductPage { products, next };
            }
            count = count.saturating_add(1);
            Product::gather(&mut products, Arc::clone(item));
        }
        ProductPage { products, next: None }
    }
}

#[async_trait]
impl Products for StoreCatalog {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<ProductPlace>,
        limit: usize,
    ) -> Result<ProductPage, PortError> {
        if !self.is_of(tenant) {
            return Ok(ProductPage { products: Vec::new(), next: None });
        }
        Ok(self.products(from.as_ref().map(|place| &*place.after), limit))
    }
}

#[async_trait]
impl Products for StoreCatalogs {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<ProductPlace>,
        limit: usize,
    ) -> Result<ProductPage, PortError> {
        self.of(tenant).await?.page(tenant, from, limit).await
    }
}
