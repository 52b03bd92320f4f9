//! Drives a completion from step to step: what is about to happen is written down, then it
//! happens, then the next step is written down. Every call may run twice.

use std::sync::Arc;

use acp_core::ids::{OrderId, PaymentId};
use acp_core::limits::STOCK_HOLD;
use acp_core::order::{CancelReason, OrderEvent, Recorded};
use acp_core::payment::{Payment, PaymentFault, PaymentStatus};
use acp_core::ports::{Answer, Change, NewPayment, OrderWrite, RunWrite};
use acp_core::refusal::Broken;
use acp_core::run::{Run, RunStep, UndoReason};
use acp_core::session::{Challenge, FreshSelections, PlacedOrder, SessionEvent, quote};
use acp_core::stock::Reserved;
use tokio::sync::oneshot;

use super::sealed_request::open_request;
use super::{App, Failure, Said};

/// Where the caller of a completion waits for its answer.
pub(super) type Teller = oneshot::Sender<Result<Said, Failure>>;

/// Tells a caller. One who hung up will ask again; the journal knows the answer.
pub(super) fn say(tell: Teller, word: Result<Said, Failure>) {
    if tell.send(word).is_err() {
        tracing::debug!("nobody waits for an answer any more");
    }
}

/// What a step led to.
pub(super) enum Progress {
    /// To the next one.
    On(Box<Run>),
    /// To the next one, and the caller can be told already.
    Told(Box<Run>, Answer),
    /// Nothing is clear yet; somebody looks again in a while.
    Rest(Answer),
    /// To the end.
    Over(Option<Result<Answer, Failure>>),
}

pub(super) fn on(run: Run) -> Progress {
    Progress::On(Box::new(run))
}

impl App {
    /// Drives a run until it ends, rests or is taken over, and tells the caller, if one waits.
    pub(super) async fn drive(self: Arc<Self>, run: Run, tell: Option<Teller>) {
        let session = run.session.clone();
        // A caller who joins a run that was begun before has had its interim answer.
        let is_rejoined = run.fence.number > 1;
        let mut tell = tell;
        let mut say_once = |word: Result<Answer, Failure>| {
            if let Some(tell) = tell.take() {
                say(tell, word.map(Said::anew));
            }
        };
        let mut run = run;
        loop {
            match self.step(run).await {
                Ok(Progress::On(next)) => run = *next,
                Ok(Progress::Told(next, answer)) => {
                    say_once(Ok(answer));
                    run = *next;
                }
                Ok(Progress::Rest(_)) if is_rejoined => return say_once(Err(Failure::KeyBusy)),
                Ok(Progress::Rest(answer)) => return say_once(Ok(answer)),
                Ok(Progress::Over(None)) => return,
                Ok(Progress::Over(Some(word))) => return say_once(word),
                Err(failure) => {
                    tracing::warn!(
                        session.id = %session,
                        error = &failure as &dyn std::error::Error,
                        "a completion of session {session} stopped; it will be taken up again"
                    );
                    return say_once(Err(failure));
                }
            }
        }
    }

    async fn step(&self, run: Run) -> Result<Progress, Failure> {
        match run.step.clone() {
            RunStep::Reserving => self.reserve(run).await,
            RunStep::Authorizing { payment } => self.authorize(run, payment).await,
            RunStep::Capturing { payment, order } => self.capture(run, payment, order).await,
            RunStep::Delivering { .. } => self.deliver(run).await,
            RunStep::FailingForward { payment, order, reason } => {
                self.fail_forward(run, payment, order, reason).await
            }
            RunStep::Undoing { payment, reason } => self.undo(run, payment, reason).await,
        }
    }

    async fn reserve(&self, run: Run) -> Result<Progress, Failure> {
        let offered = open_request(self.ports.sealer.as_ref(), &run)?;
        let shown = offered.confirmation.authentication.as_ref();
        if shown.is_some_and(|shown| !shown.outcome.lets_payment_continue()) {
            return self.turn_back(run, None, UndoReason::Declined).await;
        }
        let until = self.ports.checkouts.now().await?.plus(STOCK_HOLD);
        for hold in &run.holds {
            let reserved = self
                .ports
                .stock
                .reserve(&self.shop.tenant, &hold.item, &hold.reservation, hold.units, until)
                .await?;
            match reserved {
                Reserved::Held => {}
                Reserved::TooFew(_) | Reserved::Over => {
                    return self.turn_back(run, None, UndoReason::StockGone).await;
                }
            }
        }
        let (session, means) = (run.session.clone(), offered.means);
        let new = NewPayment { session, amount: run.amount, means };
        match self.provider().create(&run.provider_key, &new).await {
            Ok(Payment { id: payment, .. }) => {
                self.advance(run, RunStep::Authorizing { payment }).await.map(on)
            }
            // An unconfirmed payment holds no money: losing it costs nothing.
            Err(_) => self.turn_back(run, None, UndoReason::Failed).await,
        }
    }

    async fn authorize(&self, run: Run, payment: PaymentId) -> Result<Progress, Failure> {
        let mut confirmation = open_request(self.ports.sealer.as_ref(), &run)?.confirmation;
        confirmation.demand = self.demand();
        let provider = self.provider();
        // Somebody may have confirmed it before us and never heard the answer.
        let mut is_unclear = run.fence.number > 1;
        let confirmed = match provider.confirm(&payment, &confirmation).await {
            // It may have happened: ask, and decide by what is there.
            Err(fault) if fault.may_have_happened() => {
                is_unclear = true;
                provider.lookup(&payment).await
            }
            outcome => outcome,
        };
        match confirmed.map(|payment| payment.status) {
            Ok(PaymentStatus::Authorized { amount } | PaymentStatus::Captured { amount }) => {
                if amount != run.amount {
                    return Err(Broken("the provider holds another amount than was asked").into());
                }
                self.place_order(run, payment).await
            }
            Ok(PaymentStatus::Declined(_)) => {
                self.turn_back(run, Some(payment), UndoReason::Declined).await
            }
            Ok(PaymentStatus::ActionRequired(challenge)) => {
                let challenge = Challenge { browser: confirmation.risk, ..challenge };
                self.turn_back(run, Some(payment), UndoReason::Challenge(challenge)).await
            }
            Ok(PaymentStatus::Canceled) => {
                self.turn_back(run, Some(payment), UndoReason::Failed).await
            }
            Ok(PaymentStatus::Created) => self.rest(run).await,
            Err(_) if is_unclear => self.rest(run).await,
            Err(_) => self.turn_back(run, Some(payment), UndoReason::Failed).await,
        }
    }

    /// The commit after which there is only forward: the order exists, and the caller is told.
    async fn place_order(&self, run: Run, payment: PaymentId) -> Result<Progress, Failure> {
        let now = self.ports.clock.now();
        let (session, revision) = self.session_of(&run).await?;
        let order = OrderId::new(session.id.partition(), self.ports.entropy.random128());
        let placed = PlacedOrder {
            id: order.clone(),
            number: number_of(&order),
            placed_at: now,
            asked_by: Some(run.digests.canonical),
        };
        let event = SessionEvent::Completed(placed);
        let after = session.after(event.clone(), now)?;
        let answer = self.ports.answers.completed(&run.channel, &after);
        let words = (&run.channel, &answer);
        let fact = OrderEvent::Placed {
            session: run.session.clone(),
            payment: payment.clone(),
            authorized: run.amount,
            purchase_order: session.stage.purchase_order().cloned().map(Box::new),
        };
        let next = Run {
            step: RunStep::Capturing { payment, order: order.clone() },
            lease: self.lease().await?,
            sealed_request: Vec::new(),
            ..run.clone()
        };
        let change = Change {
            session: Some(self.session_write(Some(revision), after, Some(event), words)),
            answer: self.final_answer(&run, Some(&answer)),
            run: Some(RunWrite::Advance(next.clone())),
            orders: vec![OrderWrite { order, event: Recorded { at: now, event: fact } }],
        };
        self.commit_ours(&run, change).await?;
        Ok(Progress::Told(Box::new(next), answer))
    }

    async fn capture(
        &self,
        run: Run,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Progress, Failure> {
        match self.provider().capture(&payment, run.amount).await.map(|payment| payment.status) {
            Ok(PaymentStatus::Captured { amount }) => {
                let event = OrderEvent::PaymentCaptured { amount };
                let next = Run {
                    step: RunStep::Delivering { payment, order: order.clone() },
                    lease: self.lease().await?,
                    ..run.clone()
                };
                let at = self.ports.clock.now();
                let change = Change {
                    run: Some(RunWrite::Advance(next.clone())),
                    orders: vec![OrderWrite { order, event: Recorded { at, event } }],
                    ..Change::default()
                };
                self.commit_ours(&run, change).await?;
                Ok(on(next))
            }
            Ok(PaymentStatus::Canceled) | Err(PaymentFault::AuthorizationExpired) => {
                let reason = CancelReason::PaymentFailed;
                self.advance(run, RunStep::FailingForward { payment, order, reason }).await.map(on)
            }
            Ok(
                PaymentStatus::Created
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Authorized { .. }
                | PaymentStatus::Declined(_),
            )
            | Err(_) => self.rest(run).await,
        }
    }

    async fn deliver(&self, run: Run) -> Result<Progress, Failure> {
        for hold in &run.holds {
            let (tenant, item) = (&self.shop.tenant, &hold.item);
            let is_sold = self.ports.stock.confirm(tenant, item, &hold.reservation).await?;
            if !is_sold {
                return Err(Broken("a reservation of a placed order was given back").into());
            }
        }
        let change = Change { run: Some(RunWrite::End(run.clone())), ..Change::default() };
        self.commit_ours(&run, change).await?;
        Ok(Progress::Over(None))
    }

    async fn fail_forward(
        &self,
        run: Run,
        payment: PaymentId,
        order: OrderId,
        reason: CancelReason,
    ) -> Result<Progress, Failure> {
        if !self.is_canceled(&payment).await? {
            return self.rest(run).await;
        }
        self.release(&run).await?;
        let event = Recorded { at: self.ports.clock.now(), event: OrderEvent::Canceled { reason } };
        let change = Change {
            run: Some(RunWrite::End(run.clone())),
            orders: vec![OrderWrite { order, event }],
            ..Change::default()
        };
        self.commit_ours(&run, change).await?;
        Ok(Progress::Over(None))
    }

    /// Gives everything back, newest first, and only then says how it ended.
    async fn undo(
        &self,
        run: Run,
        payment: Option<PaymentId>,
        reason: UndoReason,
    ) -> Result<Progress, Failure> {
        if let Some(payment) = payment
            && !self.is_canceled(&payment).await?
        {
            return self.rest(run).await;
        }
        self.release(&run).await?;
        let now = self.ports.clock.now();
        let (session, revision) = self.session_of(&run).await?;
        let event = match &reason {
            UndoReason::Declined => SessionEvent::PaymentDeclined,
            UndoReason::Challenge(challenge) => SessionEvent::ChallengeRaised(challenge.clone()),
            UndoReason::StockGone => {
                let stores = self.stores(&session.basket.wanted).await?;
                let pruned = FreshSelections::Pruned;
                match quote(&session.basket, &stores, &self.shop, pruned, now) {
                    Ok(quote) => SessionEvent::StockGone { quote: Arc::new(quote) },
                    Err(_) => SessionEvent::CompletionAbandoned,
                }
            }
            UndoReason::Failed => SessionEvent::CompletionAbandoned,
        };
        let after = session.after(event.clone(), now)?;
        let answer = self.ports.answers.shown(&run.channel, &after);
        let words = (&run.channel, &answer);
        // What failed on our side is not an answer: the next call with this key starts anew.
        let kept = (reason != UndoReason::Failed).then_some(&answer);
        let change = Change {
            session: Some(self.session_write(Some(revision), after, Some(event), words)),
            answer: self.final_answer(&run, kept),
            run: Some(RunWrite::End(run.clone())),
            ..Change::default()
        };
        self.commit_ours(&run, change).await?;
        Ok(Progress::Over(Some(match reason {
            UndoReason::Failed => Err(Failure::Undone),
            UndoReason::Declined | UndoReason::Challenge(_) | UndoReason::StockGone => Ok(answer),
        })))
    }

    /// Lets go of a payment, and believes it only when the provider says that it is canceled.
    async fn is_canceled(&self, payment: &PaymentId) -> Result<bool, Failure> {
        match self.provider().cancel(payment).await.map(|payment| payment.status) {
            Ok(PaymentStatus::Canceled) => Ok(true),
            Ok(PaymentStatus::Captured { .. }) => {
                Err(Broken("money was taken for a completion that is undone").into())
            }
            Ok(
                PaymentStatus::Created
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Authorized { .. }
                | PaymentStatus::Declined(_),
            )
            | Err(_) => Ok(false),
        }
    }

    async fn release(&self, run: &Run) -> Result<(), Failure> {
        for hold in run.holds.iter().rev() {
            self.ports.stock.release(&self.shop.tenant, &hold.item, &hold.reservation).await?;
        }
        Ok(())
    }
}

/// The short number people use on the telephone: the end of the order's id.
fn number_of(order: &OrderId) -> Box<str> {
    const DIGITS: usize = 8;
    let text = order.as_str();
    let skipped = text.chars().count().saturating_sub(DIGITS);
    text.chars().skip(skipped).map(|c| c.to_ascii_uppercase()).collect()
}
