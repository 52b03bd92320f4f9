use async_trait::async_trait;

use super::PortError;
use super::checkouts::{Committed, Revision};
use crate::ids::{MandateId, Random128, TenantId};
use crate::mandate::{Ledger, Mandate, Span, Window};
use crate::time::Timestamp;

/// A mandate as it was found, with what was taken from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenMandate {
    /// The mandate.
    pub mandate: Mandate,
    /// Where it stood.
    pub mandate_at: Revision,
    /// What was taken from it.
    pub ledger: Ledger,
    /// Where that stood; nothing before anything was taken.
    pub ledger_at: Option<Revision>,
}

/// What was taken from a mandate, written where neither it nor the mandate has changed since it
/// was looked at.
#[derive(Clone, Copy, Debug)]
pub struct LedgerWrite<'a> {
    /// What was looked at.
    pub seen: &'a SeenMandate,
    /// What is true from now on.
    pub after: &'a Ledger,
}

/// Keeps mandates and their ledgers.
///
/// What this trait means is written in `tests/it/contract/mandates.rs`; it holds over every store.
#[async_trait]
pub trait Mandates: Send + Sync {
    /// A name for a mandate that this principal gives. All of one principal lie together.
    fn new_id(&self, tenant: &TenantId, principal: &str, dice: Random128) -> MandateId;

    /// A mandate and its ledger, and nothing that may still get lost. What belongs to another
    /// tenant is not there.
    async fn find(
        &self,
        tenant: &TenantId,
        id: &MandateId,
    ) -> Result<Option<SeenMandate>, PortError>;

    /// The mandates a principal has given, the oldest name first.
    async fn given_by(&self, tenant: &TenantId, principal: &str)
    -> Result<Vec<Mandate>, PortError>;

    /// Writes a mandate, where nobody else has since it was looked at.
    async fn write(
        &self,
        before: Option<Revision>,
        after: &Mandate,
    ) -> Result<Committed, PortError>;

    /// Writes what was taken from one.
    async fn write_ledger(&self, write: LedgerWrite<'_>) -> Result<Committed, PortError>;

    /// The time by which windows are told: that of the store.
    async fn now(&self) -> Result<Timestamp, PortError>;
}

/// Knows days, weeks and months in every place.
///
/// What this trait means is written in `tests/it/contract/calendar.rs`.
pub trait Calendar: Send + Sync {
    /// The window that it is at a moment, by the clocks of a place.
    ///
    /// # Errors
    /// Refuses a place it does not know.
    fn span(&self, window: Window, time_zone: &str, at: Timestamp) -> Result<Span, UnknownZone>;
}

/// A time zone no calendar knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such time zone")]
pub struct UnknownZone;
