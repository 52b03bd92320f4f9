use std::sync::Arc;

use super::estimate::estimate;
use crate::ids::{CartId, SessionId};
use crate::money::Currency;
use crate::refusal::Refusal;
use crate::session::{Buyer, Owner, Quote, Setting, Stores, Wanted};
use crate::stock::Availability;
use crate::time::Timestamp;

/// Opens a cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenCart {
    /// The items wanted; at least one.
    pub wanted: Vec<Wanted>,
    /// Who would buy.
    pub buyer: Option<Buyer>,
    /// The language the client asks for.
    pub locale: Option<Box<str>>,
}

/// Replaces everything in a cart. Who is not named is forgotten.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplaceCart {
    /// The items wanted; at least one.
    pub wanted: Vec<Wanted>,
    /// Who would buy.
    pub buyer: Option<Buyer>,
}

/// Gives a cart up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CancelCart;

/// A cart. It has no stages: it is there, or it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    /// Its id.
    pub id: CartId,
    /// Whose it is.
    pub owner: Owner,
    /// The currency of all amounts: that of the goods.
    pub currency: Currency,
    /// The items wanted, in the client's order.
    pub wanted: Vec<Wanted>,
    /// Who would buy.
    pub buyer: Option<Buyer>,
    /// The language the client asked for.
    pub locale: Option<Box<str>>,
    /// What the shop makes of it, without delivery and tax.
    pub estimate: Arc<Quote>,
    /// The first checkout session that came of it.
    pub session: Option<SessionId>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it runs out of time.
    pub expires_at: Timestamp,
    /// What whoever keeps it in our place calls this state of it; nothing where we keep it.
    pub kept_as: Option<Box<str>>,
}

impl Cart {
    /// A new cart.
    ///
    /// # Errors
    /// Refuses what cannot be estimated, and goods of which nothing can be had: where a part can,
    /// the cart says what is missing.
    pub fn open(
        id: CartId,
        owner: Owner,
        command: OpenCart,
        stores: &Stores,
        setting: &Setting<'_>,
    ) -> Result<Self, Refusal> {
        let estimate = estimate(&command.wanted, command.buyer.as_ref(), stores, setting, None)?;
        let is_gone = |line: &Availability| *line == Availability::Units(0);
        if estimate.lines.iter().map(|line| &line.available).all(is_gone) {
            return Err(Refusal::NothingAvailable);
        }
        Ok(Self {
            id,
            owner,
            currency: estimate.totals.total().currency(),
            wanted: command.wanted,
            buyer: command.buyer,
            locale: command.locale,
            estimate: Arc::new(estimate),
            session: None,
            changed_at: setting.now,
            expires_at: setting.expires_at,
            kept_as: None,
        })
    }

    /// The cart with other content. That everything in it is sold out by now is no reason to take
    /// it from the buyer: the cart says so, line by line.
    ///
    /// # Errors
    /// Refuses what cannot be estimated.
    pub fn replaced(
        &self,
        command: ReplaceCart,
        stores: &Stores,
        setting: &Setting<'_>,
    ) -> Result<Self, Refusal> {
        let (wanted, buyer, had) = (&command.wanted, command.buyer.as_ref(), Some(self.currency));
        let estimate = estimate(wanted, buyer, stores, setting, had)?;
        Ok(Self {
            id: self.id.clone(),
            owner: self.owner.clone(),
            currency: estimate.totals.total().currency(),
            wanted: command.wanted,
            buyer: command.buyer,
            locale: self.locale.clone(),
            estimate: Arc::new(estimate),
            session: self.session.clone(),
            changed_at: setting.now,
            expires_at: setting.expires_at,
            kept_as: self.kept_as.clone(),
        })
    }

    /// The same cart, and what it would cost now: somebody else has changed what is in it, and may
    /// have left nothing.
    ///
    /// # Errors
    /// Refuses what cannot be estimated.
    pub fn estimated_anew(&self, stores: &Stores, setting: &Setting<'_>) -> Result<Self, Refusal> {
        let content = ReplaceCart { wanted: self.wanted.clone(), buyer: self.buyer.clone() };
        let (changed_at, expires_at) = (self.changed_at, self.expires_at);
        Ok(Self { changed_at, expires_at, ..self.replaced(content, stores, setting)? })
    }

    /// The cart now that a session came of it; nothing, where one did before. The buyer can still
    /// go back to the cart.
    pub fn handed_over(&self, session: &SessionId) -> Option<Self> {
        let is_first = self.session.is_none();
        is_first.then(|| Self { session: Some(session.clone()), ..self.clone() })
    }

    /// Whether its time is over.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.expires_at <= now
    }
}
