use std::sync::Arc;

use acp_core::dialogue::Conversation;
use acp_core::ids::ConversationId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Committed, ConversationChange, ConversationWrite, Revision};
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::time::Timestamp;

use crate::app::{App, Failure};

/// A conversation and the revision it was read at.
pub(super) type Found = (Conversation, Revision);

/// The conversation a call is about, if it is there and the caller's. One whose time is over is not
/// there, whether or not the store has forgotten it yet.
pub(super) fn own(
    principal: &Principal,
    found: Option<Found>,
    now: Timestamp,
) -> Result<Found, Refusal> {
    found
        .filter(|(talk, _)| principal.owns(&talk.owner) && !talk.is_overdue(now))
        .ok_or(Refusal::ConversationNotFound)
}

impl App {
    /// Says what is remembered of a conversation.
    ///
    /// # Errors
    /// Refuses conversations that do not exist, not any more, or are somebody else's: the same
    /// answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_conversation(
        &self,
        principal: &Principal,
        id: &ConversationId,
    ) -> Result<Arc<[u8]>, Failure> {
        let seen = self.ports.conversations.look(id.partition(), Some(id), None).await?;
        let (talk, _) = own(principal, seen.conversation, self.ports.clock.now())?;
        Ok(self.ports.answers.conversation(&talk))
    }

    /// Erases a conversation, and with it the answers that are kept of its last sentences.
    ///
    /// # Errors
    /// Refuses conversations that are not there or are somebody else's: the same answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn erase_conversation(
        &self,
        principal: &Principal,
        id: &ConversationId,
    ) -> Result<Arc<[u8]>, Failure> {
        for _ in 0..RACES_MAX {
            let seen = self.ports.conversations.look(id.partition(), Some(id), None).await?;
            // Also one whose time is over, as long as anything of it is there.
            let ours = seen.conversation.filter(|(talk, _)| principal.owns(&talk.owner));
            let (talk, at) = ours.ok_or(Refusal::ConversationNotFound)?;
            let conversation = ConversationWrite::Erase { conversation: Box::new(talk), at };
            let change = ConversationChange { conversation, plan: None, answer: None };
            match self.ports.conversations.commit(change).await? {
                Committed::At(_) => return Ok(self.ports.answers.conversation_erased(id)),
                Committed::Raced => {}
            }
        }
        Err(Failure::Contended)
    }
}
