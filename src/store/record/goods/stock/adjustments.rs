//! What was taken out of a merchant's stock, beside the ledgers.

use acp_core::ids::TenantId;
use acp_core::limits::RESERVATION_KEPT;
use acp_core::ports::{Adjustments, Committed, PortError, Revision};
use acp_core::stock::{Adjustment, Hold, Taking};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::to_bytes;
use crate::store::{Demand, DueTimer, Expectation, Outcome, Put, SetTimer, Version};

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

/// Units nobody knows about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What they were for.
    pub hold: Hold,
    /// Since when nobody knows.
    pub since: Timestamp,
}

impl StoreAdjustments {
    /// What is in doubt, the oldest first, also what somebody found out about and has not given back
    /// yet.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn doubts(&self, tenant: &TenantId) -> Result<Vec<Doubt>, PortError> {
        let timers = self.records.all_timers(names::DOUBTS).await?;
        let mut doubts = Vec::new();
        for DueTimer { due, partition, id } in timers {
            let Some((item, reservation)) = names::hold_of_adjustment(&id, tenant) else {
                continue;
            };
            let found = self.records.read::<Adjustment>(partition, id).await?;
            // Whatever ends them clears the timer: what is between is somebody's who was to give
            // them back, and may be dead.
            if let Some((Adjustment { units, standing }, _)) = found
                && !is_over(standing)
            {
                doubts.push(Doubt { hold: Hold { item, reservation, units }, since: due });
            }
        }
        Ok(doubts)
    }
}

/// Whether nothing becomes of the units any more, unless their sale is taken back.
const fn is_over(standing: Taking) -> bool {
    match standing {
        Taking::Refused | Taking::Sold | Taking::Returned => true,
        Taking::Asked | Taking::Taken | Taking::Returning | Taking::Doubtful => false,
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
        let now = self.records.clock.now();
        // What is not over stays until it is: units must not vanish with the note of them.
        let is_over = is_over(after.standing);
        let expires_at = is_over.then(|| now.plus(RESERVATION_KEPT));
        let is_doubtful = after.standing == Taking::Doubtful;
        // What is in doubt is found by when it came to be, until it is over.
        if is_doubtful || is_over {
            let (queue, due) = (names::DOUBTS.into(), is_doubtful.then_some(now));
            commit.timers.push(SetTimer { queue, id: key.clone(), due });
        }
        let value = to_bytes(&after)?;
        commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
        Ok(match self.records.store.commit(commit).await? {
            Outcome::Applied(version) => Committed::At(Revision(version.0)),
            Outcome::Raced { .. } => Committed::Raced,
        })
    }
}
