use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::limits::{RUNS_AT_ONCE_MAX, SESSION_KEPT_MIN, STOCK_HOLD};
use acp_core::ports::{Change, Committed, Overdue};
use acp_core::session::{SessionEvent, Stage};

use crate::app::{App, Failure};
use crate::runs;
use crate::seeded::{Bug, has};

/// What a look at the waiting work found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tended {
    /// Sessions that have expired now.
    pub expired: usize,
    /// Sessions that were forgotten.
    pub forgotten: usize,
    /// Completions, errands for orders and plans that were taken up again.
    pub resumed: usize,
    /// Promises of stock whose owners were asked about them.
    pub asked: usize,
    /// Carts that were forgotten.
    pub carts: usize,
    /// Tokens of cards that were forgotten.
    pub tokens: usize,
}

impl App {
    /// Looks after everything whose time has come, without any caller: completions and errands
    /// nobody works on any more are taken up again, promises of stock are kept up or given back,
    /// sessions expire and are forgotten, and so are carts and tokens of cards.
    ///
    /// # Errors
    /// The store cannot be asked. What fails for one session is logged and tried again later.
    pub async fn tend(self: &Arc<Self>) -> Result<Tended, Failure> {
        let resumed = self.resume_stalled().await?.saturating_add(self.resume_errands().await?);
        let resumed = resumed.saturating_add(self.resume_plans().await?);
        self.tend_plans().await?;
        let carts = self.tend_carts().await?;
        let tokens = self.tend_vault().await?;
        Ok(Tended { resumed, carts, tokens, ..self.tend_sessions().await? })
    }

    /// Takes up the completions nobody is at work on any more; says how many.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn resume_stalled(self: &Arc<Self>) -> Result<usize, Failure> {
        let mut resumed = 0_usize;
        loop {
            let stalled = self.ports.checkouts.stalled().await?;
            let is_all = stalled.len() < RUNS_AT_ONCE_MAX;
            let stalled = if has(Bug::SweeperAsleep) { Vec::new() } else { stalled };
            let taken = runs::resume(self, &self.tasks, &self.turns, stalled).await;
            resumed = resumed.saturating_add(taken);
            // What was taken over is due later; what could not be is left for the next look.
            if is_all || taken == 0 {
                return Ok(resumed);
            }
        }
    }

    /// Takes up the completions and errands that an earlier life of this process left behind,
    /// without waiting for their leases to run out: with the new life they are void.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn take_up(self: &Arc<Self>) -> Result<usize, Failure> {
        let mut resumed = 0_usize;
        loop {
            // What we took over moves to the end of the line.
            let unfinished = self.ports.checkouts.unfinished().await?;
            let taken = runs::resume(self, &self.tasks, &self.turns, unfinished).await;
            if taken == 0 {
                let errands = self.take_up_errands().await?;
                let plans = self.take_up_plans().await?;
                return Ok(resumed.saturating_add(errands).saturating_add(plans));
            }
            resumed = resumed.saturating_add(taken);
        }
    }

    /// Lets sessions expire and forgets old ones, and asks whether promises of stock still hold.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn tend_sessions(&self) -> Result<Tended, Failure> {
        let mut tended = Tended::default();
        for overdue in self.ports.stock.overdue().await? {
            tended.asked = tended.asked.saturating_add(1);
            if let Err(failure) = self.ask_owner(&overdue).await {
                log(&overdue.hold.reservation.0, &failure);
                // Whoever keeps the stock will not answer for the others either.
                break;
            }
        }
        for session in self.ports.checkouts.overdue().await? {
            if let Err(failure) = self.let_go(&session, &mut tended).await {
                log(&session, &failure);
            }
        }
        Ok(tended)
    }

    /// A promise outlives its time only as long as its run: the run gives it back or makes it a
    /// sale by itself. One without a run is left over from writes that a store has lost; then the
    /// session says what becomes of it.
    async fn ask_owner(&self, Overdue { tenant, hold }: &Overdue) -> Result<(), Failure> {
        let stock = &self.ports.stock;
        let Some((session, attempt)) = hold.reservation.owner() else {
            return Ok(stock.release(tenant, hold).await?);
        };
        let run = self.ports.checkouts.run(&session).await?;
        if run.is_some_and(|(run, _)| run.attempt == attempt) && !has(Bug::PromiseBroken) {
            let until = self.ports.checkouts.now().await?.plus(STOCK_HOLD);
            return Ok(stock.renew(tenant, hold, until).await?);
        }
        let seen = self.ports.checkouts.look(session.partition(), Some(&session), None).await?;
        let is_ordered = seen.session.is_some_and(|(session, _)| {
            matches!(session.stage, Stage::Completed(_)) && session.attempts == attempt
        });
        if is_ordered {
            if !stock.confirm(tenant, hold).await? {
                tracing::error!(
                    session.id = %session,
                    item.id = %hold.item,
                    "the stock of an order was given away, and nobody noticed in time"
                );
                stock.restock(tenant, hold).await?;
            }
        } else {
            stock.release(tenant, hold).await?;
        }
        Ok(())
    }

    async fn let_go(&self, id: &SessionId, tended: &mut Tended) -> Result<(), Failure> {
        let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let Some((session, revision)) = seen.session else {
            return Ok(());
        };
        let now = self.ports.clock.now();
        if session.stage.kind().is_terminal() {
            // One that ended a moment ago was not what the timer was about: another gateway has
            // looked after it since, and set another one.
            let has_just_ended = session.changed_at.plus(SESSION_KEPT_MIN) > now;
            if has_just_ended && !has(Bug::ForgottenEarly) {
                return Ok(());
            }
            if let Committed::At(_) = self.ports.checkouts.forget(&session, revision).await? {
                tended.forgotten = tended.forgotten.saturating_add(1);
            }
            return Ok(());
        }
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

fn log(what: &impl std::fmt::Display, failure: &Failure) {
    tracing::warn!(
        error = failure as &dyn std::error::Error,
        "{what} could not be looked after; it will be tried again"
    );
}
