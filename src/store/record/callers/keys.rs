//! API keys, kept in any store.

use acp_core::limits::{KEYS_NOTED_AT_ONCE_MAX, RACES_MAX};
use acp_core::ports::{Keys, PortError, Retry};
use acp_core::principal::{ApiKey, Maker};
use acp_core::signing::Signing;
use acp_core::time::Timestamp;
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{UseOfKey, from_bytes, to_bytes};
use crate::store::{Commit, Demand, Document, Durability, Expectation, Key, Outcome, Put};

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
        let mut commit = self.records.draft(self.records.partition_key.api_keys());
        put_key(&mut commit, key, demand)?;
        Ok(self.records.store.commit(commit).await?)
    }

    async fn uses(&self, names: &[Key]) -> Result<Vec<Option<Document>>, PortError> {
        let partition = self.records.partition_key.api_keys();
        Ok(self.records.store.read(partition, names).await?)
    }

    /// Notes some uses in one commit, those that are later than what is noted; says no when others
    /// noted some of them meanwhile.
    async fn note_some(&self, uses: &[(Box<str>, Timestamp)]) -> Result<bool, PortError> {
        let names: Vec<_> = uses.iter().map(|(id, _)| names::use_of_api_key(id)).collect();
        let noted = self.uses(&names).await?;
        let mut commit = self.records.draft(self.records.partition_key.api_keys());
        // Nothing is decided by it, so that nobody waits until it is safe.
        commit.durability = Durability::Ordinary;
        for ((name, (_, at)), noted) in names.into_iter().zip(uses).zip(noted) {
            let demand = match noted {
                None => Demand::Absent,
                Some(noted) if from_bytes::<UseOfKey>(&noted.value)?.at < *at => {
                    Demand::At(noted.version)
                }
                Some(_) => continue,
            };
            commit.expectations.push(Expectation { key: name.clone(), demand });
            let value = to_bytes(&UseOfKey { at: *at })?;
            commit.puts.push(Put {
                key: name,
                value,
                fence: None,
                expires_at: None,
                is_listed: false,
            });
        }
        if commit.puts.is_empty() {
            return Ok(true);
        }
        Ok(matches!(self.records.store.commit(commit).await?, Outcome::Applied(_)))
    }
}

fn put_key(commit: &mut Commit, key: &ApiKey, demand: Demand) -> Result<(), PortError> {
    let name = names::api_key(&key.id);
    commit.expectations.push(Expectation { key: name.clone(), demand });
    let value = to_bytes(key)?;
    commit.puts.push(Put { key: name, value, fence: None, expires_at: None, is_listed: true });
    Ok(())
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
            if key.revoked_at.is_some() && key.revoked_by == Maker::Operator {
                return Ok(true);
            }
            key.revoked_at = key.revoked_at.or(Some(at));
            key.revoked_by = Maker::Operator;
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

    async fn replace(
        &self,
        before: &ApiKey,
        after: &ApiKey,
        successor: Option<&ApiKey>,
    ) -> Result<bool, PortError> {
        let partition = self.records.partition_key.api_keys();
        let found = self.records.read::<ApiKey>(partition, names::api_key(&before.id)).await?;
        let Some((_, version)) = found.filter(|(key, _)| key == before) else {
            return Ok(false);
        };
        let mut commit = self.records.draft(partition);
        put_key(&mut commit, after, Demand::At(version))?;
        if let Some(successor) = successor {
            put_key(&mut commit, successor, Demand::Absent)?;
        }
        Ok(matches!(self.records.store.commit(commit).await?, Outcome::Applied(_)))
    }

    async fn last_used(&self, ids: &[Box<str>]) -> Result<Vec<Option<Timestamp>>, PortError> {
        let mut times = Vec::with_capacity(ids.len());
        for some in ids.chunks(KEYS_NOTED_AT_ONCE_MAX) {
            let names: Vec<_> = some.iter().map(|id| names::use_of_api_key(id)).collect();
            for noted in self.uses(&names).await? {
                let noted = noted.map(|noted| from_bytes::<UseOfKey>(&noted.value)).transpose()?;
                times.push(noted.map(|noted| noted.at));
            }
        }
        Ok(times)
    }

    async fn note_used(&self, uses: &[(Box<str>, Timestamp)]) -> Result<(), PortError> {
        for some in uses.chunks(KEYS_NOTED_AT_ONCE_MAX) {
            let mut is_noted = false;
            for _ in 0..RACES_MAX {
                is_noted = self.note_some(some).await?;
                if is_noted {
                    break;
                }
            }
            if !is_noted {
                let what = "noting the use of keys that others note too";
                return Err(PortError { what, retry: Retry::Safe, cause: None });
            }
        }
        Ok(())
    }
}
