use std::sync::Arc;

use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Keeper, Overdue, PortError, Stock};
use acp_core::stock::{Availability, Hold, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::telemetry::measures;

/// The stock, with what became of attempts to keep some of it; as it is where nobody wants to know.
pub(super) fn watched_stock(inner: Arc<dyn Stock>) -> Arc<dyn Stock> {
    if measures().is_some() { Arc::new(WatchedStock { inner }) } else { inner }
}

struct WatchedStock {
    inner: Arc<dyn Stock>,
}

#[async_trait]
impl Keeper for WatchedStock {
    async fn available(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        self.inner.available(tenant, items).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        let reserved = self.inner.reserve(tenant, hold, until).await;
        let outcome = match &reserved {
            Ok(Reserved::Held) => "held",
            Ok(Reserved::TooFew(_)) => "too_few",
            Ok(Reserved::Over) => "over",
            Err(_) => "failed",
        };
        if let Some(measures) = measures() {
            measures.reservations.grow([outcome]);
        }
        reserved
    }

    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.inner.release(tenant, hold).await
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.inner.give_back(tenant, hold).await
    }

    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        self.inner.confirm(tenant, hold).await
    }

    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.inner.restock(tenant, hold).await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError> {
        self.inner.renew(tenant, hold, until).await
    }
}

#[async_trait]
impl Stock for WatchedStock {
    async fn overdue(&self) -> Result<Vec<Overdue>, PortError> {
        self.inner.overdue().await
    }
}
