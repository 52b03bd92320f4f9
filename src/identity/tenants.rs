use std::collections::HashMap;
use std::sync::Arc;

use acp_core::ids::TenantId;
use acp_core::ports::{Enrolled, PortError};
use acp_core::tenant::{ProofPolicy, Tenant};

use super::keyring::Identity;

/// Whose callers are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// Those of every tenant of the store.
    Everybody,
    /// Those of the shop alone: services of the merchant's know one merchant.
    TheShop,
}

/// Why there is no other tenant now.
#[derive(Debug, thiserror::Error)]
pub enum TenantError {
    /// This gateway serves the shop alone.
    #[error("this gateway asks services of one merchant's, so it serves that merchant alone")]
    NotHosted,
    /// It may not be added.
    #[error("there is a tenant with this id")]
    Known,
    /// There are enough of them.
    #[error("there are as many tenants as a store may have")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

/// The tenants whose callers are served.
pub(super) type Household = HashMap<TenantId, Arc<Tenant>>;

impl Identity {
    /// The tenants whose callers are served, out of those of the store. The shop is always one of
    /// them, whether or not anybody has written it down.
    pub(super) async fn household(&self) -> Result<Household, PortError> {
        let mut tenants = self.tenants.all().await?;
        if self.hosting == Hosting::TheShop {
            tenants.retain(|tenant| tenant.id == self.shop);
        }
        let mut household: Household =
            tenants.into_iter().map(|tenant| (tenant.id.clone(), Arc::new(tenant))).collect();
        let unwritten = || Tenant::new(self.shop.clone(), self.shop.as_str(), self.clock.now());
        household.entry(self.shop.clone()).or_insert_with(|| Arc::new(unwritten()));
        Ok(household)
    }

    /// The tenant this gateway is configured for.
    pub const fn shop(&self) -> &TenantId {
        &self.shop
    }

    /// Every tenant of the store, the one it was made for in front.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn list_tenants(&self) -> Result<Vec<Tenant>, PortError> {
        self.tenants.all().await
    }

    /// A tenant whose callers are served here.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn tenant(&self, id: &TenantId) -> Result<Option<Arc<Tenant>>, PortError> {
        Ok(self.household().await?.remove(id))
    }

    /// Adds a tenant, which has nothing yet: no goods, and no keys.
    ///
    /// # Errors
    /// There is one with its id, there are enough of them, or the store cannot be written.
    pub async fn create_tenant(&self, id: TenantId, name: &str) -> Result<Tenant, TenantError> {
        if self.hosting == Hosting::TheShop {
            return Err(TenantError::NotHosted);
        }
        let tenant = Tenant::new(id, name, self.clock.now());
        match self.tenants.enroll(&tenant).await? {
            Enrolled::Done => {}
            Enrolled::Known => return Err(TenantError::Known),
            Enrolled::TooMany => return Err(TenantError::TooMany),
        }
        self.refresh_now_or_soon().await;
        Ok(tenant)
    }

    /// Begins nothing new for a tenant any more; says no when there is none with this id. One that
    /// is suspended already stays so since when it was.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn suspend_tenant(&self, id: &TenantId) -> Result<Option<Tenant>, PortError> {
        let now = self.clock.now();
        self.change_tenant(id, |tenant| {
            tenant.suspended_at = tenant.suspended_at.or(Some(now));
        })
        .await
    }

    /// Serves the callers of a tenant again; says no when there is none with this id.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn resume_tenant(&self, id: &TenantId) -> Result<Option<Tenant>, PortError> {
        self.change_tenant(id, |tenant| tenant.suspended_at = None).await
    }

    /// Changes which proofs the operations of a tenant need; says no when there is none with this
    /// id.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn set_proof_policy(
        &self,
        id: &TenantId,
        mut change: impl FnMut(&mut ProofPolicy) + Send,
    ) -> Result<Option<Tenant>, PortError> {
        self.change_tenant(id, |tenant| change(&mut tenant.policy)).await
    }

    async fn change_tenant(
        &self,
        id: &TenantId,
        mut change: impl FnMut(&mut Tenant) + Send,
    ) -> Result<Option<Tenant>, PortError> {
        let after = self.tenants.change(id, &mut change).await?;
        self.refresh_now_or_soon().await;
        Ok(after)
    }
}
