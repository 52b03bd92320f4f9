//! Mandates and their ledgers, kept in any store: all of one principal in one place.

use acp_core::ids::{MandateId, Random128, TenantId};
use acp_core::limits::{LEDGER_ENTRY_KEPT, PAGE_ROWS_MAX};
use acp_core::mandate::{Ledger, Mandate};
use acp_core::ports::{
    Committed, LedgerWrite, MandateWrite, Mandates, PortError, Revision, SeenMandate,
};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::change::answering;
use super::checkouts::{committed, read_with_revision};
use super::names;
use super::records::Records;
use super::stored::to_bytes;
use crate::store::{Commit, Demand, Expectation, Key, Put, Version};

/// Keeps mandates in a store.
#[derive(Clone, Debug)]
pub struct StoreMandates {
    records: Records,
}

impl StoreMandates {
    /// Mandates among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

/// When a mandate is forgotten that was given for one plan: when nobody asks about what was spent
/// of it any more.
fn forgotten_at(mandate: &Mandate) -> Option<Timestamp> {
    mandate.is_for_one_plan.then(|| mandate.valid_until.plus(LEDGER_ENTRY_KEPT))
}

fn demand(before: Option<Revision>) -> Demand {
    before.map_or(Demand::Absent, |at| Demand::At(Version(at.0)))
}

fn expect(commit: &mut Commit, key: &Key, before: Option<Revision>) {
    commit.expectations.push(Expectation { key: Key::clone(key), demand: demand(before) });
}

#[async_trait]
impl Mandates for StoreMandates {
    fn new_id(&self, tenant: &TenantId, principal: &str, dice: Random128) -> MandateId {
        MandateId::new(self.records.partition_key.mandates(tenant, principal), dice)
    }

    async fn find(
        &self,
        tenant: &TenantId,
        id: &MandateId,
    ) -> Result<Option<SeenMandate>, PortError> {
        let (store, partition) = (&self.records.store, id.partition());
        let wanted = [names::mandate(tenant, id), names::mandate_ledger(id)];
        let mut found = store.read(partition, &wanted).await?.into_iter();
        let (mandate, ledger) = (found.next().flatten(), found.next().flatten());
        let Some(mandate) = mandate else { return Ok(None) };
        for (name, found) in wanted.iter().zip([Some(&mandate), ledger.as_ref()]) {
            if let Some(found) = found {
                store.make_sure(partition, name, found.version).await?;
            }
        }
        let (mandate, mandate_at) = read_with_revision::<Mandate>(&mandate)?;
        let ledger = ledger.as_ref().map(read_with_revision::<Ledger>).transpose()?;
        let (ledger, ledger_at) = ledger.map_or_else(Default::default, |(it, at)| (it, Some(at)));
        Ok(Some(SeenMandate { mandate, mandate_at, ledger, ledger_at }))
    }

    async fn given_by(
        &self,
        tenant: &TenantId,
        principal: &str,
        after: Option<&MandateId>,
        limit: usize,
    ) -> Result<Vec<Mandate>, PortError> {
        let partition = self.records.partition_key.mandates(tenant, principal);
        let prefix = names::mandates(tenant);
        let mut given = Vec::new();
        let mut last = after.map(|id| names::mandate(tenant, id));
        loop {
            let page = self.records.page::<Mandate>(partition, &prefix, last.as_deref()).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            last = page.last().map(|(key, ..)| Key::clone(key));
            // Several principals may lie in one place.
            let theirs = page.into_iter().map(|(_, mandate, _)| mandate);
            given.extend(theirs.filter(|mandate| *mandate.principal == *principal));
            if is_last || given.len() >= limit {
                given.truncate(limit);
                return Ok(given);
            }
        }
    }

    async fn write(&self, write: MandateWrite<'_>) -> Result<Committed, PortError> {
        let MandateWrite { before, after, answer } = write;
        let mut commit = self.records.draft(after.id.partition());
        let key = names::mandate(&after.tenant, &after.id);
        expect(&mut commit, &key, before);
        let value = to_bytes(after)?;
        let expires_at = forgotten_at(after);
        let is_listed = !after.is_for_one_plan;
        commit.puts.push(Put { key, value, fence: None, expires_at, is_listed });
        if let Some(answer) = answer {
            commit = answering(&self.records, commit, &answer)?;
        }
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn write_ledger(&self, write: LedgerWrite<'_>) -> Result<Committed, PortError> {
        let LedgerWrite { seen, after } = write;
        let SeenMandate { mandate, mandate_at, ledger_at, .. } = seen;
        let mut commit = self.records.draft(mandate.id.partition());
        expect(&mut commit, &names::mandate(&mandate.tenant, &mandate.id), Some(*mandate_at));
        let key = names::mandate_ledger(&mandate.id);
        expect(&mut commit, &key, *ledger_at);
        let value = to_bytes(after)?;
        let expires_at = forgotten_at(mandate);
        commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    async fn now(&self) -> Result<Timestamp, PortError> {
        Ok(self.records.store.now().await?)
    }
}
