//! What signatures were used for, kept in any store.

use std::time::Duration;

use acp_core::limits::RACES_MAX;
use acp_core::ports::{PortError, Retry, SignatureUse, UsedSignatures};
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{UsedFor, to_bytes};
use crate::store::{Demand, Durability, Expectation, Outcome, Put};

/// Keeps in a store what signatures were used for. The store forgets it by itself, by its own
/// clock, so that one gateway with a clock that runs ahead shortens nothing.
#[derive(Clone, Debug)]
pub struct StoreSignatures {
    records: Records,
}

impl StoreSignatures {
    /// Uses of signatures among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    /// Whether this is the first use, which is written down then.
    async fn is_first(
        &self,
        signature: &[u8; 32],
        purpose: &[u8; 32],
        kept: Duration,
    ) -> Result<bool, PortError> {
        let name = names::signature(signature);
        let mut commit = self.records.draft(names::signatures_partition(signature));
        // What follows from the request is as safe as it needs to be. This one only guards it for
        // some minutes, and need not outlive the machine.
        commit.durability = Durability::Ordinary;
        commit.expectations.push(Expectation { key: name.clone(), demand: Demand::Absent });
        commit.puts.push(Put {
            key: name,
            value: to_bytes(&UsedFor { purpose: *purpose })?,
            fence: None,
            expires_at: Some(self.records.store.now().await?.plus(kept)),
            is_listed: false,
        });
        Ok(matches!(self.records.store.commit(commit).await?, Outcome::Applied(_)))
    }
}

#[async_trait]
impl UsedSignatures for StoreSignatures {
    async fn take(
        &self,
        signature: &[u8; 32],
        purpose: &[u8; 32],
        kept: Duration,
    ) -> Result<SignatureUse, PortError> {
        let partition = names::signatures_partition(signature);
        for _ in 0..RACES_MAX {
            if self.is_first(signature, purpose, kept).await? {
                return Ok(SignatureUse::First);
            }
            let name = names::signature(signature);
            let first = self.records.read::<UsedFor>(partition, name).await?;
            match first.map(|(first, _)| first.purpose == *purpose) {
                Some(true) => return Ok(SignatureUse::Again),
                Some(false) => return Ok(SignatureUse::Otherwise),
                // Forgotten in this moment.
                None => {}
            }
        }
        let what = "noting the use of a signature that others use too";
        Err(PortError { what, retry: Retry::Safe, cause: None })
    }
}
