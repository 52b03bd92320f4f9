use async_trait::async_trait;

use crate::ids::{ItemId, TenantId};
use crate::ports::PortError;
use crate::stock::{Availability, Hold, Reserved};
use crate::time::Timestamp;

/// Keeps goods for whoever is about to pay for them. Every call may be repeated: it is known by
/// its reservation.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// How much of each item there is, in that order. Of what nobody counts there is no end.
    async fn available(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError>;

    /// Promises units of an item to a reservation, all or none.
    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError>;

    /// Gives a promise back; also one that was never made.
    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError>;

    /// Gives units back that somebody found to be taken though nobody here knew it. Whoever asks for
    /// them meanwhile does not have them. Where nothing is ever in doubt it is a release.
    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError>;

    /// Turns a promise into a sale; says whether it is one now.
    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError>;

    /// Takes a sale back, because its order was.
    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError>;

    /// Keeps a promise up for longer.
    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError>;
}

/// A promise whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdue {
    /// Whose stock it is.
    pub tenant: TenantId,
    /// What was promised.
    pub hold: Hold,
}

/// The stock of the shop: it also knows what was promised and never settled.
#[async_trait]
pub trait Stock: Keeper {
    /// Promises of every tenant whose time is over: their owners have to be asked about them.
    async fn overdue(&self) -> Result<Vec<Overdue>, PortError>;
}

/// Keeps ledgers of what there is only so much of.
#[async_trait]
pub trait Ledgers: Send + Sync {
    /// Counts something from now on: there are so many. What is counted already stays as it is.
    async fn begin(&self, tenant: &TenantId, item: &ItemId, units: u32) -> Result<(), PortError>;
}
