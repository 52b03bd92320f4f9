//! What was taken out of a merchant's stock, beside the ledgers.

use acp_core::ids::TenantId;
use acp_core::limits::RESERVATION_KEPT;
use acp_core::ports::{Adjustments, Committed, PortError, Revision};
use acp_core::stock::{Adjustment, Hold};
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::to_bytes;
use crate::store::{Demand, Expectation, Outcome, Put, Version};

/// Keeps adjustments in a store: each is a document of its own.
#[derive(Clone, Debug)]
pub struct StoreAdjustments {
    records: Records,
}

impl StoreAdjustments {
    /// Adjustments among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl Adjustments for StoreAdjustments {
    async fn find(
        &self,
        tenant: &TenantId,
        hold: &Hold,
    ) -> Result<Option<(Adjustment, Revision)>, PortError> {
        let partition = self.records.partition_key.stock(tenant, &hold.item);
        let key = names::adjustment(tenant, &hold.item, &hold.reservation);
        let found = self.records.read::<Adjustment>(partition, key.clone()).await?;
        if let Some((_, version)) = &found {
            self.records.store.make_sure(partition, &key, *version).await?;
        }
        Ok(found.map(|(adjustment, version)| (adjustment, Revision(version.0))))
    }

    async fn write(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        before: Option<Revision>,
        after: Adjustment,
    ) -> Result<Committed, PortError> {
        let partition = self.records.partition_key.stock(tenant, &hold.item);
        let key = names::adjustment(tenant, &hold.item, &hold.reservation);
        let demand = before.map_or(Demand::Absent, |before| Demand::At(Version(before.0)));
        let mut commit = self.records.draft(partition);
        commit.expectations.push(Expectation { key: key.clone(), demand });
        let expires_at = Some(self.records.clock.now().plus(RESERVATION_KEPT));
        let value = to_bytes(&after)?;
        commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
        Ok(match self.records.store.commit(commit).await? {
            Outcome::Applied(version) => Committed::At(Revision(version.0)),
            Outcome::Raced { .. } => Committed::Raced,
        })
    }
}
