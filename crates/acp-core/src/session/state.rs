use std::sync::Arc;

use super::basket::{Basket, Patch};
use super::claim::{Attributions, Consent, Touchpoint};
use super::commands::{CancelSession, ChangeSession, OpenSession};
use super::event::{Along, SessionEvent};
use super::notice::{Notice, NoticeCode, Resolution, Words};
use super::quote::{FreshSelections, Quote, Stores, quote};
use super::refused::InstrumentMark;
use super::stage::{Stage, StageKind, Trigger, Verdict, transition};
use super::tender::PurchaseOrder;
use crate::catalog::Shop;
use crate::ids::{AgentId, OrderId, SessionId, TenantId};
use crate::money::Money;
use crate::principal::Provenance;
use crate::refusal::{Broken, Refusal};
use crate::time::Timestamp;

/// Whose session it is. Anybody else is told that it does not exist.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    /// What a business promised, where no money is charged.
    pub purchase_order: Option<PurchaseOrder>,
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
    /// The fingerprint of the request it came of, so that a client without a key that asks again
    /// is told the same.
    pub asked_by: Option<[u8; 32]>,
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
    /// Who claims to have brought the buyer. Never told to anybody but the merchant.
    pub attributions: Attributions,
    /// What the buyer said about being written to.
    pub consents: Vec<Consent>,
    /// What it is not paid with any more: instruments that were declined for good.
    pub refused: Vec<InstrumentMark>,
    /// Who asked last for it to be completed. Sessions of the first releases do not say.
    pub provenance: Option<Arc<Provenance>>,
    /// How many completions were begun.
    pub attempts: u32,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it runs out of time.
    pub expires_at: Timestamp,
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
        mut command: OpenSession,
        stores: &Stores,
        setting: &Setting<'_>,
    ) -> Result<Self, Refusal> {
        let mut attributions = Attributions::default();
        if let Some(claim) = command.attribution.take() {
            attributions.keep(claim, Touchpoint::First);
        }
        let basket = Basket::open(command, &stores.shelf, setting.shop);
        let quote = quote(&basket, stores, setting.shop, FreshSelections::Pruned, setting.now)?;
        Ok(Self {
            id,
            owner,
            stage: Stage::Open(quote.readiness()),
            basket: Arc::new(basket),
            quote: Arc::new(quote),
            attributions,
            consents: Vec::new(),
            refused: Vec::new(),
            provenance: None,
            attempts: 0,
            opened_at: setting.now,
            changed_at: setting.now,
            expires_at: setting.expires_at,
        })
    }

    fn ask(&self, trigger: Trigger) -> Result<(), Refusal> {
        ask(self.stage.kind(), trigger)
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
        stores: &Stores,
        setting: &Setting<'_>,
    ) -> Result<SessionEvent, Refusal> {
        self.ask(Trigger::Update)?;
        let quote = quote(&basket, stores, setting.shop, fresh, setting.now)?;
        Ok(SessionEvent::Changed {
            basket: Arc::new(basket),
            quote: Arc::new(quote),
            expires_at: setting.expires_at,
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
            SessionEvent::CompletionBegan { quote, .. }
            | SessionEvent::ApprovalAsked { quote, .. } => self.stage_completed_by(quote),
            SessionEvent::Changed { .. }
            | SessionEvent::Approved { .. }
            | SessionEvent::NotApproved
            | SessionEvent::ChallengeRaised(_)
            | SessionEvent::PaymentDeclined { .. }
            | SessionEvent::StockGone { .. }
            | SessionEvent::CompletionAbandoned
            | SessionEvent::Completed(_)
            | SessionEvent::Canceled { .. }
            | SessionEvent::Expired => self.stage.kind(),
        };
        let verdict = transition(before, event.trigger());
        let mut next = self.clone();
        next.changed_at = at;
        next.apply(event);
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

    fn apply(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Changed { basket, quote, expires_at } => {
                self.reopen(quote);
                self.basket = basket;
                self.expires_at = expires_at;
            }
            SessionEvent::CompletionBegan { completion, basket, quote, along } => {
                self.take_along(basket, quote, along);
                self.complete_by(completion);
            }
            SessionEvent::ApprovalAsked { order, basket, quote, along } => {
                self.take_along(basket, quote, along);
                self.stage = Stage::PendingApproval(order);
            }
            SessionEvent::Approved { completion } => self.complete_by(completion),
            SessionEvent::NotApproved => {
                self.note(Notice::info(NoticeCode::General, Words::NotApproved));
                self.stage = Stage::Open(self.quote.readiness());
            }
            SessionEvent::ChallengeRaised(challenge) => {
                self.stage = Stage::AuthenticationRequired(challenge);
            }
            SessionEvent::PaymentDeclined { refused } => {
                if let Some(mark) = refused {
                    self.refuse_from_now_on(mark);
                }
                self.note(declined());
                self.stage = Stage::Open(self.quote.readiness());
            }
            SessionEvent::StockGone { quote } => {
                self.reopen(quote);
                self.note(Notice::info(NoticeCode::General, Words::NotPlaced));
            }
            SessionEvent::CompletionAbandoned => {
                // Whoever waits for the answer hears it there; nobody waits for an approval.
                if self.stage.purchase_order().is_some() {
                    self.note(Notice::info(NoticeCode::General, Words::NotPlaced));
                }
                self.stage = Stage::Open(self.quote.readiness());
            }
            SessionEvent::Completed(order) => self.stage = Stage::Completed(order),
            SessionEvent::Canceled { .. } => self.stage = Stage::Canceled,
            SessionEvent::Expired => {
                self.note(Notice::info(NoticeCode::Expired, Words::Expired));
                self.stage = Stage::Expired;
            }
        }
    }

    fn reopen(&mut self, quote: Arc<Quote>) {
        self.stage = Stage::Open(quote.readiness());
        self.quote = quote;
    }

    fn take_along(&mut self, basket: Arc<Basket>, quote: Arc<Quote>, along: Along) {
        self.basket = basket;
        self.quote = quote;
        self.attributions = along.attributions;
        self.consents = along.consents;
        self.provenance = along.provenance;
    }

    fn complete_by(&mut self, completion: Completion) {
        self.attempts = completion.attempt;
        self.stage = Stage::Completing(completion);
    }

    fn note(&mut self, notice: Notice) {
        Arc::make_mut(&mut self.quote).notices.push(notice);
    }
}

/// Asks the table. The refusals of the table are the same for everybody.
pub(super) const fn ask(stage: StageKind, trigger: Trigger) -> Result<(), Refusal> {
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
    let (code, input) = (NoticeCode::PaymentDeclined, Resolution::BuyerInput);
    Notice::error(code, "$.payment_data", input, Words::Declined)
}
