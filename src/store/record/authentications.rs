//! Where authentications stand, kept in any store: a look is one read, a change is one commit, and
//! the store forgets them by itself.

use acp_core::ids::{AuthenticationId, Partition};
use acp_core::limits::AUTHENTICATION_KEPT;
use acp_core::ports::{
    AnswerKey, AuthenticationWrite, Authentications, Committed, PortError, SeenAuthentication,
};
use acp_core::session::Owner;
use async_trait::async_trait;

use super::change::{answering, version};
use super::checkouts::{committed, read_with_revision};
use super::names;
use super::records::Records;
use super::stored::{from_bytes, to_bytes};
use crate::store::{Demand, Durability, Expectation, Put};

/// Keeps authentications in a store.
#[derive(Clone, Debug)]
pub struct StoreAuthentications {
    records: Records,
}

impl StoreAuthentications {
    /// Authentications among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl Authentications for StoreAuthentications {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    async fn look(
        &self,
        partition: Partition,
        authentication: Option<&AuthenticationId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenAuthentication, PortError> {
        let mut wanted = Vec::with_capacity(2);
        wanted.extend(authentication.map(names::authentication));
        wanted.extend(key.map(names::answer));
        let mut found = self.records.store.read(partition, &wanted).await?.into_iter();
        let document = authentication.and_then(|_| found.next().flatten());
        let known = key.and_then(|_| found.next().flatten());
        Ok(SeenAuthentication {
            authentication: document.as_ref().map(read_with_revision).transpose()?,
            key: known.as_ref().map(|found| from_bytes(&found.value)).transpose()?,
        })
    }

    /// The provider knows better, and no money hangs on it.
    async fn write(&self, write: AuthenticationWrite<'_>) -> Result<Committed, PortError> {
        let AuthenticationWrite { before, after, answer } = write;
        let mut commit = self.records.draft(after.id.partition());
        commit.durability = Durability::Ordinary;
        let key = names::authentication(&after.id);
        let demand = before.map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        let (value, expires_at) =
            (to_bytes(after)?, Some(after.expires_at.plus(AUTHENTICATION_KEPT)));
        commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
        if let Some(answer) = answer {
            commit = answering(&self.records, commit, &answer)?;
        }
        Ok(committed(&self.records.store.commit(commit).await?))
    }
}
