//! Taking back what a plan did.

use acp_core::ids::MandateId;
use acp_core::limits::PLAN_REPLANS_MAX;
use acp_core::mandate::{PurseError, Unknown};
use acp_core::money::Money;
use acp_core::plan::{At, Basis, MomentKind, PlanStatus, StepKind, StopReason};
use acp_core::refusal::Refusal;
use acp_core::run::Trouble;
use acp_core::session::{CancelSession, ChangeSession, IntentTrace, Session, Stage, TraceReason};

use super::PlanRuns;
use super::make::say_where_it_stands;
use super::stepping::is_refused;
use super::work::{PlanHand, Progress};
use crate::app::{Ask, Failure};

/// Whether everything is taken back by now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TakenBack {
    Yes,
    /// Somebody is at work on the checkout and has to come to an end first.
    NotYet,
    /// The checkout became an order meanwhile: there is only forward.
    Ordered,
}

impl PlanRuns {
    /// Gives everything back and works out the terms anew, so that a price that moved or goods that
    /// are gone need not be the end of it.
    pub(super) async fn replan(
        &self,
        hand: &mut PlanHand,
        reason: StopReason,
    ) -> Result<Progress, Failure> {
        if hand.is_canceled() {
            return self.turn_back(hand, StopReason::CanceledByCaller).await;
        }
        if hand.run()?.replans >= PLAN_REPLANS_MAX {
            return self.turn_back(hand, reason).await;
        }
        match self.give_back(hand, reason).await? {
            TakenBack::Yes => {}
            TakenBack::NotYet => return Ok(Progress::Rest(Trouble::Unclear)),
            TakenBack::Ordered => return self.advance(hand, At::Paying).await,
        }
        self.restore_cart(hand).await?;
        let (now, before) = (self.0.ports.clock.now(), hand.plan.terms.total);
        hand.plan.note(
            now,
            MomentKind::Replanned,
            None,
            "Something has changed; it is planned anew.",
        );
        hand.plan.made = acp_core::plan::Made::default();
        match self.0.compile_anew(&mut hand.plan, now).await {
            Ok(()) => {}
            // What it was about is gone, or the mandate is.
            Err(Failure::Refused(_)) => return self.turn_back(hand, StopReason::Changed).await,
            Err(failure) => return Err(failure),
        }
        let is_dearer = hand.plan.terms.total.zip(before).is_some_and(|(now, before)| {
            now.currency() != before.currency() || now.minor() > before.minor()
        });
        if is_dearer && hand.plan.status == PlanStatus::Ready {
            // Nobody has seen this price.
            hand.plan.status = PlanStatus::NeedsApproval;
            say_where_it_stands(&mut hand.plan, now);
        }
        if hand.plan.terms.total != before
            && let Some(total) = hand.plan.terms.total
        {
            let say = format!("It costs {total} now.");
            hand.plan.note(now, MomentKind::QuoteChanged, None, say);
        }
        match hand.plan.status {
            PlanStatus::Ready if hand.plan.terms.pays => {
                hand.plan.status = PlanStatus::Running;
                let run = hand.run()?;
                run.replans = run.replans.saturating_add(1);
                self.advance(hand, At::ApplyingCart).await
            }
            // It is another plan now: somebody has to say yes to this one as well.
            PlanStatus::NeedsApproval => {
                hand.plan.run = None;
                self.write(hand).await?;
                Ok(Progress::Over(None))
            }
            _ => {
                hand.plan.status = PlanStatus::Running;
                let is_dear = hand
                    .plan
                    .terms
                    .issues
                    .iter()
                    .any(|issue| issue.kind == acp_core::plan::IssueKind::OverBudget);
                let reason = if is_dear { StopReason::OverBudget } else { reason };
                self.advance(hand, At::TurningBack(reason)).await
            }
        }
    }

    /// Gives everything back, and ends.
    pub(super) async fn take_back(
        &self,
        hand: &mut PlanHand,
        reason: StopReason,
    ) -> Result<Progress, Failure> {
        match self.give_back(hand, reason).await? {
            TakenBack::Yes => {}
            TakenBack::NotYet => return Ok(Progress::Rest(Trouble::Unclear)),
            TakenBack::Ordered => return self.advance(hand, At::Paying).await,
        }
        // What a shopper wanted stays in the basket, unless the shopper calls it off.
        if reason == StopReason::CanceledByCaller {
            self.restore_cart(hand).await?;
        }
        hand.plan.mark_taken_back();
        self.end(hand, Some(reason)).await
    }

    /// The mandate gets back what was reserved, and the checkout is canceled.
    async fn give_back(
        &self,
        hand: &mut PlanHand,
        reason: StopReason,
    ) -> Result<TakenBack, Failure> {
        if reason != StopReason::OrderFailed
            && let Some(found) = self.cancel_session(hand, reason).await?
        {
            return Ok(found);
        }
        if let Some(mandate) = hand.plan.mandate() {
            let (tenant, purse) = (&hand.plan.owner.tenant, self.0.purse());
            let key = hand.plan.key_of(StepKind::MandateReserve);
            match self.let_go(hand, mandate, &key).await {
                Ok(())
                | Err(
                    PurseError::Unknown(Unknown::Key | Unknown::Released) | PurseError::NoMandate,
                ) => {}
                Err(PurseError::Unknown(Unknown::Committed)) => {
                    if let Some(spent) = self.spent(hand, &key).await? {
                        purse.refund(tenant, mandate, &key, spent).await.map_err(unexpected)?;
                    }
                }
                Err(error) => return Err(unexpected(error)),
            }
        }
        Ok(TakenBack::Yes)
    }

    /// Gives back what is reserved. Somebody who was overtaken may be about to reserve, and finds out
    /// too late that the plan is over: nothing is reserved for it any more.
    async fn let_go(
        &self,
        hand: &PlanHand,
        mandate: &MandateId,
        key: &str,
    ) -> Result<(), PurseError> {
        let (tenant, purse) = (&hand.plan.owner.tenant, self.0.purse());
        let was_taken_over =
            hand.plan.run.as_ref().is_some_and(|run| run.standing.fence.number > 1);
        match &hand.plan.made.session {
            Some(session) if was_taken_over => {
                purse.close(tenant, mandate, key, (hand.plan.digest, session)).await
            }
            Some(_) | None => purse.release(tenant, mandate, key).await,
        }
    }

    /// Cancels the checkout the plan has opened; one it found stays. Nothing where there is none to
    /// cancel any more.
    async fn cancel_session(
        &self,
        hand: &PlanHand,
        reason: StopReason,
    ) -> Result<Option<TakenBack>, Failure> {
        if hand.plan.made.session.is_none() {
            return Ok(None);
        }
        let session = match self.session_of(hand).await {
            Ok(session) => session,
            // It was forgotten, which no checkout is that is being paid for.
            Err(Failure::Refused(Refusal::SessionNotFound)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        match session.stage {
            Stage::Completed(_) => return Ok(Some(TakenBack::Ordered)),
            Stage::Completing(_) => return Ok(Some(TakenBack::NotYet)),
            Stage::Canceled | Stage::Expired => return Ok(None),
            Stage::Open(_) | Stage::AuthenticationRequired(_) | Stage::PendingApproval(_) => {}
        }
        if matches!(hand.plan.wish.basis, Basis::Session(_)) {
            return self.touch(hand, &session).await;
        }
        let trace = IntentTrace {
            reason: traced(reason),
            summary: Some(reason.say().into()),
            metadata: None,
        };
        let ask = hand.ask(StepKind::SessionCreate, CancelSession { trace: Some(trace) });
        match self.0.cancel_session(&session.id, ask).await {
            Ok(said) if !is_refused(&said) => Ok(None),
            // Somebody else was faster: what is paid for or being paid for is not given back.
            Ok(_) | Err(Failure::Refused(_)) => Ok(match self.session_of(hand).await?.stage {
                Stage::Completed(_) => Some(TakenBack::Ordered),
                Stage::Completing(_)
                | Stage::Open(_)
                | Stage::AuthenticationRequired(_)
                | Stage::PendingApproval(_) => Some(TakenBack::NotYet),
                Stage::Canceled | Stage::Expired => None,
            }),
            Err(Failure::KeyBusy) => Ok(Some(TakenBack::NotYet)),
            Err(failure) => Err(failure),
        }
    }

    /// Writes a checkout that stays as it is, so that whoever still holds leave to pay for it as it
    /// was has it for nothing any more.
    async fn touch(
        &self,
        hand: &PlanHand,
        session: &Session,
    ) -> Result<Option<TakenBack>, Failure> {
        let change = ChangeSession { profile: session.basket.profile, ..ChangeSession::default() };
        let ask = hand.ask(StepKind::SessionUpdate, change);
        let ask = Ask { key: ask.key.map(|key| format!("{key}/touch").into()), ..ask };
        match self.0.change_session(&session.id, ask).await {
            Ok(said) if !is_refused(&said) => Ok(None),
            Ok(_) | Err(Failure::Refused(_) | Failure::KeyBusy) => Ok(Some(TakenBack::NotYet)),
            Err(failure) => Err(failure),
        }
    }

    /// What was spent under a key.
    async fn spent(&self, hand: &PlanHand, key: &str) -> Result<Option<Money>, Failure> {
        let Some(mandate) = hand.plan.mandate() else { return Ok(None) };
        let seen = self.0.ports.mandates.find(&hand.plan.owner.tenant, mandate).await?;
        let entry = seen
            .as_ref()
            .and_then(|seen| seen.ledger.entries().iter().find(|entry| *entry.key == *key));
        Ok(entry.map(|entry| entry.amount))
    }

    /// The basket as it was, where nobody has changed it since.
    async fn restore_cart(&self, hand: &PlanHand) -> Result<(), Failure> {
        let Some(cart) = &hand.plan.made.cart else { return Ok(()) };
        let before = &hand.plan.terms.before;
        let found = self.0.ground(&hand.plan.owner, &Basis::Cart(cart.clone())).await;
        let found = match found {
            Ok(ground) => ground.lines,
            Err(Failure::Refused(_)) => return Ok(()),
            Err(failure) => return Err(failure),
        };
        let ours = hand.plan.terms.lines.iter().map(|planned| &planned.line);
        if found == *before || !ours.eq(found.iter()) {
            return Ok(());
        }
        let ask = hand.ask(StepKind::CartApply, ());
        // Another key than the one it was put in under.
        let ask = Ask { key: ask.key.map(|key| format!("{key}/restore").into()), ..ask };
        let restored = if before.is_empty() {
            self.0.cancel_cart(cart, ask.map(|()| acp_core::cart::CancelCart)).await
        } else {
            let wanted = super::stepping::wanted(before);
            let buyer = hand.plan.wish.buyer.clone();
            let replace = acp_core::cart::ReplaceCart { wanted, buyer };
            self.0.replace_cart(cart, ask.map(|()| replace)).await
        };
        restored.map(|_| ())
    }
}

fn unexpected(error: PurseError) -> Failure {
    match error {
        PurseError::Port(failure) => failure.into(),
        other => {
            tracing::error!(
                error = &other as &dyn std::error::Error,
                "a mandate was not given back"
            );
            acp_core::refusal::Broken("what was reserved can be given back").into()
        }
    }
}

/// What the protocol calls the reason why a buyer walks away.
const fn traced(reason: StopReason) -> TraceReason {
    match reason {
        StopReason::OverBudget | StopReason::MandateDenied => TraceReason::PriceSensitivity,
        StopReason::PaymentDeclined | StopReason::AuthenticationRequired => {
            TraceReason::PaymentOptions
        }
        StopReason::OutOfStock => TraceReason::ProductFit,
        StopReason::TimedOut => TraceReason::TimingDeferred,
        StopReason::NotReady
        | StopReason::Changed
        | StopReason::Rejected
        | StopReason::CanceledByCaller
        | StopReason::OrderFailed
        | StopReason::Broken => TraceReason::Other,
    }
}
