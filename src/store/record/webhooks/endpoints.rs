use acp_core::ids::EndpointId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{ChangeEndpoints, Endpoints, PortError, Retry};
use acp_core::session::Owner;
use acp_core::webhook::Endpoint;
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{EndpointList, to_bytes};
use crate::store::{Demand, Expectation, Key, Outcome, Put, Version};

/// Keeps endpoints in a store: those of an agent in one document, and all of them in one place,
/// as keys are. There are few.
#[derive(Clone, Debug)]
pub struct StoreEndpoints {
    records: Records,
}

impl StoreEndpoints {
    /// Endpoints among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    async fn read(&self, owner: &Owner) -> Result<(Vec<Endpoint>, Option<Version>), PortError> {
        let partition = self.records.partition_key.endpoints();
        let found = self.records.read::<EndpointList>(partition, names::endpoints(owner)).await?;
        let (list, version) = found.unzip();
        Ok((list.map(|list| list.endpoints).unwrap_or_default(), version))
    }

    /// Writes the list in the place of the one that was read; says no when somebody came between.
    async fn write(
        &self,
        owner: &Owner,
        endpoints: Vec<Endpoint>,
        version: Option<Version>,
    ) -> Result<bool, PortError> {
        let mut commit = self.records.draft(self.records.partition_key.endpoints());
        let key = names::endpoints(owner);
        let demand = version.map_or(Demand::Absent, Demand::At);
        commit.expectations.push(Expectation { key: Key::clone(&key), demand });
        let value = to_bytes(&EndpointList { endpoints })?;
        commit.puts.push(Put { key, value, fence: None, expires_at: None, is_listed: true });
        Ok(matches!(self.records.store.commit(commit).await?, Outcome::Applied(_)))
    }
}

#[async_trait]
impl Endpoints for StoreEndpoints {
    fn id_of(&self, owner: &Owner, key: &str) -> EndpointId {
        EndpointId::new(self.records.partition_key.bits_of_endpoint(owner, key))
    }

    async fn of(&self, owner: &Owner) -> Result<Vec<Endpoint>, PortError> {
        Ok(self.read(owner).await?.0)
    }

    async fn all(&self) -> Result<Vec<Endpoint>, PortError> {
        let partition = self.records.partition_key.endpoints();
        let mut all = Vec::new();
        let mut last: Option<Key> = None;
        loop {
            let page =
                self.records.page::<EndpointList>(partition, names::ENDPOINTS, last.as_deref());
            let page = page.await?;
            if page.is_empty() {
                return Ok(all);
            }
            last = page.last().map(|(key, ..)| Key::clone(key));
            all.extend(page.into_iter().flat_map(|(_, list, _)| list.endpoints));
        }
    }

    async fn change(
        &self,
        owner: &Owner,
        change: ChangeEndpoints<'_>,
    ) -> Result<Vec<Endpoint>, PortError> {
        for _ in 0..RACES_MAX {
            let (mut endpoints, version) = self.read(owner).await?;
            let before = endpoints.clone();
            change(&mut endpoints);
            let after = endpoints.clone();
            if after == before || self.write(owner, endpoints, version).await? {
                return Ok(after);
            }
        }
        let what = "writing the webhook endpoints of an agent, which others write too";
        Err(PortError { what, retry: Retry::Safe, cause: None })
    }
}
