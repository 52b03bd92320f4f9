use std::sync::Arc;

use async_trait::async_trait;

use crate::catalog::{CatalogItem, Product};
use crate::ids::TenantId;
use crate::ports::PortError;

/// Where somebody stands who reads all products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPlace {
    /// What was read last, in the words of whoever keeps it.
    pub after: Box<str>,
    /// What was read of a product of which more may come.
    pub held: Vec<Arc<CatalogItem>>,
}

/// Some of the products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPage {
    /// Whole products. There may be none, and more to come.
    pub products: Vec<Product>,
    /// Where to go on; nothing at the end.
    pub next: Option<ProductPlace>,
}

/// Knows all that is sold, product by product: for whoever reads everything, and cannot hold it.
///
/// What this trait means is written in `tests/it/contract/catalog.rs`, and for a catalogue that is
/// kept elsewhere in `tests/it/contract/merchant/catalogue.rs`.
#[async_trait]
pub trait Products: Send + Sync {
    /// Products behind a place, each of them once and with all of its items. About `limit` items
    /// are read for it. What is added or changed meanwhile may be missed, and nothing else is.
    async fn page(
        &self,
        tenant: &TenantId,
        from: Option<ProductPlace>,
        limit: usize,
    ) -> Result<ProductPage, PortError>;
}
