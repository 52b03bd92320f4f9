use std::sync::Arc;

use acp_core::ids::{Partition, SessionId};
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Answer, AnswerKey, Change, Committed, Operation};
use acp_core::refusal::Refusal;
use acp_core::session::{OpenSession, Session};

use crate::app::ask::bounded;
use crate::app::{App, Ask, Failure, Said};

impl App {
    /// Opens a session. The same caller and key always meet at the same place, so the first
    /// commit decides and nothing has to be looked up before.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn open_session(self: &Arc<Self>, ask: Ask<OpenSession>) -> Result<Said, Failure> {
        let said = self.begin_session(&ask).await?;
        self.hand_over_cart(&ask, &said).await;
        Ok(said)
    }

    async fn begin_session(&self, ask: &Ask<OpenSession>) -> Result<Said, Failure> {
        let place = self.ports.checkouts.place(&ask.principal.as_owner(), ask.key.as_deref());
        let key = ask.answer_key(Operation::Open, None);
        for _ in 0..RACES_MAX {
            let id = SessionId::new(place, self.ports.entropy.random128());
            let said = match self.opened(ask, id).await {
                Ok((session, answer)) => {
                    let write = self.session_write(None, session, None, (&ask.channel, &answer));
                    let change = Change {
                        session: Some(write),
                        answer: ask.answered(key.clone(), &answer, self.keeping.answers),
                        ..Change::default()
                    };
                    match self.ports.checkouts.commit(place, change).await? {
                        Committed::At(_) => Some(Said::anew(answer)),
                        Committed::Raced => None,
                    }
                }
                Err(Failure::Refused(refusal)) => {
                    self.refuse(ask, place, key.clone(), refusal).await?
                }
                // What was answered before is answered again, whatever has failed since.
                Err(failure) => return self.known(ask, place, key.as_ref()).await?.ok_or(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
            if let Some(said) = self.known(ask, place, key.as_ref()).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    /// What is known of the caller's key.
    pub(in crate::app) async fn known<C: Sync>(
        &self,
        ask: &Ask<C>,
        place: Partition,
        key: Option<&AnswerKey>,
    ) -> Result<Option<Said>, Failure> {
        let seen = self.ports.checkouts.look(place, None, key).await?;
        ask.settled(seen.key)
    }

    async fn opened(
        &self,
        ask: &Ask<OpenSession>,
        id: SessionId,
    ) -> Result<(Session, Answer), Failure> {
        let command = ask.command.clone().map_err(Refusal::Faulty)?;
        let about = (&ask.principal.tenant, id.as_str());
        let stores = self.stores(about, &command.wishes()).await?;
        let setting = self.setting(self.ports.clock.now());
        let session = Session::open(id, ask.principal.as_owner(), command, &stores, &setting)?;
        let answer = bounded(self.ports.answers.opened(&ask.channel, &session))?;
        Ok((session, answer))
    }
}
