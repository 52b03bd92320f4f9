//! From an open session to one that is being paid for.

use std::sync::Arc;

use super::Buyer;
use super::basket::{Basket, Profile};
use super::claim::Touchpoint;
use super::commands::CompleteSession;
use super::event::{Along, SessionEvent};
use super::inquiry::{Inquiry, LineAsked};
use super::notice::{Notice, Words};
use super::paying;
use super::quote::Quote;
use super::stage::{Readiness, Stage, StageKind, Trigger};
use super::state::{Completion, Session, ask};
use super::tender::{PurchaseOrder, Tender};
use crate::catalog::{Promotion, Shop};
use crate::money::Money;
use crate::pricing::AppliedDiscount;
use crate::refusal::{Fault, FaultKind, Refusal};
use crate::time::Timestamp;

impl Session {
    /// Begins to complete it, at the price the client has seen; or asks for the approval that a
    /// purchase order needs first. Whether its discounts are for the buyer who pays is another
    /// question: see [`Self::is_discounted_for_another`].
    ///
    /// # Errors
    /// Refuses what the table refuses, with a buyer who only came along now taken into account,
    /// and what the shop does not take as payment.
    pub fn begin_completion(
        &self,
        command: &CompleteSession,
        shop: &Shop,
        now: Timestamp,
    ) -> Result<SessionEvent, Refusal> {
        let mut basket = Basket::clone(&self.basket);
        let mut quote = Quote::clone(&self.quote);
        if let Some(buyer) = &command.buyer {
            basket.buyer = Some(Arc::new(buyer.clone()));
        }
        if command.buyer.is_some() || command.profile == Profile::FillsIn {
            quote = quote.without_asking_who_buys();
        }
        if let Some(notes) = &command.order_notes {
            basket.order_notes = Some(notes.clone());
        }
        let trigger = match command.authentication {
            Some(_) => Trigger::CompleteAuthenticated,
            None => Trigger::Complete,
        };
        ask(self.stage_completed_by(&quote), trigger)?;
        let total = quote.totals.total();
        let is_approved = paying::accept(&command.tender, basket.buyer.as_deref(), total, shop)?;
        let is_settled = |notice: &Notice| {
            matches!(notice.words, Words::Declined | Words::NotApproved | Words::NotPlaced)
        };
        quote.notices.retain(|notice| !is_settled(notice));
        let along = self.along(command, &basket, shop);
        let (basket, quote) = (Arc::new(basket), Arc::new(quote));
        let promised = match &command.tender {
            Tender::PurchaseOrder(order) if !is_approved => {
                let order = order.clone();
                return Ok(SessionEvent::ApprovalAsked { order, basket, quote, along });
            }
            Tender::PurchaseOrder(order) => Some(order),
            Tender::Instrument(_) => None,
        };
        let completion = self.next_completion(total, now, promised);
        Ok(SessionEvent::CompletionBegan { completion, basket, quote, along })
    }

    /// Whether something is taken off, and a buyer comes along whom the shop knows as somebody else
    /// than the one it was taken off for. Then it has to be asked whether they may have it.
    pub fn is_discounted_for_another(&self, buyer: &Buyer) -> bool {
        let known = |buyer: &Buyer| (buyer.is_signed_in(), buyer.customer().map(Box::<str>::from));
        let quoted = self.basket.buyer.as_deref().map(known).unwrap_or_default();
        !self.quote.discounts.applied.is_empty() && known(buyer) != quoted
    }

    /// What there is to ask about the promotions of this session for another buyer.
    pub fn inquiry_for<'a>(&'a self, buyer: &'a Buyer) -> Option<Inquiry<'a>> {
        let lines = self.quote.lines.iter();
        let lines = lines.map(|line| LineAsked { item: &line.item, quantity: line.quantity });
        let wishes = self.basket.wishes().of(buyer);
        let about = (&self.owner.tenant, self.id.as_str());
        Inquiry::of(about, &wishes, lines.collect(), self.basket.currency)
    }

    /// The price the client has seen is for the buyer it was made for.
    ///
    /// # Errors
    /// Refuses a buyer for whom something that is taken off is not, or not any more.
    pub fn check_discounts_for(
        &self,
        buyer: &Buyer,
        promotions: &[Promotion],
    ) -> Result<(), Refusal> {
        let is_theirs = |applied: &&AppliedDiscount| {
            let promotion = promotions.iter().find(|one| one.id == applied.promotion);
            promotion.is_some_and(|promotion| promotion.check_buyer(Some(buyer)).is_ok())
        };
        match self.quote.discounts.applied.iter().find(|applied| !is_theirs(applied)) {
            None => Ok(()),
            Some(applied) => Err(Refusal::Faulty(Fault {
                kind: FaultKind::BadValue,
                path: "$.buyer".to_owned(),
                text: format!(
                    "The discount {:?} of this session is not for this buyer. Update the session \
                     with the buyer, look at the price, and complete it again.",
                    applied.name
                ),
            })),
        }
    }

    fn next_completion(
        &self,
        amount: Money,
        began_at: Timestamp,
        promised: Option<&PurchaseOrder>,
    ) -> Completion {
        let attempt = self.attempts.saturating_add(1);
        Completion { attempt, amount, began_at, purchase_order: promised.cloned() }
    }

    fn along(&self, command: &CompleteSession, basket: &Basket, shop: &Shop) -> Along {
        let mut attributions = self.attributions.clone();
        if let Some(claim) = command.attribution.clone() {
            attributions.keep(claim, Touchpoint::Last);
        }
        let mut consents = self.consents.clone();
        for said in command.consents.iter().filter_map(|said| basket.resolved(said, shop)) {
            consents.retain(|earlier| earlier.channel != said.channel);
            consents.push(said);
        }
        Along { attributions, consents, provenance: None }
    }

    /// Somebody approves the purchase order it waits with.
    ///
    /// # Errors
    /// Refuses sessions that wait for no approval.
    pub fn approve(&self, now: Timestamp) -> Result<(SessionEvent, PurchaseOrder), Refusal> {
        let Stage::PendingApproval(order) = &self.stage else {
            return Err(Refusal::NoApprovalPending);
        };
        let completion = self.next_completion(self.quote.totals.total(), now, Some(order));
        Ok((SessionEvent::Approved { completion }, order.clone()))
    }

    /// Somebody does not approve the purchase order it waits with.
    ///
    /// # Errors
    /// Refuses sessions that wait for no approval.
    pub fn disapprove(&self) -> Result<SessionEvent, Refusal> {
        match &self.stage {
            Stage::PendingApproval(_) => Ok(SessionEvent::NotApproved),
            Stage::Open(_)
            | Stage::AuthenticationRequired(_)
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => Err(Refusal::NoApprovalPending),
        }
    }

    /// The row of the table a completion begins in: a buyer who comes along with the payment may
    /// be all an open session lacked. Nobody comes along who could end an escalation.
    pub(super) fn stage_completed_by(&self, quote: &Quote) -> StageKind {
        match self.stage {
            Stage::Open(Readiness::Incomplete | Readiness::Blocked | Readiness::Ready { .. }) => {
                Stage::Open(quote.readiness()).kind()
            }
            Stage::Open(Readiness::Escalated)
            | Stage::AuthenticationRequired(_)
            | Stage::PendingApproval(_)
            | Stage::Completing(_)
            | Stage::Completed(_)
            | Stage::Canceled
            | Stage::Expired => self.stage.kind(),
        }
    }
}
