//! The merchant's own inventory, over HTTP, as `openapi/backends.yaml` describes it.
//!
//! Two shapes: one that promises units to a reservation, and one that is only a number to take
//! from. Whatever is asked of either is written into our own ledgers first, so that somebody asks
//! about it when whoever wanted it dies.

mod adjusting;
mod at_merchant;
mod desk;
mod objects;
mod reserving;

pub use adjusting::Adjusting;
pub use at_merchant::{AtMerchant, noted_ledger};
pub use desk::{Desk, InventoryOptions};
pub use reserving::Reserving;

use acp_core::ids::TenantId;
use acp_core::ports::PortError;
use acp_core::stock::{Hold, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;

/// Keeps a merchant's goods for whoever pays for them. Every call may be repeated.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Promises units, or takes them, all or none.
    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError>;

    /// Gives a promise back; also one that was never made.
    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError>;

    /// Makes a promise a sale; says whether it is one now.
    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError>;

    /// Takes a sale back.
    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError>;

    /// Keeps a promise up for longer.
    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError>;
}
