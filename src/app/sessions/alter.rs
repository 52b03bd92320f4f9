use acp_core::ids::SessionId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{
    Answer, AnswerKey, Change, Committed, Operation, Revision, Seen, SessionWrite, Subject,
};
use acp_core::refusal::Refusal;
use acp_core::session::{CancelSession, ChangeSession, Session, SessionEvent, StageKind};

use super::read::as_of;
use crate::app::ask::bounded;
use crate::app::{App, Ask, Failure, Said};

/// A session and the revision it was read at.
pub(in crate::app) type Found = (Session, Revision);

/// What can be done to a session in one commit.
#[derive(Clone, Debug)]
enum Alteration {
    Change(Box<ChangeSession>),
    Cancel(CancelSession),
}

impl<C> Ask<C> {
    /// The session this call is about, if it exists and is the caller's.
    pub(in crate::app) fn own(&self, session: Option<Found>) -> Result<Found, Refusal> {
        session
            .filter(|(session, _)| self.principal.owns(&session.owner))
            .ok_or(Refusal::SessionNotFound)
    }
}

impl App {
    /// Changes a session.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(session.id = %id))]
    pub async fn change_session(
        &self,
        id: &SessionId,
        ask: Ask<ChangeSession>,
    ) -> Result<Said, Failure> {
        self.alter(id, Operation::Change, ask.map(|change| Alteration::Change(Box::new(change))))
            .await
    }

    /// Gives a session up.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all, fields(session.id = %id))]
    pub async fn cancel_session(
        &self,
        id: &SessionId,
        ask: Ask<CancelSession>,
    ) -> Result<Said, Failure> {
        self.alter(id, Operation::Cancel, ask.map(Alteration::Cancel)).await
    }

    async fn alter(
        &self,
        id: &SessionId,
        operation: Operation,
        ask: Ask<Alteration>,
    ) -> Result<Said, Failure> {
        let key = ask.answer_key(operation, Some(Subject::Session(id.clone())));
        if let Some(found) = self.ports.checkouts.recall(id, key.as_ref()) {
            match self.attempt(&ask, key.clone(), Some(found)).await {
                Ok(Some(said)) => return Ok(said),
                // It may be so no more; whoever looks will know.
                Ok(None) | Err(Failure::Refused(_)) => {}
                // What was answered before is answered again, whatever has failed since.
                Err(failure) => {
                    let known = self.known(&ask, id.partition(), key.as_ref()).await?;
                    return known.ok_or(failure);
                }
            }
        }
        for _ in 0..RACES_MAX {
            let Seen { session, key: known } =
                self.ports.checkouts.look(id.partition(), Some(id), key.as_ref()).await?;
            if let Some(said) = ask.settled(known)? {
                return Ok(said);
            }
            let said = match self.attempt(&ask, key.clone(), session).await {
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, id.partition(), key.clone(), refusal).await?
                }
                tried => tried?,
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    /// Decides about a session and keeps that, with the answer; `None` when somebody else was
    /// faster.
    async fn attempt(
        &self,
        ask: &Ask<Alteration>,
        key: Option<AnswerKey>,
        session: Option<Found>,
    ) -> Result<Option<Said>, Failure> {
        let (found, event) = self.decide(ask, session).await?;
        self.keep(ask, key, found, event).await
    }

    async fn decide(
        &self,
        ask: &Ask<Alteration>,
        session: Option<Found>,
    ) -> Result<(Found, SessionEvent), Failure> {
        let now = self.ports.clock.now();
        let (session, revision) = ask.own(session)?;
        let session = as_of(session, now)?;
        let event = match ask.command.clone().map_err(Refusal::Faulty)? {
            Alteration::Change(change) => {
                session.may_change()?;
                let planned = session.basket_after(*change);
                let about = (&session.owner.tenant, session.id.as_str());
                let stores = self.stores(about, &planned.0.wishes()).await?;
                session.change(planned, &stores, &self.setting(now))?
            }
            Alteration::Cancel(cancel) => session.cancel(cancel)?,
        };
        Ok(((session, revision), event))
    }

    /// Commits what was decided about a session together with the answer; `None` when somebody
    /// else was faster.
    async fn keep(
        &self,
        ask: &Ask<Alteration>,
        key: Option<AnswerKey>,
        found: Found,
        event: SessionEvent,
    ) -> Result<Option<Said>, Failure> {
        let place = found.0.id.partition();
        let (change, answer) = self.alteration(ask, key, found, event)?;
        Ok(match self.ports.checkouts.commit(place, change).await? {
            Committed::At(_) => Some(Said::anew(answer)),
            Committed::Raced => None,
        })
    }

    /// What is to be written for what was decided, and the answer.
    fn alteration(
        &self,
        ask: &Ask<Alteration>,
        key: Option<AnswerKey>,
        (session, revision): Found,
        event: SessionEvent,
    ) -> Result<(Change, Answer), Failure> {
        let after = session.after(event.clone(), self.ports.clock.now())?;
        let answer = bounded(self.ports.answers.shown(&ask.channel, &after))?;
        let words = (&ask.channel, &answer);
        let write = self.session_write(Some(revision), after, Some(event), words);
        let awaited_approval = session.stage.kind() == StageKind::PendingApproval;
        let change = Change {
            session: Some(SessionWrite { awaited_approval, ..write }),
            answer: ask.answered(key, &answer, self.keeping.answers),
            ..Change::default()
        };
        Ok((change, answer))
    }
}
