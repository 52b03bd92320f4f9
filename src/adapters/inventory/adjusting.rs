//! An inventory that is only a number: units are taken out of it, and given back to it.

use std::sync::Arc;

use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX};
use acp_core::ports::{Adjustments, Committed, Keeper, PortError, Retry, Revision};
use acp_core::stock::{Adjustment, Availability, Heard, Hold, Next, Repetition, Reserved, Taking};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use http::Method;

use super::desk::{Answered, Desk, Step, unfit};
use super::objects::{self, Reason, Refusal, StockLevel};
use super::reserving::too_few;
use crate::adapters::outward::{NoAnswer, Tries, Why, segment};

const ADJUST: &str = "POST /stock/{item}/adjustments";

/// Units taken out of the merchant's stock, with a journal of ours beside it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Adjusting {
    desk: Arc<Desk>,
    journal: Arc<dyn Adjustments>,
    repetition: Repetition,
}

/// Where somebody wants the units to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goal {
    Having,
    Sale,
    Release,
    Restock,
    Settling,
}

impl Goal {
    const fn next(self, page: &Page, repetition: Repetition) -> Next {
        let standing = match page.written {
            Some((standing, _)) => Some(standing),
            None => None,
        };
        match self {
            Self::Having => Taking::toward_having(standing, page.is_ours, repetition),
            Self::Sale => Taking::toward_sale(standing),
            Self::Release => Taking::toward_release(standing, page.is_ours, repetition),
            Self::Restock => Taking::toward_restock(standing, page.is_ours, repetition),
            Self::Settling => Taking::toward_settling(standing, page.is_ours),
        }
    }
}

/// What the journal says, and whether the last word in it is that of whoever reads it.
struct Page {
    written: Option<(Taking, Revision)>,
    is_ours: bool,
}

/// What came of a call.
enum Came {
    Done,
    /// There is not enough.
    Refused(Refusal),
    /// Nothing has happened.
    NotDone(NoAnswer),
    Unknown,
}

impl Came {
    const fn heard(&self) -> Heard {
        match self {
            Self::Done => Heard::Done,
            Self::Refused(_) | Self::NotDone(_) => Heard::Nothing,
            Self::Unknown => Heard::Silence,
        }
    }
}

impl Adjusting {
    /// Units that are taken at this desk.
    pub fn at(desk: Arc<Desk>, journal: Arc<dyn Adjustments>, repetition: Repetition) -> Self {
        Self { desk, journal, repetition }
    }

    /// Brings the units where somebody wants them, or says why not.
    async fn bring(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        mut goal: Goal,
    ) -> Result<Reserved, PortError> {
        let mut page = self.page(tenant, hold).await?;
        for _ in 0..RACES_MAX {
            let (step, quantity) = match goal.next(&page, self.repetition) {
                Next::Had => return Ok(Reserved::Held),
                Next::Over => return Ok(Reserved::Over),
                Next::Write(standing) => {
                    page = self.write(tenant, hold, &page, standing).await?;
                    continue;
                }
                Next::Take => ("take", i64::from(hold.units).saturating_neg()),
                Next::GiveBack => ("give", i64::from(hold.units)),
            };
            let came = self.adjust(hold, step, quantity).await?;
            let after = match goal {
                _ if quantity < 0 => Taking::after_asking(came.heard()),
                Goal::Settling => Taking::after_settling(came.heard()),
                Goal::Having | Goal::Sale | Goal::Release | Goal::Restock => {
                    Taking::after_returning(came.heard())
                }
            };
            page = self.write(tenant, hold, &page, after).await?;
            let was_given_up = matches!(page.written, Some((Taking::Doubtful, _))) && !page.is_ours;
            // Units that could not be given back just now stay given up: nobody tries again.
            if was_given_up && (quantity < 0 || after == Taking::Returned) {
                // Somebody took us for dead. We know what became of the units, and nobody waits
                // for them any more.
                page = self.write(tenant, hold, &page, after).await?;
                goal = Goal::Release;
            }
            match came {
                Came::NotDone(no_answer) => return Err(no_answer.into()),
                Came::Refused(refusal) if goal == Goal::Having => {
                    return Ok(too_few(&refusal, ADJUST)?);
                }
                // It may be done, so that nobody does it again before somebody has looked.
                Came::Unknown if goal == Goal::Settling => return Ok(Reserved::Over),
                Came::Done | Came::Unknown | Came::Refused(_) => {}
            }
        }
        Err(PortError {
            what: "adjusting stock others adjust too",
            retry: Retry::After(BUSY_RETRY_AFTER),
            cause: None,
        })
    }

    async fn adjust(
        &self,
        hold: &Hold,
        name: &'static str,
        quantity: i64,
    ) -> Result<Came, NoAnswer> {
        let path = format!("/stock/{}/adjustments", segment(hold.item.as_str()));
        let (step, note) =
            (Step { hold, name: Some(name) }, format!("{name} for {}", hold.reservation.0));
        let body = objects::Adjustment { quantity, note: &note };
        let call = self.desk.call(Method::POST, path, Some(&step), Some(&body));
        let tries = match self.repetition {
            Repetition::IsSafe => Tries::Several,
            Repetition::Counts => Tries::Once,
        };
        let no_answer = match self.desk.ask::<StockLevel>(call, tries).await {
            Ok(Answered::Done(_)) => return Ok(Came::Done),
            Ok(Answered::Refused(refusal)) if quantity < 0 => return Ok(Came::Refused(refusal)),
            Ok(Answered::Refused(Refusal { error: Reason::UnknownItem, .. })) => {
                tracing::warn!(item.id = %hold.item, "the inventory has no place for it any more");
                return Ok(Came::Done);
            }
            Ok(Answered::Refused(refusal)) => return Ok(Came::NotDone(unfit(&refusal, ADJUST))),
            Err(no_answer) => no_answer,
        };
        if self.repetition == Repetition::IsSafe {
            // It stands in the journal that it was asked, and can be asked again.
            return Err(no_answer);
        }
        Ok(match &no_answer.why {
            Why::Later(_) => Came::NotDone(no_answer),
            Why::Mistake { status, .. } if status.is_client_error() => Came::NotDone(no_answer),
            Why::Mistake { .. } | Why::Silence => Came::Unknown,
        })
    }

    async fn page(&self, tenant: &TenantId, hold: &Hold) -> Result<Page, PortError> {
        let found = self.journal.find(tenant, hold).await?;
        let written = found.map(|(adjustment, at)| (adjustment.standing, at));
        Ok(Page { written, is_ours: false })
    }

    /// Writes a word into the journal; where somebody else did, shows it.
    async fn write(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        page: &Page,
        standing: Taking,
    ) -> Result<Page, PortError> {
        let before = page.written.map(|(_, at)| at);
        let after = Adjustment { units: hold.units, standing };
        match self.journal.write(tenant, hold, before, after).await? {
            Committed::At(at) => {
                if standing == Taking::Doubtful {
                    warn_of_doubt(hold);
                }
                Ok(Page { written: Some((standing, at)), is_ours: true })
            }
            Committed::Raced => self.page(tenant, hold).await,
        }
    }
}

#[async_trait]
impl Keeper for Adjusting {
    async fn available(
        &self,
        _tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        self.desk.available(items).await
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        _until: Timestamp,
    ) -> Result<Reserved, PortError> {
        self.bring(tenant, hold, Goal::Having).await
    }

    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.bring(tenant, hold, Goal::Release).await.map(drop)
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.bring(tenant, hold, Goal::Settling).await.map(drop)
    }

    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        // They were taken when they were promised.
        Ok(self.bring(tenant, hold, Goal::Sale).await? == Reserved::Held)
    }

    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        self.bring(tenant, hold, Goal::Restock).await.map(drop)
    }

    async fn renew(
        &self,
        _tenant: &TenantId,
        _hold: &Hold,
        _until: Timestamp,
    ) -> Result<(), PortError> {
        // Nobody takes back what was taken.
        Ok(())
    }
}

fn warn_of_doubt(hold: &Hold) {
    let Hold { item, units, reservation } = hold;
    tracing::error!(
        item.id = %item,
        stock.units = units,
        stock.reservation = %reservation.0,
        "nobody knows whether {units} of {item} were taken or given back for {}: look for that \
         note in the inventory, and put the number right if it is wrong",
        reservation.0
    );
}
