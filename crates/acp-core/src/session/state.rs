use std::sync::Arc;

use super::basket::{Basket, Patch};
use super::commands::{CancelSession, ChangeSession, CompleteSession, IntentTrace, OpenSession};
use super::notice::{Notice, NoticeCode, NoticeKind, Resolution};
use super::quote::{FreshSelections, Quote, Shelf, quote};
use super::stage::{Challenge, Readiness, Stage, StageKind, Trigger, Verdict, transition};
use crate::catalog::Shop;
use crate::ids::{AgentId, OrderId, SessionId, TenantId};
use crate::money::Money;
use crate::refusal::{Broken, Refusal};
use crate::time::Timestamp;

/// Whose session it is. Anybody else is told that it does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// The merchant.
    pub tenant: TenantId,
    /// The agent.
    pub agent: AgentId,
}

/// A completion that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// Which try it is, from 1.
    pub attempt: u32,
    /// What is charged; locked when the completion began.
    pub amount: Money,
    /// When it began.
    pub began_at: Timestamp,
}

/// The order a session ended in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedOrder {
    /// Its id.
    pub id: OrderId,
    /// The short number people use on the telephone.
    pub number: Box<str>,
    /// When it was placed.
    pub placed_at: Timestamp,
}

/// A checkout session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub owner: Owner,
    /// Where it stands.
    pub stage: Stage,
    /// What the client asked for.
    pub basket: Arc<Basket>,
    /// What the shop makes of it.
    pub quote: Arc<Quote>,
    /// How many completions were begun.
    pub attempts: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it runs out of time.
    pub expires_at: Timestamp,
}

/// What has happened to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionEvent {
    /// The client changed it.
    Changed {
        /// What the client asks for now.
        basket: Arc<Basket>,
        /// What the shop makes of it.
        quote: Arc<Quote>,
        /// When it now runs out of time.
        expires_at: Timestamp,
    },
    /// The client paid; now it is our turn.
    CompletionBegan {
        /// The completion.
        completion: Completion,
        /// The basket with what came along.
        basket: Arc<Basket>,
        /// The quote it is paid by.
        quote: Arc<Quote>,
    },
    /// The buyer has to authenticate.
    ChallengeRaised(Challenge),
    /// The payment was declined.
    PaymentDeclined,
    /// There was too little stock.
    StockGone {
        /// What the shop makes of the basket now.
        quote: Arc<Quote>,
    },
    /// The completion failed on our side and was undone.
    CompletionAbandoned,
    /// An order was placed.
    Completed(PlacedOrder),
    /// It was given up.
    Canceled {
        /// Why, if the agent said so.
        trace: Option<IntentTrace>,
    },
    /// It ran out of time.
    Expired,
}

/// What a decision needs to know of the shop and the moment.
#[derive(Debug)]
pub struct Setting<'a> {
    /// The shop.
    pub shop: &'a Shop,
    /// The time.
    pub now: Timestamp,
    /// When a session touched now runs out of time.
    pub expires_at: Timestamp,
}

impl Session {
    /// A new session.
    ///
    /// # Errors
    /// Refuses baskets that cannot be quoted.
    pub fn open(
        id: SessionId,
        owner: Owner,
        command: OpenSession,
        shelf: &Shelf,
        setting: &Setting<'_>,
    ) -> Result<Self, Refusal> {
        let basket = Basket::open(command);
        let quote = quote(&basket, shelf, setting.shop, FreshSelections::Pruned, setting.now)?;
        Ok(Self {
            id,
            owner,
            stage: Stage::Open(quote.readiness()),
            basket: Arc::new(basket),
            quote: Arc::new(quote),
            attempts: 0,
            opened_at: setting.now,
            changed_at: setting.now,
            expires_at: setting.expires_at,
        })
    }

    fn ask(&self, trigger: Trigger) -> Result<(), Refusal> {
        ask(self.stage.kind(), trigger)
    }

    /// The row of the table a completion begins in: a buyer who comes along with the payment may
    /// be all an open session lacked. Nobody comes along who could end an escalation.
    fn stage_completed_by(&self, quote: &Quote) -> StageKind {
        match self.stage {
            Stage::Open(Readiness::Incomplete | Readiness::Blocked | Readiness::Ready { .. }) => {
                Stage::Open(quote.readiness()).kind()
            }
            Stage::Open(Readiness::Escalated)
            | Stage::AuthenticationRequired(_)
            | Stage::PendingApproval
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => self.stage.kind(),
        }
    }

    /// Whether its time is over although nobody has written that down yet.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expires_at <= now && self.ask(Trigger::Expire).is_ok()
    }

    /// Whether a change can be made at all, before the shelf is asked.
    ///
    /// # Errors
    /// Refuses what the table refuses.
    pub fn may_change(&self) -> Result<(), Refusal> {
        self.ask(Trigger::Update)
    }

    /// The basket as it would be after a change, so that the shelf can be asked for it.
    pub fn basket_after(&self, change: ChangeSession) -> (Basket, FreshSelections) {
        let fresh = match change.selections {
            Patch::Set(_) => FreshSelections::Checked,
            Patch::Keep | Patch::Clear => FreshSelections::Pruned,
        };
        (Basket::clone(&self.basket).changed(change), fresh)
    }

    /// Changes the basket.
    ///
    /// # Errors
    /// Refuses what the table refuses and baskets that cannot be quoted.
    pub fn change(
        &self,
        (basket, fresh): (Basket, FreshSelections),
        stocked: &Shelf,
        setting: &Setting<'_>,
    ) -> Result<SessionEvent, Refusal> {
        self.ask(Trigger::Update)?;
        let quote = quote(&basket, stocked, setting.shop, fresh, setting.now)?;
        Ok(SessionEvent::Changed {
            basket: Arc::new(basket),
            quote: Arc::new(quote),
            expires_at: setting.expires_at,
        })
    }

    /// Begins to complete it, at the price the client has seen.
    ///
    /// # Errors
    /// Refuses what the table refuses, with a buyer who only came along now taken into account.
    pub fn begin_completion(
        &self,
        command: &CompleteSession,
        now: Timestamp,
    ) -> Result<SessionEvent, Refusal> {
        let mut basket = Basket::clone(&self.basket);
        let mut quote = Quote::clone(&self.quote);
        if let Some(buyer) = &command.buyer {
            basket.buyer = Some(buyer.clone());
            quote = quote.with_buyer();
        }
        if let Some(notes) = &command.order_notes {
            basket.order_notes = Some(notes.clone());
        }
        let trigger = match command.authentication {
            Some(_) => Trigger::CompleteAuthenticated,
            None => Trigger::Complete,
        };
        ask(self.stage_completed_by(&quote), trigger)?;
        quote.notices.retain(|notice| notice.code != NoticeCode::PaymentDeclined);
        let completion = Completion {
            attempt: self.attempts.saturating_add(1),
            amount: quote.totals.total(),
            began_at: now,
        };
        Ok(SessionEvent::CompletionBegan {
            completion,
            basket: Arc::new(basket),
            quote: Arc::new(quote),
        })
    }

    /// Gives it up.
    ///
    /// # Errors
    /// Refuses what the table refuses.
    pub fn cancel(&self, command: CancelSession) -> Result<SessionEvent, Refusal> {
        self.ask(Trigger::Cancel)?;
        Ok(SessionEvent::Canceled { trace: command.trace })
    }

    /// Lets it run out of time.
    ///
    /// # Errors
    /// Refuses what the table refuses.
    pub fn expire(&self) -> Result<SessionEvent, Refusal> {
        self.ask(Trigger::Expire)?;
        Ok(SessionEvent::Expired)
    }

    /// The session after something happened to it.
    ///
    /// # Errors
    /// An event the table does not know here means that the program is wrong.
    pub fn after(&self, event: SessionEvent, at: Timestamp) -> Result<Self, Broken> {
        let before = match &event {
            SessionEvent::CompletionBegan { quote, .. } => self.stage_completed_by(quote),
            SessionEvent::Changed { .. }
            | SessionEvent::ChallengeRaised(_)
            | SessionEvent::PaymentDeclined
            | SessionEvent::StockGone { .. }
            | SessionEvent::CompletionAbandoned
            | SessionEvent::Completed(_)
            | SessionEvent::Canceled { .. }
            | SessionEvent::Expired => self.stage.kind(),
        };
        let verdict = transition(before, event.trigger());
        let mut next = self.clone();
        next.changed_at = at;
        match event {
            SessionEvent::Changed { basket, quote, expires_at } => {
                next.stage = Stage::Open(quote.readiness());
                next.basket = basket;
                next.quote = quote;
                next.expires_at = expires_at;
            }
            SessionEvent::CompletionBegan { completion, basket, quote } => {
                next.attempts = completion.attempt;
                next.stage = Stage::Completing(completion);
                next.basket = basket;
                next.quote = quote;
            }
            SessionEvent::ChallengeRaised(challenge) => {
                next.stage = Stage::AuthenticationRequired(challenge);
            }
            SessionEvent::PaymentDeclined => {
                Arc::make_mut(&mut next.quote).notices.push(declined());
                next.stage = Stage::Open(next.quote.readiness());
            }
            SessionEvent::StockGone { quote } => {
                next.stage = Stage::Open(quote.readiness());
                next.quote = quote;
            }
            SessionEvent::CompletionAbandoned => {
                next.stage = Stage::Open(next.quote.readiness());
            }
            SessionEvent::Completed(order) => next.stage = Stage::Completed(order),
            SessionEvent::Canceled { .. } => next.stage = Stage::Canceled,
            SessionEvent::Expired => {
                Arc::make_mut(&mut next.quote).notices.push(expired());
                next.stage = Stage::Expired;
            }
        }
        match verdict {
            Verdict::Becomes(kind) if kind == next.stage.kind() => Ok(next),
            Verdict::Recomputed if is_open(next.stage.kind()) => Ok(next),
            Verdict::Becomes(_)
            | Verdict::Recomputed
            | Verdict::NotReady
            | Verdict::Requires3ds
            | Verdict::CompletionRunning
            | Verdict::Terminal
            | Verdict::NotCancelable
            | Verdict::Impossible => Err(Broken("an event that cannot happen in this stage")),
        }
    }
}

/// Asks the table. The refusals of the table are the same for everybody.
const fn ask(stage: StageKind, trigger: Trigger) -> Result<(), Refusal> {
    match transition(stage, trigger) {
        Verdict::Becomes(_) | Verdict::Recomputed => Ok(()),
        Verdict::NotReady => Err(Refusal::SessionNotReady),
        Verdict::Requires3ds => Err(Refusal::Requires3ds),
        Verdict::CompletionRunning => Err(Refusal::CompletionRunning),
        Verdict::Terminal | Verdict::Impossible => Err(Refusal::SessionTerminal(stage)),
        Verdict::NotCancelable => Err(Refusal::NotCancelable(stage)),
    }
}

const fn is_open(kind: StageKind) -> bool {
    matches!(
        kind,
        StageKind::Incomplete
            | StageKind::NotReady
            | StageKind::RequiresEscalation
            | StageKind::Ready
    )
}

fn declined() -> Notice {
    Notice::error(
        NoticeCode::PaymentDeclined,
        "$.payment_data",
        Resolution::BuyerInput,
        "The payment was declined. Try another way to pay.".to_owned(),
    )
}

fn expired() -> Notice {
    Notice {
        kind: NoticeKind::Info,
        code: NoticeCode::Expired,
        path: None,
        resolution: None,
        text: "This checkout session has expired. Open a new one.".into(),
    }
}

impl SessionEvent {
    const fn trigger(&self) -> Trigger {
        match self {
            Self::Changed { .. } => Trigger::Update,
            // An event was decided: whatever authentication it took was shown.
            Self::CompletionBegan { .. } => Trigger::CompleteAuthenticated,
            Self::ChallengeRaised(_) => Trigger::ChallengeRaised,
            Self::PaymentDeclined => Trigger::Declined,
            Self::StockGone { .. } => Trigger::StockGone,
            Self::CompletionAbandoned => Trigger::Abandoned,
            Self::Completed(_) => Trigger::Paid,
            Self::Canceled { .. } => Trigger::Cancel,
            Self::Expired => Trigger::Expire,
        }
    }
}
