use super::allowance::Allowance;
use crate::ids::{SessionId, TenantId, VaultTokenId};
use crate::money::Money;
use crate::session::Owner;
use crate::time::Timestamp;

/// What pays in the place of a card, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultToken {
    /// What it is called.
    pub id: VaultTokenId,
    /// Who handed the card over, and at whose gateway.
    pub owner: Owner,
    /// What it may be used for.
    pub allowance: Allowance,
    /// What the provider takes in its place, sealed.
    pub credential: Vec<u8>,
    /// The brand of the card, where it is known.
    pub brand: Option<Box<str>>,
    /// The last digits of its number.
    pub last4: Box<str>,
    /// When it was handed over.
    pub made_at: Timestamp,
    /// Who has spent it.
    pub spent: Option<Spending>,
    /// Tries up to this one are over, and spend nothing any more: whoever is still at work on one
    /// does not know yet that it was taken back.
    pub over_up_to: u32,
}

/// By which completion a token was spent. It is of the session the token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    /// Which try of it.
    pub attempt: u32,
    /// When.
    pub at: Timestamp,
}

/// What is to be paid with a token.
#[derive(Clone, Copy, Debug)]
pub struct Charge<'a> {
    /// At which gateway's merchant.
    pub tenant: &'a TenantId,
    /// For which session.
    pub session: &'a SessionId,
    /// By which try to complete it.
    pub attempt: u32,
    /// How much.
    pub amount: Money,
}

/// A token that pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// It does from now on: this is to be written down first.
    Now(Box<VaultToken>),
    /// It was spent by this very try before.
    Before,
}

/// Why a token does not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unspendable {
    /// There is none of this name, or not any more.
    #[error("there is no such token")]
    Unknown,
    /// It is for another merchant.
    #[error("the token is for another merchant")]
    WrongMerchant,
    /// It is for another session.
    #[error("the token is for another session")]
    WrongSession,
    /// It is for another currency.
    #[error("the token is for another currency")]
    WrongCurrency,
    /// It is for less.
    #[error("the token does not allow this much")]
    ExceedsAllowance,
    /// Its time is over.
    #[error("the time of the token is over")]
    Expired,
    /// It was spent.
    #[error("the token was spent before")]
    Used,
    /// The try that would spend it is over.
    #[error("the try that would spend the token was taken back")]
    TakenBack,
}

impl VaultToken {
    /// Spends it for a try to complete a session. Whoever spent it goes on with it, also after its
    /// time: the question was asked when it was spent.
    ///
    /// # Errors
    /// Refuses what the allowance does not cover, everybody but the first, and tries that are over.
    pub fn spend(&self, charge: Charge<'_>, now: Timestamp) -> Result<Spent, Unspendable> {
        let allowance = &self.allowance;
        if self.owner.tenant != *charge.tenant {
            return Err(Unspendable::WrongMerchant);
        }
        if *allowance.session != *charge.session.as_str() {
            return Err(Unspendable::WrongSession);
        }
        if allowance.amount_max.currency() != charge.amount.currency() {
            return Err(Unspendable::WrongCurrency);
        }
        if allowance.amount_max.minus(charge.amount).is_err() {
            return Err(Unspendable::ExceedsAllowance);
        }
        if charge.attempt <= self.over_up_to {
            return Err(Unspendable::TakenBack);
        }
        match self.spent {
            Some(spending) if spending.attempt == charge.attempt => Ok(Spent::Before),
            Some(_) => Err(Unspendable::Used),
            None if allowance.expires_at <= now => Err(Unspendable::Expired),
            None => {
                let spent = Some(Spending { attempt: charge.attempt, at: now });
                Ok(Spent::Now(Box::new(Self { spent, ..self.clone() })))
            }
        }
    }

    /// The token as it is when a try is taken back and nothing was held by it: whether it has spent
    /// the token or not, it never does from then on. Nothing where that is known already.
    pub fn handed_back(&self, session: &SessionId, attempt: u32) -> Option<Self> {
        let is_new = *self.allowance.session == *session.as_str() && attempt > self.over_up_to;
        is_new.then(|| Self {
            spent: self.spent.filter(|spending| spending.attempt != attempt),
            over_up_to: attempt,
            ..self.clone()
        })
    }
}
