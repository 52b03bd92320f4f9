use async_trait::async_trait;

use super::PortError;
use super::checkouts::{AnswerKey, AnswerWrite, Committed, KeyState, Revision};
use super::plans::PlanWrite;
use crate::dialogue::Conversation;
use crate::ids::{ConversationId, Partition};
use crate::session::Owner;

/// Writes a conversation.
#[derive(Clone, Debug)]
pub enum ConversationWrite {
    /// One that is new, or as it is now.
    Keep {
        /// The revision the decision was based on; `None` for a new one.
        before: Option<Revision>,
        /// The conversation as it is now.
        after: Box<Conversation>,
    },
    /// One that is erased, and the answers that were kept of it.
    Erase {
        /// The conversation.
        conversation: Box<Conversation>,
        /// The revision the decision was based on.
        at: Revision,
    },
}

impl ConversationWrite {
    /// Which conversation it is.
    pub const fn id(&self) -> &ConversationId {
        match self {
            Self::Keep { after, .. } => &after.id,
            Self::Erase { conversation, .. } => &conversation.id,
        }
    }

    /// The revision the decision was based on.
    pub const fn before(&self) -> Option<Revision> {
        match self {
            Self::Keep { before, .. } => *before,
            Self::Erase { at, .. } => Some(*at),
        }
    }
}

/// Everything that becomes true in one step.
#[derive(Clone, Debug)]
pub struct ConversationChange {
    /// The conversation.
    pub conversation: ConversationWrite,
    /// The plan a sentence came to, which lies where the conversation does. It is there, and told of,
    /// where the sentence is.
    pub plan: Option<PlanWrite>,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
}

/// What the store knows before a sentence is read: one look.
#[derive(Clone, Debug)]
pub struct SeenConversation {
    /// The conversation, if there is one.
    pub conversation: Option<(Conversation, Revision)>,
    /// What is known of the key.
    pub key: Option<KeyState>,
}

/// Keeps conversations until their time is over; nobody has to look after them.
///
/// What this trait means is written in `tests/it/contract/wanted/conversations.rs`; it holds over every
/// store.
#[async_trait]
pub trait Conversations: Send + Sync {
    /// Where a new conversation goes: with a key, always to the same place for the same caller and
    /// key, so that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// What is known of a conversation and of a key, in one look.
    async fn look(
        &self,
        partition: Partition,
        conversation: Option<&ConversationId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenConversation, PortError>;

    /// Writes everything in `change` in one step, if everything it is based on still stands.
    async fn commit(&self, change: ConversationChange) -> Result<Committed, PortError>;
}
