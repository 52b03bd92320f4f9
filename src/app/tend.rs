use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::ports::{Change, Committed};
use acp_core::session::SessionEvent;

use super::{App, Failure};

/// What a look at the waiting work found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tended {
    /// Sessions that have expired now.
    pub expired: usize,
    /// Sessions that were forgotten.
    pub forgotten: usize,
    /// Completions that were taken up again.
    pub resumed: usize,
}

impl App {
    /// Looks after everything whose time has come, without any caller: sessions expire and are
    /// forgotten, completions nobody works on any more are taken up again.
    ///
    /// # Errors
    /// The store cannot be asked. What fails for one session is logged and tried again later.
    pub async fn tend(self: &Arc<Self>) -> Result<Tended, Failure> {
        let stalled = self.ports.checkouts.stalled().await?;
        let mut tended = Tended { resumed: self.resume(stalled).await, ..Tended::default() };
        for session in self.ports.checkouts.overdue().await? {
            if let Err(failure) = self.let_go(&session, &mut tended).await {
                log(&session, &failure);
            }
        }
        Ok(tended)
    }

    /// Takes up the completions that an earlier life of this process left behind, without waiting
    /// for their leases to run out: with the new life they are void.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn take_up(self: &Arc<Self>) -> Result<usize, Failure> {
        let mut resumed = 0_usize;
        loop {
            // What we took over moves to the end of the line.
            let taken = self.resume(self.ports.checkouts.unfinished().await?).await;
            if taken == 0 {
                return Ok(resumed);
            }
            resumed = resumed.saturating_add(taken);
        }
    }

    /// Goes on with those completions nobody is at work on any more; says how many.
    async fn resume(self: &Arc<Self>, sessions: Vec<SessionId>) -> usize {
        let mut resumed = 0_usize;
        for session in sessions {
            match self.take_over(&session).await {
                Ok(Some(run)) => {
                    resumed = resumed.saturating_add(1);
                    let app = Arc::clone(self);
                    self.tasks.spawn(async move { app.drive(run, None).await });
                }
                Ok(None) => {}
                Err(failure) => log(&session, &failure),
            }
        }
        resumed
    }

    async fn let_go(&self, id: &SessionId, tended: &mut Tended) -> Result<(), Failure> {
        let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let Some((session, revision)) = seen.session else {
            return Ok(());
        };
        if session.stage.kind().is_terminal() {
            if let Committed::At(_) = self.ports.checkouts.forget(id, revision).await? {
                tended.forgotten = tended.forgotten.saturating_add(1);
            }
            return Ok(());
        }
        let now = self.ports.clock.now();
        if !session.is_overdue(now) {
            return Ok(());
        }
        let after = session.after(SessionEvent::Expired, now)?;
        let channel = self.ports.answers.house_channel();
        let answer = self.ports.answers.shown(&channel, &after);
        let event = Some(SessionEvent::Expired);
        let write = self.session_write(Some(revision), after, event, (&channel, &answer));
        let change = Change { session: Some(write), ..Change::default() };
        if let Committed::At(_) = self.ports.checkouts.commit(id.partition(), change).await? {
            tended.expired = tended.expired.saturating_add(1);
        }
        Ok(())
    }
}

fn log(session: &SessionId, failure: &Failure) {
    tracing::warn!(
        session.id = %session,
        error = failure as &dyn std::error::Error,
        "session {session} could not be looked after; it will be tried again"
    );
}
