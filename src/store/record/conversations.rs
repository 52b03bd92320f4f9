//! Conversations, kept in any store: a look is one read, a change is one commit.

use acp_core::ids::{ConversationId, Partition};
use acp_core::ports::{
    AnswerKey, Committed, ConversationChange, ConversationWrite, Conversations, PortError,
    SeenConversation,
};
use acp_core::session::Owner;
use async_trait::async_trait;

use super::change::{answering, version};
use super::checkouts::{committed, read_with_revision};
use super::figures::note_plan;
use super::names;
use super::plans::write_plan;
use super::records::Records;
use super::stored::{from_bytes, to_bytes};
use crate::store::{Demand, Durability, Expectation, Put};

/// Keeps conversations in a store.
#[derive(Clone, Debug)]
pub struct StoreConversations {
    records: Records,
}

impl StoreConversations {
    /// Conversations among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl Conversations for StoreConversations {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    async fn look(
        &self,
        partition: Partition,
        conversation: Option<&ConversationId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenConversation, PortError> {
        let mut wanted = Vec::with_capacity(2);
        wanted.extend(conversation.map(names::conversation));
        wanted.extend(key.map(names::answer));
        let mut found = self.records.store.read(partition, &wanted).await?.into_iter();
        let talk = conversation.and_then(|_| found.next().flatten());
        let known = key.and_then(|_| found.next().flatten());
        Ok(SeenConversation {
            conversation: talk.as_ref().map(read_with_revision).transpose()?,
            key: known.as_ref().map(|found| from_bytes(&found.value)).transpose()?,
        })
    }

    /// No money hangs on it, and the store forgets it by itself when its time is over. A plan that
    /// comes with it is one nobody has approved or begun.
    async fn commit(&self, change: ConversationChange) -> Result<Committed, PortError> {
        let ConversationChange { conversation: write, plan, answer } = change;
        let mut commit = self.records.draft(write.id().partition());
        commit.durability = Durability::Ordinary;
        let key = names::conversation(write.id());
        let demand = write.before().map_or(Demand::Absent, |at| Demand::At(version(at)));
        commit.expectations.push(Expectation { key: key.clone(), demand });
        match write {
            ConversationWrite::Keep { after, .. } => {
                let (value, expires_at) = (to_bytes(after.as_ref())?, Some(after.expires_at));
                commit.puts.push(Put { key, value, fence: None, expires_at, is_listed: false });
            }
            ConversationWrite::Erase { conversation, .. } => {
                let answers = conversation.keys();
                commit.deletes.extend(answers.iter().map(names::answer).chain([key]));
            }
        }
        if let Some(plan) = &plan {
            write_plan(&mut commit, plan)?;
        }
        if let Some(answer) = &answer {
            commit = answering(&self.records, commit, answer)?;
        }
        let committed = committed(&self.records.store.commit(commit).await?);
        if let Some(plan) = &plan {
            note_plan(plan, committed);
        }
        Ok(committed)
    }
}
