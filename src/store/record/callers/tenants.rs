//! The tenants of a store, kept as one list: there are few, and every gateway knows all of them.

use acp_core::ids::TenantId;
use acp_core::limits::{RACES_MAX, TENANTS_MAX};
use acp_core::ports::{ChangeTenant, Enrolled, PortError, Retry, Tenants};
use acp_core::tenant::Tenant;
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{Roll, to_bytes};
use crate::store::{Demand, Expectation, Outcome, Put, Version};

/// Keeps the tenants in a store.
#[derive(Clone, Debug)]
pub struct StoreTenants {
    records: Records,
}

impl StoreTenants {
    /// Tenants among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    async fn roll(&self) -> Result<(Vec<Tenant>, Option<Version>), PortError> {
        let partition = self.records.partition_key.tenants();
        let found = self.records.read::<Roll>(partition, names::TENANTS.into()).await?;
        let (roll, version) = found.unzip();
        Ok((roll.map(|roll| roll.tenants).unwrap_or_default(), version))
    }

    /// Writes the list in the place of the one that was read; says no when somebody came between.
    async fn write(
        &self,
        tenants: Vec<Tenant>,
        version: Option<Version>,
    ) -> Result<bool, PortError> {
        let mut commit = self.records.draft(self.records.partition_key.tenants());
        let demand = version.map_or(Demand::Absent, Demand::At);
        commit.expectations.push(Expectation { key: names::TENANTS.into(), demand });
        commit.puts.push(Put {
            key: names::TENANTS.into(),
            value: to_bytes(&Roll { tenants })?,
            fence: None,
            expires_at: None,
            is_listed: false,
        });
        Ok(matches!(self.records.store.commit(commit).await?, Outcome::Applied(_)))
    }
}

#[async_trait]
impl Tenants for StoreTenants {
    async fn begin_with(&self, first: &Tenant) -> Result<Vec<Tenant>, PortError> {
        for _ in 0..RACES_MAX {
            let (tenants, version) = self.roll().await?;
            if !tenants.is_empty() {
                return Ok(tenants);
            }
            let tenants = vec![first.clone()];
            if self.write(tenants.clone(), version).await? {
                return Ok(tenants);
            }
        }
        Err(contended())
    }

    async fn all(&self) -> Result<Vec<Tenant>, PortError> {
        Ok(self.roll().await?.0)
    }

    async fn enroll(&self, tenant: &Tenant) -> Result<Enrolled, PortError> {
        for _ in 0..RACES_MAX {
            let (mut tenants, version) = self.roll().await?;
            if tenants.iter().any(|known| known.id == tenant.id) {
                return Ok(Enrolled::Known);
            }
            if tenants.len() >= TENANTS_MAX {
                return Ok(Enrolled::TooMany);
            }
            tenants.push(tenant.clone());
            if self.write(tenants, version).await? {
                return Ok(Enrolled::Done);
            }
        }
        Err(contended())
    }

    async fn change(
        &self,
        id: &TenantId,
        change: ChangeTenant<'_>,
    ) -> Result<Option<Tenant>, PortError> {
        for _ in 0..RACES_MAX {
            let (mut tenants, version) = self.roll().await?;
            let Some(tenant) = tenants.iter_mut().find(|tenant| tenant.id == *id) else {
                return Ok(None);
            };
            let before = tenant.clone();
            change(tenant);
            let after = tenant.clone();
            if after == before || self.write(tenants, version).await? {
                return Ok(Some(after));
            }
        }
        Err(contended())
    }
}

fn contended() -> PortError {
    let what = "writing the list of tenants, which others write too";
    PortError { what, retry: Retry::Safe, cause: None }
}
