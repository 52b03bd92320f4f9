//! What pays in the place of cards, kept in any store: a document each, and a timer by which it is
//! found again to be forgotten.

use acp_core::ids::{Partition, VaultTokenId};
use acp_core::limits::{DUE_TIMERS_MAX, VAULT_TOKEN_KEPT};
use acp_core::ports::{Committed, PortError, Revision, TokenWrite, Vault};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_core::vault::VaultToken;
use async_trait::async_trait;

use super::change::{answering, revision, version};
use super::checkouts::committed;
use super::names;
use super::records::Records;
use super::stored::to_bytes;
use crate::store::{Demand, Expectation, Put, SetTimer};

/// Keeps tokens in a store.
#[derive(Clone, Debug)]
pub struct StoreVault {
    records: Records,
}

impl StoreVault {
    /// Tokens among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl Vault for StoreVault {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    async fn find(&self, id: &VaultTokenId) -> Result<Option<(VaultToken, Revision)>, PortError> {
        let (partition, key) = (id.partition(), names::vault_token(id));
        let found = self.records.read::<VaultToken>(partition, key.clone()).await?;
        let Some((token, at)) = found else { return Ok(None) };
        self.records.store.make_sure(partition, &key, at).await?;
        Ok(Some((token, revision(at))))
    }

    async fn write(&self, write: TokenWrite<'_>) -> Result<Committed, PortError> {
        let TokenWrite { before, after, answer } = write;
        let mut commit = self.records.draft(after.id.partition());
        let key = names::vault_token(&after.id);
        let demand = before.map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        let value = to_bytes(after)?;
        commit.puts.push(Put { key, value, fence: None, expires_at: None, is_listed: false });
        let (queue, id) = (names::VAULT.into(), after.id.as_str().into());
        let due = Some(after.allowance.expires_at.plus(VAULT_TOKEN_KEPT));
        commit.timers.push(SetTimer { queue, id, due });
        if let Some(answer) = answer {
            commit = answering(&self.records, commit, &answer)?;
        }
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    /// A timer nobody can have set must not keep the others from being looked at.
    async fn overdue(&self) -> Result<Vec<VaultTokenId>, PortError> {
        let due = self.records.store.due_timers(names::VAULT, DUE_TIMERS_MAX).await?;
        let parsed = due.iter().filter_map(|timer| {
            let id = VaultTokenId::parse(&timer.id).ok();
            if id.is_none() {
                tracing::error!(timer.id = %timer.id, "timer {} names no token", timer.id);
            }
            id
        });
        Ok(parsed.collect())
    }

    async fn forget(&self, id: &VaultTokenId, at: Revision) -> Result<Committed, PortError> {
        let mut commit = self.records.draft(id.partition());
        let key = names::vault_token(id);
        let demand = Demand::At(version(at));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        commit.deletes.push(key);
        let (queue, id) = (names::VAULT.into(), id.as_str().into());
        commit.timers.push(SetTimer { queue, id, due: None });
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.records.store.now().await?)
    }
}
