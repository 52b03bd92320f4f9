//! Ledgers, as whoever counts the stock sees and changes them.

use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{AnswerKey, Counts, Decide, Decision, PortError};
use acp_core::stock::Ledger;
use async_trait::async_trait;
use futures_util::future::try_join_all;

use super::StoreStock;
use super::ledgers::{TRIES, Write, busy};
use crate::store::Outcome;
use crate::store::record::change::answering;

#[async_trait]
impl Counts for StoreStock {
    async fn ledgers(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Option<Ledger>>, PortError> {
        try_join_all(items.iter().map(|item| self.get(tenant, item))).await
    }

    /// It takes its turn among those who sell the item in this process, so that it is not
    /// outrun by them, and looks again when another process wrote the ledger meanwhile.
    async fn count(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        key: Option<&AnswerKey>,
        decide: Decide<'_, Ledger>,
    ) -> Result<(), PortError> {
        let place = self.place(tenant, item);
        let lane = self.lanes.of(place.partition);
        let _turn = lane.turn.acquire().await;
        for _ in 0..TRIES {
            let found = self.look(&place, &[]).await?;
            let known = self.records.key_state(place.partition, key).await?;
            let version = found.as_ref().map(|found| found.version);
            let decision = decide(found.map(|found| found.ledger), known);
            let Some(Decision { after, answer }) = decision else { return Ok(()) };
            let was_written = match (after, answer) {
                (None, None) => true,
                (None, Some(answer)) => {
                    let commit = self.records.draft(place.partition);
                    let commit = answering(&self.records, commit, &answer)?;
                    matches!(self.records.store.commit(commit).await?, Outcome::Applied(_))
                }
                (Some(ledger), answer) => {
                    let answer = answer.as_ref();
                    let write = Write { version, ledger, ids: &[], fresh: &[], answer };
                    self.keep(&place, write).await?
                }
            };
            if was_written {
                return Ok(());
            }
        }
        Err(busy())
    }
}
