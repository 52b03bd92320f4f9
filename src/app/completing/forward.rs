//! The steps forward. Each may run twice: every call is known by its key or id.

use acp_core::ids::{OrderId, PaymentId};
use acp_core::limits::STOCK_HOLD;
use acp_core::order::{CancelReason, OrderEvent, Ordered, Recorded};
use acp_core::payment::{Payment, PaymentFault, PaymentState, PaymentStatus, ProviderKey};
use acp_core::ports::{Change, NewPayment, OrderWrite, RunWrite};
use acp_core::refusal::Broken;
use acp_core::run::{Run, RunStep, Trouble, UndoReason};
use acp_core::session::{Challenge, PlacedOrder, SessionEvent};
use acp_core::stock::Reserved;
use tokio::time::Instant;

use super::holding::stock_trouble;
use super::provider::step_end;
use super::reading::{Confirmed, confirmed};
use super::sealed_request::open_request;
use super::tender::Tender;
use super::{Hand, Progress, number_of};
use crate::app::{App, Failure, Said};
use crate::seeded::{Bug, has};

impl App {
    /// Promises the stock and makes the payment.
    pub(super) async fn reserve(&self, hand: &mut Hand) -> Result<Progress, Failure> {
        let offered = open_request(self.ports.sealer.as_ref(), &hand.run)?;
        let shown = offered.confirmation.authentication.as_ref();
        if shown.is_some_and(|shown| !shown.outcome.lets_payment_continue()) {
            return self.turn_back(hand, UndoReason::Declined).await;
        }
        if self.was_refused(hand, &offered).await? {
            return self.turn_back(hand, UndoReason::Declined).await;
        }
        if self.is_late(&hand.run) {
            return self.turn_back(hand, UndoReason::Failed).await;
        }
        let until = self.ports.checkouts.now().await?.plus(STOCK_HOLD);
        let end = step_end();
        let reserved = match self.holding(&hand.run, end).reserve(&hand.run.holds, until).await {
            Ok(reserved) => reserved,
            Err(error) => return Ok(Progress::Rest(stock_trouble(&hand.run, &error))),
        };
        let is_held = |reserved: &Reserved| match reserved {
            Reserved::Held => true,
            Reserved::TooFew(_) => has(Bug::Oversold),
            Reserved::Over => false,
        };
        if !reserved.iter().all(is_held) {
            return self.turn_back(hand, UndoReason::StockGone).await;
        }
        match self.tendered(hand, offered).await? {
            Some(tendered) => self.make_payment(hand, &tendered, end).await,
            None => self.turn_back(hand, UndoReason::Declined).await,
        }
    }

    async fn make_payment(
        &self,
        hand: &mut Hand,
        Tender { offered, is_vaulted, .. }: &Tender,
        end: Instant,
    ) -> Result<Progress, Failure> {
        let mut new = NewPayment {
            session: hand.run.session.clone(),
            amount: hand.run.amount,
            means: offered.means,
            route: hand.run.route.clone(),
        };
        let mut key = hand.run.provider_key.clone();
        if has(Bug::ConfirmedBeforeWritten) {
            key = ProviderKey(format!("{}|{:?}", key.0, self.ports.entropy.random128()).into());
        }
        let mut made = self.provider_until(end).create(&key, &new).await;
        let mut refused = vec![new.route.clone()];
        while let Err(fault) = made
            // A card that was handed over is at the account it was handed to.
            && !is_vaulted
            && self.reroute(hand, fault, &refused).await?
        {
            new.route = hand.run.route.clone();
            refused.push(new.route.clone());
            made = self.provider_until(end).create(&key, &new).await;
        }
        match made {
            Ok(Payment { id: payment, .. }) => {
                if has(Bug::ConfirmedBeforeWritten) {
                    drop(self.provider().confirm(&payment, &offered.confirmation).await);
                }
                let step = RunStep::Authorizing { payment };
                let made = Run { step: step.clone(), ..hand.run.clone() };
                let note = self.payment_note(&made, PaymentState::Created);
                let change = Change { payment: Some(note), ..Change::default() };
                self.advance_with(hand, step, change).await
            }
            Err(fault) => {
                // An unconfirmed payment holds no money: losing it costs nothing.
                warn(&hand.run, fault);
                let reason = match fault {
                    // The same again would end the same way, so that it is an answer.
                    PaymentFault::Unpayable => UndoReason::Declined,
                    _ => UndoReason::Failed,
                };
                self.turn_back(hand, reason).await
            }
        }
    }

    /// Has the money held, and never takes a lost answer for a no.
    pub(super) async fn authorize(
        &self,
        hand: &mut Hand,
        payment: PaymentId,
    ) -> Result<Progress, Failure> {
        if self.is_late(&hand.run) {
            return self.turn_back(hand, UndoReason::Failed).await;
        }
        let mut offered = open_request(self.ports.sealer.as_ref(), &hand.run)?;
        offered.confirmation.demand = self.demand();
        let Some(Tender { offered, mark, .. }) = self.tendered(hand, offered).await? else {
            return self.turn_back(hand, UndoReason::Declined).await;
        };
        let confirmation = &offered.confirmation;
        let provider = self.provider();
        // Somebody may have confirmed it before us and never heard the answer.
        let standing = &hand.run.standing;
        let was_tried = standing.fence.number > 1 || standing.tries > 0;
        let (outcome, is_unclear) = match provider.confirm(&payment, confirmation).await {
            // It may have happened: ask, and decide by what is there.
            Err(fault) if fault.may_have_happened() => (provider.lookup(&payment).await, true),
            outcome => (outcome, was_tried),
        };
        if has(Bug::CapturedBeforeOrder) {
            drop(provider.capture(&payment, hand.run.amount).await);
        }
        if let Err(fault) = &outcome {
            warn(&hand.run, *fault);
        }
        match confirmed(outcome.map(|payment| payment.status), is_unclear) {
            Confirmed::Held(amount) if amount != hand.run.amount => {
                Err(Broken("the provider holds another amount than was asked").into())
            }
            Confirmed::Held(_) => self.place_order(hand, payment).await,
            Confirmed::TurnBack(UndoReason::Challenge(challenge)) => {
                let challenge = Challenge { browser: offered.confirmation.risk, ..challenge };
                self.turn_back(hand, UndoReason::Challenge(challenge)).await
            }
            Confirmed::Declined(_) | Confirmed::TurnBack(_) | Confirmed::Rest(_)
                if has(Bug::OrderWithoutHold) =>
            {
                self.place_order(hand, payment).await
            }
            Confirmed::Declined(decline) => self.turn_declined_back(hand, decline, mark).await,
            Confirmed::TurnBack(reason) => self.turn_back(hand, reason).await,
            Confirmed::Rest(trouble) => Ok(Progress::Rest(trouble)),
        }
    }

    /// Whether it took so long until the money was held that everything is let go of.
    fn is_late(&self, run: &Run) -> bool {
        let began_at = run.began_at.unwrap_or(run.standing.lease.until);
        began_at.plus(self.paying.authorization_life) <= self.ports.clock.now()
    }

    /// The commit after which there is only forward: the order exists, and the caller is told.
    async fn place_order(&self, hand: &mut Hand, payment: PaymentId) -> Result<Progress, Failure> {
        let now = self.ports.clock.now();
        let asked_by = Some(hand.run.digests.canonical);
        let (session, revision) = self.session_of(hand).await?;
        let order = OrderId::new(session.id.partition(), self.ports.entropy.random128());
        let number = number_of(&order);
        let ordered = Some(Box::new(Ordered::of(&session, &number)));
        let placed = PlacedOrder { id: order.clone(), number, placed_at: now, asked_by };
        let event = SessionEvent::Completed(placed);
        let after = session.after(event.clone(), now)?;
        let run = &hand.run;
        let answer = self.ports.answers.completed(&run.channel, &after);
        let words = (&run.channel, &answer);
        let fact = OrderEvent::Placed {
            session: run.session.clone(),
            payment: payment.clone(),
            authorized: run.amount,
            purchase_order: session.stage.purchase_order().cloned().map(Box::new),
            ordered,
            provenance: session.provenance.clone(),
        };
        let step = if run.is_captured_later {
            RunStep::Delivering { payment, order: order.clone() }
        } else {
            RunStep::Capturing { payment, order: order.clone() }
        };
        let next = Run { sealed_request: Vec::new(), ..self.at_step(run, step).await? };
        let change = Change {
            session: Some(self.session_write(Some(revision), after, Some(event), words)),
            answer: self.final_answer(run, Some(&answer)).filter(|_| !has(Bug::AnswerAfterCommit)),
            run: Some(RunWrite::Advance(next.clone())),
            payment: Some(self.payment_note(run, PaymentState::Authorized)),
            orders: vec![OrderWrite { order, event: Recorded { at: now, event: fact } }],
            turn: None,
        };
        self.commit_ours(hand, change).await?;
        if has(Bug::AnswerAfterCommit) {
            let change = Change {
                answer: self.final_answer(&hand.run, Some(&answer)),
                run: Some(RunWrite::Advance(next.clone())),
                ..Change::default()
            };
            self.commit_ours(hand, change).await?;
        }
        *hand = Hand { run: next, found_at: None, session: None };
        Ok(Progress::Told(Said::anew(answer)))
    }

    /// Takes the money that is held, again and again until it is clear.
    pub(super) async fn capture(
        &self,
        hand: &mut Hand,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Progress, Failure> {
        let taken = match self.provider().capture(&payment, hand.run.amount).await {
            // Somebody may have taken another sum by hand; then that is what was taken.
            Err(PaymentFault::CallerBug) if hand.run.is_captured_later => {
                let found = self.provider().lookup(&payment).await.ok();
                let taken =
                    |found: &Payment| matches!(found.status, PaymentStatus::Captured { .. });
                found.filter(taken).ok_or(PaymentFault::CallerBug)
            }
            taken => taken,
        };
        if let Err(fault) = &taken {
            warn(&hand.run, *fault);
        }
        match taken.map(|payment| payment.status) {
            Ok(PaymentStatus::Captured { amount, .. }) => {
                let at = self.ports.clock.now();
                let event = Recorded { at, event: OrderEvent::PaymentCaptured { amount } };
                let change = Change {
                    payment: Some(self.payment_note(&hand.run, PaymentState::Captured)),
                    orders: vec![OrderWrite { order: order.clone(), event }],
                    ..Change::default()
                };
                if hand.run.is_captured_later {
                    return self.end(hand, change).await;
                }
                self.advance_with(hand, RunStep::Delivering { payment, order }, change).await
            }
            Ok(PaymentStatus::Canceled) | Err(PaymentFault::AuthorizationExpired) => {
                let reason = CancelReason::PaymentFailed;
                self.advance(hand, RunStep::FailingForward { payment, order, reason }).await
            }
            Ok(PaymentStatus::Pending | PaymentStatus::Authorized { .. }) => {
                Ok(Progress::Rest(Trouble::Unclear))
            }
            Ok(
                PaymentStatus::Created
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Declined(_),
            ) => Ok(Progress::Rest(Trouble::NotAccepted)),
            Err(PaymentFault::Ambiguous) if has(Bug::CaptureBelieved) => {
                let at = self.ports.clock.now();
                let amount = hand.run.amount;
                let event = Recorded { at, event: OrderEvent::PaymentCaptured { amount } };
                let orders = vec![OrderWrite { order: order.clone(), event }];
                let change = Change { orders, ..Change::default() };
                self.advance_with(hand, RunStep::Delivering { payment, order }, change).await
            }
            Err(fault) => Ok(Progress::Rest(trouble_of(fault))),
        }
    }

    /// Turns promises of stock into sales.
    pub(super) async fn deliver(
        &self,
        hand: &mut Hand,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Progress, Failure> {
        let holds = hand.run.holds.get(usize::from(has(Bug::SaleForgotten))..).unwrap_or_default();
        let sold = match self.holding(&hand.run, step_end()).confirm(holds).await {
            Ok(sold) => sold,
            Err(error) => return Ok(Progress::Rest(stock_trouble(&hand.run, &error))),
        };
        if let Some((gone, _)) = holds.iter().zip(sold).find(|(_, is_sold)| !is_sold) {
            tracing::error!(
                session.id = %hand.run.session,
                order.id = %order,
                item.id = %gone.item,
                "the stock of order {order} was given away; the order is canceled"
            );
            let reason = CancelReason::OutOfStock;
            return self.advance(hand, RunStep::FailingForward { payment, order, reason }).await;
        }
        // Whoever ships has to know of it from now on.
        let change = Change { turn: self.begin_hand_over(&order).await?, ..Change::default() };
        if hand.run.is_captured_later {
            let step = RunStep::AwaitingCapture { payment, order };
            return self.advance_with(hand, step, change).await;
        }
        self.end(hand, change).await
    }

    /// Waits for whoever ships the goods, as long as the hold lasts.
    pub(super) async fn await_capture(
        &self,
        hand: &mut Hand,
        payment: PaymentId,
        order: OrderId,
    ) -> Result<Progress, Failure> {
        let began_at = hand.run.began_at.unwrap_or(hand.run.standing.lease.until);
        let until = began_at.plus(self.paying.capture_window);
        if until <= self.ports.checkouts.now().await? {
            let reason = CancelReason::PaymentFailed;
            return self.advance(hand, RunStep::FailingForward { payment, order, reason }).await;
        }
        let parked = Run { standing: hand.run.standing.parked(until), ..hand.run.clone() };
        let run = Some(RunWrite::Advance(parked.clone()));
        self.commit_ours(hand, Change { run, ..Change::default() }).await?;
        hand.run = parked;
        Ok(Progress::Parked)
    }

    /// The run is over: nothing is left to do.
    pub(super) async fn end(&self, hand: &Hand, change: Change) -> Result<Progress, Failure> {
        let change = Change { run: Some(RunWrite::End(hand.run.clone())), ..change };
        self.commit_ours(hand, change).await?;
        Ok(Progress::Over(None))
    }
}

/// What a fault means for a run that has to get on.
pub(in crate::app) const fn trouble_of(fault: PaymentFault) -> Trouble {
    match fault {
        PaymentFault::NotSent | PaymentFault::Throttled => Trouble::Unreachable,
        PaymentFault::InFlight | PaymentFault::Ambiguous | PaymentFault::StoredServerError => {
            Trouble::Unclear
        }
        PaymentFault::AuthorizationExpired
        | PaymentFault::Unpayable
        | PaymentFault::CallerBug
        | PaymentFault::Config => Trouble::NotAccepted,
    }
}

fn warn(run: &Run, fault: PaymentFault) {
    let (session, step) = (&run.session, run.step.name());
    if fault.needs_person() {
        tracing::error!(
            session.id = %session,
            run.step = step,
            "{fault}: session {session} at step {step}"
        );
    } else {
        tracing::warn!(
            session.id = %session,
            run.step = step,
            "{fault}: session {session} at step {step}"
        );
    }
}
