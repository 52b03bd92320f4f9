use std::collections::HashMap;
use std::sync::Arc;

use acp_core::catalog::{CatalogItem, Product};
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::CATALOGUE_LOOKUP_MAX;
use acp_core::ports::{Catalog, Entropy, PortError, ProductPage, ProductPlace, Products};
use async_trait::async_trait;
use http::Method;

use super::objects::{Lookup, Page};
use crate::adapters::outward::{Backend, BackendOptions, NoAnswer, NoRoots, Tries, segment};

/// The catalogue of one tenant, kept by a service of the merchant's and asked for each time.
#[derive(Debug)]
pub struct RemoteCatalog {
    backend: Backend,
    tenant: TenantId,
}

/// Some of what is sold, in the order of the service.
#[derive(Clone, Debug)]
pub struct ItemPage {
    /// What there is.
    pub items: Vec<CatalogItem>,
    /// What the next page comes after; nothing when this is the last one.
    pub next: Option<String>,
}

impl RemoteCatalog {
    /// The catalogue at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(
        options: &BackendOptions,
        tenant: TenantId,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, NoRoots> {
        Ok(Self { backend: Backend::at("catalogue", options, entropy)?, tenant })
    }

    /// What is sold, page by page.
    ///
    /// # Errors
    /// The service does not say.
    pub async fn page(&self, after: Option<&str>, limit: usize) -> Result<ItemPage, PortError> {
        self.page_at(format!("/catalogue/items?limit={limit}"), after).await
    }

    async fn page_at(&self, mut path: String, after: Option<&str>) -> Result<ItemPage, PortError> {
        if let Some(after) = after {
            path.push_str("&after=");
            path.push_str(&segment(after));
        }
        let call = self.backend.call::<()>(Method::GET, path, None);
        let mut page: Page = self.backend.ask(call, Tries::Several).await?;
        let next = page.next.take();
        Ok(ItemPage { items: page.items().collect(), next })
    }

    async fn look_up(&self, ids: &[&ItemId]) -> Result<Page, NoAnswer> {
        let lookup = Lookup { ids: ids.iter().map(|id| id.as_str()).collect() };
        let call = self.backend.call(Method::POST, "/catalogue/lookup".into(), Some(&lookup));
        self.backend.ask(call, Tries::Several).await
    }
}

#[async_trait]
impl Catalog for RemoteCatalog {
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        if *tenant != self.tenant {
            return Ok(vec![None; ids.len()]);
        }
        let mut wanted = ids.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found: HashMap<ItemId, Arc<CatalogItem>> = HashMap::new();
        for chunk in wanted.chunks(CATALOGUE_LOOKUP_MAX) {
            let items = self.look_up(chunk).await?.items();
            found.extend(items.map(|item| (item.id.clone(), Arc::new(item))));
        }
        Ok(ids.iter().map(|id| found.get(*id).cloned()).collect())
    }
}

/// The service has the items of a product side by side when it is asked to. A page may end within a
/// product: what it has of that one is held until the rest is there.
#[async_trait]
impl Products for RemoteCatalog {
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<ProductPlace>,
        limit: usize,
    ) -> Result<ProductPage, PortError> {
        let mut products = Vec::new();
        if *tenant != self.tenant {
            return Ok(ProductPage { products, next: None });
        }
        let (after, held) = from.map(|place| (place.after, place.held)).unzip();
        let path = format!("/catalogue/items?limit={limit}&order=product");
        let page = self.page_at(path, after.as_deref()).await?;
        let read = page.items.into_iter().map(Arc::new);
        for item in held.unwrap_or_default().into_iter().chain(read) {
            Product::gather(&mut products, item);
        }
        let next = page.next.map(|after| ProductPlace {
            after: after.into(),
            held: products.pop().map(|last| last.items).unwrap_or_default(),
        });
        Ok(ProductPage { products, next })
    }
}
