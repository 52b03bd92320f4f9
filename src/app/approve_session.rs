use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::RACES_MAX;
use acp_core::ports::{Change, Committed, Digests, RunWrite};
use acp_core::refusal::Refusal;
use acp_core::session::{CompleteSession, Profile, Session, SessionEvent, Stage, Tender};

use super::alter_session::Found;
use super::complete_session::Asker;
use super::completing::Hand;
use super::read_session::as_of;
use super::{App, Failure};

/// What somebody says to a purchase order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be bought.
    Approved,
    /// It may not.
    Rejected,
}

impl App {
    /// The sessions that wait for an approval, the one that expires first in front.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn pending_approvals(&self) -> Result<Vec<Session>, Failure> {
        let now = self.ports.clock.now();
        let mut pending = Vec::new();
        for id in self.ports.checkouts.pending().await? {
            let seen = self.ports.checkouts.look(id.partition(), Some(&id), None).await?;
            if let Some((session, _)) = seen.session
                && matches!(as_of(session.clone(), now)?.stage, Stage::PendingApproval(_))
            {
                pending.push(session);
            }
        }
        Ok(pending)
    }

    /// Lets somebody decide about the purchase order a session waits with. Once it is approved the
    /// session is completed as if it had been paid for, without the agent.
    ///
    /// # Errors
    /// Refuses sessions that do not exist or wait for no approval.
    pub async fn judge_session(
        self: &Arc<Self>,
        id: &SessionId,
        verdict: Verdict,
    ) -> Result<Session, Failure> {
        for _ in 0..RACES_MAX {
            let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
            let (session, revision) = seen.session.ok_or(Refusal::SessionNotFound)?;
            let session = as_of(session, self.ports.clock.now())?;
            let judged = match verdict {
                Verdict::Approved => self.approve((session, revision)).await?,
                Verdict::Rejected => self.disapprove((session, revision)).await?,
            };
            if let Some(session) = judged {
                return Ok(session);
            }
        }
        Err(Failure::Contended)
    }

    async fn disapprove(&self, (session, revision): Found) -> Result<Option<Session>, Failure> {
        let event = session.disapprove()?;
        let after = session.after(event.clone(), self.ports.clock.now())?;
        let change = self.judged((after.clone(), revision), event);
        Ok(match self.ports.checkouts.commit(session.id.partition(), change).await? {
            Committed::At(_) => Some(after),
            Committed::Raced => None,
        })
    }

    async fn approve(
        self: &Arc<Self>,
        (session, revision): Found,
    ) -> Result<Option<Session>, Failure> {
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
        match self.ports.checkouts.commit(session.id.partition(), change).await? {
            Committed::Raced => Ok(None),
            Committed::At(revision) => {
                let app = Arc::clone(self);
                let hand = Hand { run, found_at: None, session: Some((after.clone(), revision)) };
                self.tasks.spawn(async move { app.drive(hand, None).await });
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
