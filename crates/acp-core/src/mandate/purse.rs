use std::time::Duration;

use super::approval::{Approval, PlanDigest};
use super::denied::Denied;
use super::ledger::{Ledger, Unknown, Wish};
use super::permit::SpendPermit;
use super::purchase::Purchase;
use crate::ids::{MandateId, SessionId, TenantId};
use crate::limits::RACES_MAX;
use crate::money::Money;
use crate::ports::{
    Calendar, Committed, LedgerWrite, Mandates, PortError, Retry, SeenMandate, UnknownZone,
};

/// The one way money leaves a mandate: what is taken is written down before anybody may spend it.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Purse<'a> {
    /// Where mandates are kept.
    pub mandates: &'a dyn Mandates,
    /// What day it is where.
    pub calendar: &'a dyn Calendar,
}

/// What somebody wants to spend.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// The mandate.
    pub mandate: &'a MandateId,
    /// The key it is taken under; asking again under it takes nothing more.
    pub key: &'a str,
    /// The plan it is for.
    pub plan: PlanDigest,
    /// The session that is paid for.
    pub session: &'a SessionId,
    /// What is bought, where, by whom.
    pub purchase: &'a Purchase,
    /// The yes of a person, where there is one.
    pub approval: Option<&'a Approval>,
    /// How long it can be spent.
    pub good_for: Duration,
}

/// Why nothing left a mandate.
#[derive(Debug, thiserror::Error)]
pub enum PurseError {
    /// The mandate does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such mandate.
    #[error("there is no such mandate")]
    NoMandate,
    /// It was not taken, or not like that.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Nobody knows which day it is there.
    #[error(transparent)]
    NoCalendar(#[from] UnknownZone),
    /// It could not be written down: nobody may spend it.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl Purse<'_> {
    /// Takes what a purchase costs from a mandate. Under a key that took it before, it is the same
    /// leave again.
    ///
    /// # Errors
    /// The mandate does not allow it, or it cannot be written down.
    pub async fn reserve(&self, demand: Demand<'_>) -> Result<SpendPermit, PurseError> {
        let now = self.mandates.now().await?;
        let wish = Wish {
            key: demand.key,
            plan: demand.plan,
            session: demand.session,
            purchase: demand.purchase,
            approval: demand.approval,
            now,
            expires_at: now.plus(demand.good_for),
        };
        let merchant = &demand.purchase.merchant;
        self.change(merchant, demand.mandate, |seen, ledger| {
            let budget = &seen.mandate.budget;
            let span = self.calendar.span(budget.window, &budget.time_zone, now)?;
            Ok(ledger.reserve(&seen.mandate, wish, span)?)
        })
        .await
    }

    /// Notes that what was taken under a key was spent.
    ///
    /// # Errors
    /// Nothing is held under it, or it cannot be written down.
    pub async fn commit(
        &self,
        tenant: &TenantId,
        id: &MandateId,
        key: &str,
    ) -> Result<(), PurseError> {
        self.change(tenant, id, |_, ledger| Ok(ledger.commit(key)?)).await
    }

    /// Gives back what was taken under a key and will not be spent.
    ///
    /// # Errors
    /// Nothing is held under it, or it cannot be written down.
    pub async fn release(
        &self,
        tenant: &TenantId,
        id: &MandateId,
        key: &str,
    ) -> Result<(), PurseError> {
        self.change(tenant, id, |_, ledger| Ok(ledger.release(key)?)).await
    }

    /// Gives back what was taken under a key; where nothing was, nothing is taken under it any more.
    ///
    /// # Errors
    /// It was spent, or it cannot be written down.
    pub async fn close(
        &self,
        tenant: &TenantId,
        id: &MandateId,
        key: &str,
        of: (PlanDigest, &SessionId),
    ) -> Result<(), PurseError> {
        let now = self.mandates.now().await?;
        self.change(tenant, id, |seen, ledger| {
            Ok(ledger.close(key, of, Money::zero(seen.mandate.currency), now)?)
        })
        .await
    }

    /// Notes how much of what was spent under a key has come back by now, in all.
    ///
    /// # Errors
    /// Nothing was spent under it, or less than that, or it cannot be written down.
    pub async fn refund(
        &self,
        tenant: &TenantId,
        id: &MandateId,
        key: &str,
        in_all: Money,
    ) -> Result<(), PurseError> {
        self.change(tenant, id, |_, ledger| Ok(ledger.refund(key, in_all)?)).await
    }

    /// Changes a ledger, on top of whatever others have written meanwhile. What is said of it holds
    /// once it is written.
    async fn change<T>(
        &self,
        tenant: &TenantId,
        id: &MandateId,
        change: impl Fn(&SeenMandate, &mut Ledger) -> Result<T, PurseError> + Send,
    ) -> Result<T, PurseError>
    where
        T: Send,
    {
        for _ in 0..RACES_MAX {
            let seen = self.mandates.find(tenant, id).await?.ok_or(PurseError::NoMandate)?;
            let mut after = seen.ledger.clone();
            let said = change(&seen, &mut after)?;
            if after == seen.ledger {
                return Ok(said);
            }
            let write = LedgerWrite { seen: &seen, after: &after };
            if let Committed::At(_) = self.mandates.write_ledger(write).await? {
                return Ok(said);
            }
        }
        let what = "taking from a mandate that others take from too";
        Err(PortError { what, retry: Retry::Safe, cause: None }.into())
    }
}
