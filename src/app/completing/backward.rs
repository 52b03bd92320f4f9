//! The steps back: everything is given back, newest first, and only then is it said how it ended.

use std::sync::Arc;

use acp_core::ids::{OrderId, PaymentId};
use acp_core::limits::HAND_OVER_REST_MAX;
use acp_core::money::Money;
use acp_core::order::{CancelReason, Order, OrderEvent, Recorded};
use acp_core::payment::{PaymentFault, PaymentState, PaymentStatus};
use acp_core::ports::{Change, OrderWrite, RunWrite};
use acp_core::refusal::Broken;
use acp_core::run::{Run, Trouble, UndoReason};
use acp_core::session::{FreshSelections, Session, SessionEvent, quote};
use acp_core::time::Timestamp;
use tokio::time::Instant;

use super::forward::trouble_of;
use super::holding::stock_trouble;
use super::provider::step_end;
use super::{Hand, Progress, refund_key};
use crate::app::{App, Failure, Said};
use crate::seeded::{Bug, has};

/// What came of letting go of a payment.
enum LetGo {
    /// Nothing was taken, and nothing is held any more.
    Canceled,
    /// It was taken before.
    Taken { amount: Money, refunded: Money },
    /// Not yet.
    Not(Trouble),
}

impl App {
    /// Ends an order that cannot be kept.
    pub(super) async fn fail_forward(
        &self,
        hand: &mut Hand,
        payment: PaymentId,
        order: OrderId,
        reason: CancelReason,
    ) -> Result<Progress, Failure> {
        let end = step_end();
        let refunded = match self.let_go_of_payment(&payment, end).await {
            LetGo::Canceled => None,
            LetGo::Taken { amount, refunded } => {
                match self.give_back(hand, &payment, (amount, refunded), end).await {
                    Ok(()) => Some(amount),
                    Err(PaymentFault::InFlight) => return self.await_refund(hand).await,
                    Err(fault) => return Ok(Progress::Rest(trouble_of(fault))),
                }
            }
            LetGo::Not(trouble) => return Ok(Progress::Rest(trouble)),
        };
        if self.has_left(hand, &order).await? {
            tracing::error!(
                order.id = %order,
                "goods of order {order} had left when it was canceled; none of it is put back"
            );
        } else if let Err(error) = self.holding(&hand.run, end).restock(&hand.run.holds).await {
            return Ok(Progress::Rest(stock_trouble(&hand.run, &error)));
        }
        let at = self.ports.clock.now();
        let state = match refunded {
            Some(_) => PaymentState::Refunded,
            None => PaymentState::Canceled,
        };
        let refund = refunded.map(|amount| OrderEvent::PaymentRefunded { amount });
        let events = refund.into_iter().chain([OrderEvent::Canceled { reason }]);
        let orders =
            events.map(|event| OrderWrite { order: order.clone(), event: Recorded { at, event } });
        let change = Change {
            payment: Some(self.payment_note(&hand.run, state)),
            orders: orders.collect(),
            ..Change::default()
        };
        self.end(hand, change).await
    }

    /// Whether goods have left for the buyer. Nothing does before a run is over, unless it waits for
    /// just that.
    async fn has_left(&self, hand: &Hand, order: &OrderId) -> Result<bool, Failure> {
        if !hand.run.is_captured_later {
            return Ok(false);
        }
        let order = Order::replay(order.clone(), self.ports.checkouts.order(order).await?);
        Ok(order.is_some_and(|order| order.is_sent()))
    }

    /// Takes a completion back that never became an order.
    pub(super) async fn undo(
        &self,
        hand: &mut Hand,
        payment: Option<PaymentId>,
        reason: UndoReason,
    ) -> Result<Progress, Failure> {
        let end = step_end();
        let is_left = has(Bug::DeclineLeftOpen) && reason == UndoReason::Declined;
        if let Some(payment) = payment.as_ref().filter(|_| !is_left) {
            match self.let_go_of_payment(payment, end).await {
                LetGo::Canceled => {}
                LetGo::Taken { refunded, .. } if refunded.is_zero() => {
                    return Err(Broken("money was taken for a completion that is undone").into());
                }
                // A store has forgotten that it was taken, and whoever compared gave it back.
                LetGo::Taken { amount, refunded } => {
                    let given = self.give_back(hand, payment, (amount, refunded), end).await;
                    if let Err(fault) = given {
                        return Ok(Progress::Rest(trouble_of(fault)));
                    }
                }
                LetGo::Not(trouble) => return Ok(Progress::Rest(trouble)),
            }
        }
        let skipped = usize::from(has(Bug::ReleaseSkipsLine));
        let holds = hand.run.holds.get(skipped..).unwrap_or_default();
        if let Err(error) = self.holding(&hand.run, end).release(holds).await {
            return Ok(Progress::Rest(stock_trouble(&hand.run, &error)));
        }
        if reason != UndoReason::Declined {
            self.hand_tender_back(&hand.run).await?;
        }
        self.end_undone(hand, payment.is_some(), reason).await
    }

    /// Says how an undone completion ended.
    async fn end_undone(
        &self,
        hand: &mut Hand,
        was_paid_for: bool,
        reason: UndoReason,
    ) -> Result<Progress, Failure> {
        let now = self.ports.clock.now();
        let (session, revision) = self.session_of(hand).await?;
        let event = match self.undone(&session, &hand.run, &reason, now).await {
            Ok(event) => event,
            Err(Failure::Unavailable(error)) => {
                return Ok(Progress::Rest(stock_trouble(&hand.run, &error)));
            }
            Err(failure) => return Err(failure),
        };
        let after = session.after(event.clone(), now)?;
        let run = &hand.run;
        let answer = self.ports.answers.shown(&run.channel, &after);
        let words = (&run.channel, &answer);
        // What failed on our side is not an answer: the next call with this key starts anew.
        let is_kept = reason != UndoReason::Failed || has(Bug::FailureKept);
        let kept = is_kept.then_some(&answer);
        let state = match &reason {
            UndoReason::Declined => PaymentState::Failed,
            UndoReason::Challenge(_) | UndoReason::StockGone | UndoReason::Failed => {
                PaymentState::Canceled
            }
        };
        let change = Change {
            session: Some(self.session_write(Some(revision), after, Some(event), words)),
            answer: self.final_answer(run, kept),
            run: Some(RunWrite::End(run.clone())),
            payment: was_paid_for.then(|| self.payment_note(run, state)),
            ..Change::default()
        };
        self.commit_ours(hand, change).await?;
        Ok(Progress::Over(Some(match reason {
            UndoReason::Failed => Err(Failure::Undone),
            UndoReason::Declined | UndoReason::Challenge(_) | UndoReason::StockGone => {
                Ok(Said::anew(answer))
            }
        })))
    }

    async fn undone(
        &self,
        session: &Session,
        run: &Run,
        reason: &UndoReason,
        now: Timestamp,
    ) -> Result<SessionEvent, Failure> {
        Ok(match reason {
            UndoReason::Declined => SessionEvent::PaymentDeclined { refused: run.refused },
            UndoReason::Challenge(challenge) => SessionEvent::ChallengeRaised(challenge.clone()),
            UndoReason::StockGone => {
                let about = (&session.owner.tenant, session.id.as_str());
                let stores = self.stores(about, &session.basket.wishes()).await?;
                let pruned = FreshSelections::Pruned;
                match quote(&session.basket, &stores, &self.shop, pruned, now) {
                    Ok(quote) => SessionEvent::StockGone { quote: Arc::new(quote) },
                    Err(_) => SessionEvent::CompletionAbandoned,
                }
            }
            UndoReason::Failed => SessionEvent::CompletionAbandoned,
        })
    }

    /// Lets go of a payment, and believes it only when the provider says so.
    async fn let_go_of_payment(&self, payment: &PaymentId, end: Instant) -> LetGo {
        match self.provider_until(end).cancel(payment).await.map(|payment| payment.status) {
            Ok(PaymentStatus::Canceled) => LetGo::Canceled,
            Ok(PaymentStatus::Captured { amount, refunded }) => LetGo::Taken { amount, refunded },
            Ok(
                PaymentStatus::Created
                | PaymentStatus::Pending
                | PaymentStatus::ActionRequired(_)
                | PaymentStatus::Authorized { .. }
                | PaymentStatus::Declined(_),
            ) => LetGo::Not(Trouble::Unclear),
            Err(_) if has(Bug::CancelUnproven) => LetGo::Canceled,
            // The hold ran out by itself: the question tells.
            Err(PaymentFault::AuthorizationExpired) => self.ran_out(payment, end).await,
            Err(fault) => LetGo::Not(trouble_of(fault)),
        }
    }

    async fn ran_out(&self, payment: &PaymentId, end: Instant) -> LetGo {
        match self.provider_until(end).lookup(payment).await.map(|payment| payment.status) {
            Ok(PaymentStatus::Canceled) => LetGo::Canceled,
            Ok(_) => LetGo::Not(Trouble::Unclear),
            Err(fault) => LetGo::Not(trouble_of(fault)),
        }
    }

    /// Sees to it that all the money that was taken is the buyer's again.
    ///
    /// Providers count a refund from when it is asked for, and it may still fail. So the sums prove
    /// nothing where one of ours may be under way: it is asked for again, which finds it by its key.
    async fn give_back(
        &self,
        hand: &Hand,
        payment: &PaymentId,
        (taken, refunded): (Money, Money),
        end: Instant,
    ) -> Result<(), PaymentFault> {
        let (is_all, standing) = (taken == refunded, &hand.run.standing);
        let may_be_ours = standing.fence.number > 1 || standing.tries > 0;
        if is_all && !may_be_ours {
            return Ok(());
        }
        // Somebody may have given a part back by hand.
        let rest = if is_all { taken } else { taken.minus(refunded).unwrap_or(taken) };
        let key = refund_key(&hand.run);
        let given = self.provider_until(end).refund(payment, &key, rest).await;
        match given.map(|payment| payment.status) {
            Ok(PaymentStatus::Captured { amount, refunded }) if amount == refunded => Ok(()),
            Ok(_) => Err(PaymentFault::Ambiguous),
            Err(_) if has(Bug::RefundBelieved) => Ok(()),
            // None of ours is under way: all of it was given back by somebody else.
            Err(PaymentFault::CallerBug | PaymentFault::Unpayable) if is_all => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// The money is on its way back, which may take days: nobody is told to look.
    async fn await_refund(&self, hand: &mut Hand) -> Result<Progress, Failure> {
        let now = self.ports.checkouts.now().await?;
        let standing = hand.run.standing.awaiting_up_to(now, Trouble::Unclear, HAND_OVER_REST_MAX);
        let awaiting = Run { standing, ..hand.run.clone() };
        let run = Some(RunWrite::Advance(awaiting.clone()));
        self.commit_ours(hand, Change { run, ..Change::default() }).await?;
        hand.run = awaiting;
        Ok(Progress::Parked)
    }
}
