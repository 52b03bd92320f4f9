//! API keys, kept in any store.

use acp_core::limits::RACES_MAX;
use acp_core::ports::{Keys, PortError, Retry};
use acp_core::principal::ApiKey;
use acp_core::signing::Signing;
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::names;
use super::records::Records;
use super::stored::to_bytes;
use crate::store::{Demand, Expectation, Outcome, Put};

/// Keeps API keys in a store.
#[derive(Clone, Debug)]
pub struct StoreKeys {
    records: Records,
}

impl StoreKeys {
    /// API keys among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    async fn write(&self, key: &ApiKey, demand: Demand) -> Result<Outcome, PortError> {
        let name = names::api_key(&key.id);
        let mut commit = self.records.draft(self.records.partition_key.api_keys());
        commit.expectations.push(Expectation { key: name.clone(), demand });
        let value = to_bytes(key)?;
        let put = Put { key: name, value, fence: None, expires_at: None, is_listed: true };
        commit.puts.push(put);
        Ok(self.records.store.commit(commit).await?)
    }
}

#[async_trait]
impl Keys for StoreKeys {
    async fn all(&self) -> Result<Vec<ApiKey>, PortError> {
        let partition = self.records.partition_key.api_keys();
        let mut keys = Vec::new();
        let mut last = None;
        loop {
            let page = self.records.page(partition, names::API_KEYS, last.as_deref()).await?;
            last = page.last().map(|(name, ..)| name.clone());
            if page.is_empty() {
                return Ok(keys);
            }
            keys.extend(page.into_iter().map(|(_, key, _)| key));
        }
    }

    async fn insert(&self, key: &ApiKey) -> Result<bool, PortError> {
        Ok(matches!(self.write(key, Demand::Absent).await?, Outcome::Applied(_)))
    }

    async fn revoke(&self, id: &str, at: Timestamp) -> Result<bool, PortError> {
        let partition = self.records.partition_key.api_keys();
        for _ in 0..RACES_MAX {
            let found = self.records.read::<ApiKey>(partition, names::api_key(id)).await?;
            let Some((mut key, version)) = found else {
                return Ok(false);
            };
            if key.revoked_at.is_some() {
                return Ok(true);
            }
            key.revoked_at = Some(at);
            if let Outcome::Applied(_) = self.write(&key, Demand::At(version)).await? {
                return Ok(true);
            }
        }
        Err(PortError { what: "revoking a key others write too", retry: Retry::Safe, cause: None })
    }

    async fn sign_with(
        &self,
        id: &str,
        before: &Signing,
        after: &Signing,
    ) -> Result<bool, PortError> {
        let partition = self.records.partition_key.api_keys();
        let found = self.records.read::<ApiKey>(partition, names::api_key(id)).await?;
        let Some((mut key, version)) = found.filter(|(key, _)| key.signing == *before) else {
            return Ok(false);
        };
        key.signing = after.clone();
        Ok(matches!(self.write(&key, Demand::At(version)).await?, Outcome::Applied(_)))
    }
}
