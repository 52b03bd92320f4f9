//! What is known of a caller's key.

use acp_core::money::Currency;
use acp_core::ports::{Answer, AnswerKey, Channel, Digests, KeyState};
use acp_core::principal::Habits;
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use super::party::StoredOwner;
use super::scalars::Blob;

mirror! {
    StoredHabits of Habits {
        conflict_status: Word,
        completed_status: Word,
        strangers: Word,
        address_phone: Word,
    }
}

/// Most callers have none.
impl Mirror<Habits> for Option<StoredHabits> {
    fn of(value: &Habits, within: Within) -> Result<Self, Misfit> {
        (*value != Habits::default()).then(|| StoredHabits::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Habits, Misfit> {
        self.map_or(Ok(Habits::default()), |stored| stored.back(within))
    }
}

impl Optional<Habits> for Option<StoredHabits> {}

mirror! {
    StoredChannel of Channel {
        version: Box<str>,
        locale: Box<str>,
    } or_absent {
        habits: Option<StoredHabits>,
    }
}

mirror! {
    StoredDigests of Digests {
        raw: Blob,
        canonical: Blob,
    }
}

/// A key. What it is about is called a session, because early releases knew nothing else.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredAnswerKey {
    owner: StoredOwner,
    operation: Word,
    key: Box<str>,
    #[serde(default, rename = "session", skip_serializing_if = "Option::is_none")]
    about: Option<Box<str>>,
}

impl Mirror<AnswerKey> for StoredAnswerKey {
    fn of(value: &AnswerKey, within: Within) -> Result<Self, Misfit> {
        Ok(Self {
            owner: Mirror::of(&value.owner, within)?,
            operation: Word::of(value.operation),
            key: value.key.clone(),
            about: Mirror::of(&value.about, within)?,
        })
    }

    fn back(self, within: Within) -> Result<AnswerKey, Misfit> {
        Ok(AnswerKey {
            owner: self.owner.back(within)?,
            operation: self.operation.back(within)?,
            key: self.key,
            about: self.about.back(within)?,
        })
    }
}

mirror! {
    StoredAnswer of Answer {
        status: u16,
        body: Blob,
    } or_absent {
        made: Option<Box<str>>,
    }
}

/// What is known of a key: the body it came with and, once there is one, the answer.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredKeyState {
    digests: StoredDigests,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<StoredAnswer>,
}

impl Mirror<KeyState> for StoredKeyState {
    fn of(value: &KeyState, within: Within) -> Result<Self, Misfit> {
        let (digests, answer) = match value {
            KeyState::Running { digests } => (digests, None),
            KeyState::Answered { digests, answer } => {
                (digests, Some(StoredAnswer::of(answer, within)?))
            }
        };
        Ok(Self { digests: Mirror::of(digests, within)?, answer })
    }

    fn back(self, within: Within) -> Result<KeyState, Misfit> {
        let digests = self.digests.back(within)?;
        Ok(match self.answer {
            None => KeyState::Running { digests },
            Some(answer) => KeyState::Answered { digests, answer: answer.back(within)? },
        })
    }
}

impl Document for KeyState {
    type Shape = StoredKeyState;

    fn currency(&self) -> Option<Currency> {
        None
    }

    fn size(&self) -> usize {
        let body = match self {
            Self::Running { .. } => 0,
            Self::Answered { answer, .. } => answer.body.len(),
        };
        body.saturating_add(256)
    }
}
