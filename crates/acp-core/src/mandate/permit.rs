use super::approval::PlanDigest;
use crate::ids::{MandateId, SessionId};
use crate::money::Money;
use crate::time::Timestamp;

/// Leave to have this much money authorized for this session, once it is reserved in a ledger.
///
/// Nothing else makes one, it cannot be copied, and there is no reading it out of anything:
///
/// ```compile_fail
/// fn twice(permit: acp_core::mandate::SpendPermit) {
///     let _copy = permit.clone();
/// }
/// ```
///
/// ```compile_fail
/// use acp_core::mandate::SpendPermit;
/// use acp_core::money::Money;
/// fn forged(real: SpendPermit, amount: Money) -> SpendPermit {
///     SpendPermit { amount, ..real }
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "what is reserved has to be spent or released"]
pub struct SpendPermit {
    mandate: MandateId,
    key: Box<str>,
    plan: PlanDigest,
    session: SessionId,
    amount: Money,
    expires_at: Timestamp,
}

/// Why a permit does not cover an authorization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCovered {
    /// It is for another session.
    #[error("the permit is for another session")]
    AnotherSession,
    /// It is for another amount, be it more or less.
    #[error("the permit is for {0}")]
    AnotherAmount(Money),
    /// It is too old.
    #[error("the permit has expired")]
    Expired,
}

impl SpendPermit {
    pub(super) fn new(
        (mandate, key): (MandateId, Box<str>),
        plan: PlanDigest,
        session: SessionId,
        amount: Money,
        expires_at: Timestamp,
    ) -> Self {
        Self { mandate, key, plan, session, amount, expires_at }
    }

    /// Uses it up for an authorization of this amount for this session.
    ///
    /// # Errors
    /// Refuses everything but just what was reserved.
    pub fn spend(
        self,
        session: &SessionId,
        total: Money,
        now: Timestamp,
    ) -> Result<(), NotCovered> {
        if self.session != *session {
            return Err(NotCovered::AnotherSession);
        }
        if self.amount != total {
            return Err(NotCovered::AnotherAmount(self.amount));
        }
        if now >= self.expires_at {
            return Err(NotCovered::Expired);
        }
        Ok(())
    }

    /// The mandate it comes from.
    pub fn mandate(&self) -> &MandateId {
        &self.mandate
    }

    /// The key it was reserved under.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The plan it is for.
    pub fn plan(&self) -> PlanDigest {
        self.plan
    }

    /// How much it is for.
    pub fn amount(&self) -> Money {
        self.amount
    }
}
