//! What agents asked for lately, kept in any store.

use acp_core::limits::{RACES_MAX, REQUESTS_SEEN_KEPT, REQUESTS_SEEN_MAX};
use acp_core::ports::{PortError, RequestLog, Retry};
use acp_core::request::RequestSeen;
use acp_core::session::Owner;
use async_trait::async_trait;

use crate::store::record::names;
use crate::store::record::records::Records;
use crate::store::record::stored::{RequestsSeen, to_bytes};
use crate::store::{Demand, Durability, Expectation, Outcome, Put, Version};

/// Keeps in a store what agents asked for. The store forgets it by itself.
#[derive(Clone, Debug)]
pub struct StoreRequests {
    records: Records,
}

impl StoreRequests {
    /// Requests among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    async fn seen(&self, agent: &Owner) -> Result<Option<(RequestsSeen, Version)>, PortError> {
        let partition = self.records.partition_key.requests(agent);
        self.records.read(partition, names::requests(agent)).await
    }
}

#[async_trait]
impl RequestLog for StoreRequests {
    async fn add(&self, agent: &Owner, requests: &[RequestSeen]) -> Result<(), PortError> {
        for _ in 0..RACES_MAX {
            let (mut all, demand) = match self.seen(agent).await? {
                Some((seen, version)) => (seen.requests, Demand::At(version)),
                None => (Vec::new(), Demand::Absent),
            };
            all.extend(requests.iter().cloned());
            all.sort_by_key(|request| request.at);
            all.drain(..all.len().saturating_sub(REQUESTS_SEEN_MAX));

            let key = names::requests(agent);
            let mut commit = self.records.draft(self.records.partition_key.requests(agent));
            // Nothing is decided by it, so that nobody waits until it is safe.
            commit.durability = Durability::Ordinary;
            commit.expectations.push(Expectation { key: key.clone(), demand });
            commit.puts.push(Put {
                key,
                value: to_bytes(&RequestsSeen { requests: all })?,
                fence: None,
                expires_at: Some(self.records.store.now().await?.plus(REQUESTS_SEEN_KEPT)),
                is_listed: false,
            });
            if let Outcome::Applied(_) = self.records.store.commit(commit).await? {
                return Ok(());
            }
        }
        let what = "noting what an agent asked for that others note too";
        Err(PortError { what, retry: Retry::Safe, cause: None })
    }

    async fn last(&self, agent: &Owner) -> Result<Vec<RequestSeen>, PortError> {
        Ok(self.seen(agent).await?.map(|(seen, _)| seen.requests).unwrap_or_default())
    }
}
