use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Change, Committed, Digests, Operation, RunWrite, Subject};
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::run::Run;
use acp_core::session::{CompleteSession, Profile, Session, SessionEvent, Stage, Tender};
use tracing::Instrument as _;

use super::alter::Found;
use super::complete::Asker;
use super::read::as_of;
use crate::app::completing::Hand;
use crate::app::{App, Ask, Failure, Said};

/// What somebody says to a purchase order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be bought.
    Approved,
    /// It may not.
    Rejected,
}

/// A session somebody has decided about, before it is written down.
struct Judgement {
    after: Session,
    change: Change,
    /// The completion that begins with it.
    run: Option<Run>,
}

impl App {
    /// The sessions that wait for an approval, the one that expires first in front.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn pending_approvals(&self) -> Result<Vec<Session>, Failure> {
        let mut pending = Vec::new();
        for id in self.ports.checkouts.pending().await? {
            let session = self.session_listed(&id).await?;
            pending.extend(
                session.filter(|session| matches!(session.stage, Stage::PendingApproval(_))),
            );
        }
        Ok(pending)
    }

    /// The same, as they are shown to whoever looks after the shop.
    ///
    /// # Errors
    /// The store cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_approvals(&self, principal: &Principal) -> Result<Arc<[u8]>, Failure> {
        let mut pending = self.pending_approvals().await?;
        pending.retain(|session| principal.sees(&session.owner));
        Ok(self.ports.answers.approvals(&pending))
    }

    /// Lets somebody decide about the purchase order a session waits with. Once it is approved the
    /// session is completed as if it had been paid for, without the agent.
    ///
    /// # Errors
    /// Refuses sessions that do not exist or wait for no approval.
    #[tracing::instrument(level = "debug", skip_all, fields(session.id = %id))]
    pub async fn judge_session(
        self: &Arc<Self>,
        id: &SessionId,
        verdict: Verdict,
    ) -> Result<Session, Failure> {
        for _ in 0..RACES_MAX {
            let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
            let found = seen.session.ok_or(Refusal::SessionNotFound)?;
            let judgement = self.judgement(found, verdict).await?;
            if let Some(session) = self.keep_judgement(judgement).await? {
                return Ok(session);
            }
        }
        Err(Failure::Contended)
    }

    /// The same for somebody who calls with a key, and is told the same when it is called again.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer, such as a session that does not exist.
    #[tracing::instrument(level = "debug", skip_all, fields(session.id = %id))]
    pub async fn approve_session(
        self: &Arc<Self>,
        id: &SessionId,
        ask: Ask<Verdict>,
    ) -> Result<Said, Failure> {
        let key = ask.answer_key(Operation::Judge, Some(Subject::Session(id.clone())));
        for _ in 0..RACES_MAX {
            let seen = self.ports.checkouts.look(id.partition(), Some(id), key.as_ref()).await?;
            if let Some(said) = ask.settled(seen.key)? {
                return Ok(said);
            }
            let is_theirs = |(session, _): &Found| ask.principal.sees(&session.owner);
            let found = seen.session.filter(is_theirs).ok_or(Refusal::SessionNotFound)?;
            let judged = match ask.command.clone() {
                Ok(verdict) => self.judgement(found, verdict).await,
                Err(fault) => Err(Refusal::Faulty(fault).into()),
            };
            let said = match judged {
                Ok(mut judgement) => {
                    let answer = self.ports.answers.session_entry(&judgement.after);
                    judgement.change.answer =
                        ask.answered(key.clone(), &answer, self.keeping.answers);
                    self.keep_judgement(judgement).await?.map(|_| Said::anew(answer))
                }
                Err(Failure::Refused(refusal)) => {
                    self.refuse(&ask, id.partition(), key.clone(), refusal).await?
                }
                Err(failure) => return Err(failure),
            };
            if let Some(said) = said {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    async fn judgement(&self, found: Found, verdict: Verdict) -> Result<Judgement, Failure> {
        let (session, revision) = found;
        let session = as_of(session, self.ports.clock.now())?;
        match verdict {
            Verdict::Approved => self.approve((session, revision)).await,
            Verdict::Rejected => {
                let event = session.disapprove()?;
                let after = session.after(event.clone(), self.ports.clock.now())?;
                let change = self.judged((after.clone(), revision), event);
                Ok(Judgement { after, change, run: None })
            }
        }
    }

    async fn approve(&self, (session, revision): Found) -> Result<Judgement, Failure> {
        self.must_be_whole()?;
        let now = self.ports.clock.now();
        let (event, order) = session.approve(now)?;
        let after = session.after(event.clone(), now)?;
        // Nobody waits for an answer: the agent was told that it takes an approval.
        let asker = Asker {
            key: None,
            digests: Digests { raw: [0; 32], canonical: [0; 32] },
            channel: self.ports.answers.house_channel(),
        };
        let command = CompleteSession {
            profile: Profile::default(),
            buyer: None,
            contact: None,
            tender: Tender::PurchaseOrder(order),
            authentication: None,
            order_notes: None,
            attribution: None,
            consents: Vec::new(),
            risk: None,
        };
        let run = self.begin_run(asker, &command, &after).await?;
        let change = Change {
            run: Some(RunWrite::Begin(run.clone())),
            ..self.judged((after.clone(), revision), event)
        };
        Ok(Judgement { after, change, run: Some(run) })
    }

    /// Writes down what was decided, and goes on with it; `None` when somebody else was faster.
    async fn keep_judgement(
        self: &Arc<Self>,
        judgement: Judgement,
    ) -> Result<Option<Session>, Failure> {
        let Judgement { after, change, run } = judgement;
        match self.ports.checkouts.commit(after.id.partition(), change).await? {
            Committed::Raced => Ok(None),
            Committed::At(revision) => {
                if let Some(run) = run {
                    let app = Arc::clone(self);
                    let session = Some((after.clone(), revision));
                    let hand = Hand { run, found_at: None, session };
                    let work_on = async move { app.drive(hand, None).await };
                    self.tasks.spawn(work_on.in_current_span());
                }
                Ok(Some(after))
            }
        }
    }

    fn judged(&self, (after, revision): Found, event: SessionEvent) -> Change {
        let channel = self.ports.answers.house_channel();
        let answer = self.ports.answers.shown(&channel, &after);
        let words = (&channel, &answer);
        let write = self.session_write(Some(revision), after, Some(event), words);
        Change { session: Some(write), ..Change::default() }
    }
}
