use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::Partition;
use acp_core::limits::SESSION_BYTES_MAX;
use acp_core::ports::Revision;
use acp_core::ports::{
    Answer, AnswerKey, AnswerWrite, Change, Channel, Committed, Digests, KeyState, Operation,
    PortError, SessionWrite, Subject, View,
};
use acp_core::principal::Principal;
use acp_core::refusal::{Fault, FaultKind, Refusal};
use acp_core::session::{Session, SessionEvent, StageKind};

use super::{App, Failure};
use crate::seeded::{Bug, has};

/// A call: who asks, with which key, in which words, for what. The command may be faulty; the
/// fault is told, and kept, like any other answer.
#[derive(Clone, Debug)]
pub struct Ask<C> {
    /// Who asks.
    pub principal: Arc<Principal>,
    /// The caller's idempotency key.
    pub key: Option<Box<str>>,
    /// The fingerprints of the body.
    pub digests: Digests,
    /// How the caller is spoken to.
    pub channel: Channel,
    /// What is asked for.
    pub command: Result<C, Fault>,
}

/// Whether an answer is told for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Telling {
    /// The call was carried out now.
    Anew,
    /// The call was carried out before.
    Again,
}

/// An answer and how it came about.
#[derive(Clone, Debug)]
pub struct Said {
    /// The answer.
    pub answer: Answer,
    /// Whether it is a repetition.
    pub telling: Telling,
}

impl Said {
    pub(super) const fn anew(answer: Answer) -> Self {
        Self { answer, telling: Telling::Anew }
    }
}

impl<C> Ask<C> {
    /// The same call for something else.
    pub fn map<D>(self, map: impl FnOnce(C) -> D) -> Ask<D> {
        Ask {
            principal: self.principal,
            key: self.key,
            digests: self.digests,
            channel: self.channel,
            command: self.command.map(map),
        }
    }

    /// The same call about one part of what it is about: its key is good for that part alone.
    #[must_use]
    pub fn about(self, part: impl Display) -> Self {
        let key = self.key.map(|key| format!("{part}\u{1f}{key}").into());
        Self { key, ..self }
    }

    pub(super) fn answer_key(
        &self,
        operation: Operation,
        about: Option<Subject>,
    ) -> Option<AnswerKey> {
        self.key.as_ref().map(|key| AnswerKey {
            owner: self.principal.as_owner(),
            operation,
            about,
            key: key.clone(),
        })
    }

    /// What a key that is known already means for this call; `None` when the call has to be
    /// carried out.
    pub(super) fn settled(&self, key: Option<KeyState>) -> Result<Option<Said>, Failure> {
        match key {
            None => Ok(None),
            Some(KeyState::Running { digests } | KeyState::Answered { digests, .. })
                if !digests.agree(&self.digests) && !has(Bug::BodyIgnored) =>
            {
                Err(Failure::KeyReused(self.channel.clone()))
            }
            Some(KeyState::Running { .. }) => Err(Failure::KeyBusy),
            Some(KeyState::Answered { answer, .. }) => {
                Ok(Some(Said { answer, telling: Telling::Again }))
            }
        }
    }

    /// The record that keeps an answer to this call.
    pub(super) fn answered(
        &self,
        key: Option<AnswerKey>,
        answer: &Answer,
        kept_for: Duration,
    ) -> Option<AnswerWrite> {
        key.map(|key| AnswerWrite {
            key,
            state: Some(KeyState::Answered { digests: self.digests, answer: answer.clone() }),
            kept_for,
            is_first: true,
        })
    }
}

/// An answer that is not too large to be kept, now and with an order in it.
pub(super) fn bounded(answer: Answer) -> Result<Answer, Refusal> {
    if answer.body.len() <= SESSION_BYTES_MAX {
        return Ok(answer);
    }
    Err(Refusal::Faulty(Fault {
        kind: FaultKind::BadValue,
        path: "$.line_items".to_owned(),
        text: "The answer would become too large. Use fewer lines, or less metadata.".to_owned(),
    }))
}

impl App {
    /// The write of a session that has changed, with the words for it.
    pub(super) fn session_write(
        &self,
        before: Option<Revision>,
        after: Session,
        event: Option<SessionEvent>,
        (channel, answer): (&Channel, &Answer),
    ) -> SessionWrite {
        let has_ended = after.stage.kind().is_terminal();
        // A completion is looked after by its run, however long that takes.
        let wake_at = if has_ended || after.stage.kind() == StageKind::Completing {
            after.changed_at.plus(self.keeping.session_kept)
        } else {
            after.expires_at
        };
        let view = View {
            owner: after.owner.clone(),
            channel: channel.clone(),
            expires_at: (!has_ended).then_some(after.expires_at),
            body: Arc::clone(&answer.body),
        };
        SessionWrite { before, after, event, awaited_approval: false, view, wake_at }
    }

    /// Keeps what was decided: what was made is written with its answer, and a refusal alone. `None`
    /// where somebody else was faster.
    pub(super) async fn kept<C: Sync, T, F>(
        &self,
        (ask, place, key): (&Ask<C>, Partition, Option<AnswerKey>),
        decided: Result<(T, Answer), Failure>,
        write: impl FnOnce(T, Option<AnswerWrite>) -> F,
    ) -> Result<Option<Said>, Failure>
    where
        F: Future<Output = Result<Committed, PortError>>,
    {
        match decided {
            Ok((made, answer)) => {
                let answered = ask.answered(key, &answer, self.keeping.answers);
                Ok(match write(made, answered).await? {
                    Committed::At(_) => Some(Said::anew(answer)),
                    Committed::Raced => None,
                })
            }
            Err(Failure::Refused(refusal)) => self.refuse(ask, place, key, refusal).await,
            Err(failure) => Err(failure),
        }
    }

    /// Keeps a refusal under the caller's key, unless it is only true for a moment.
    pub(super) async fn refuse<C: Sync>(
        &self,
        ask: &Ask<C>,
        place: Partition,
        key: Option<AnswerKey>,
        refusal: Refusal,
    ) -> Result<Option<Said>, Failure> {
        if refusal == Refusal::CompletionRunning {
            return Err(Failure::Refused(refusal));
        }
        let answer = self.ports.answers.refused(&ask.channel, &refusal);
        let Some(write) = ask.answered(key, &answer, self.keeping.answers) else {
            return Ok(Some(Said::anew(answer)));
        };
        let change = Change { answer: Some(write), ..Change::default() };
        match self.ports.checkouts.commit(place, change).await? {
            Committed::At(_) => Ok(Some(Said::anew(answer))),
            Committed::Raced => Ok(None),
        }
    }
}
