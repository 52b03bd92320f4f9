use async_trait::async_trait;

use super::PortError;
use super::checkouts::{Committed, Revision};
use crate::ids::TenantId;
use crate::stock::{Adjustment, Hold};

/// Keeps what was taken out of a merchant's stock, and what is about to be.
#[async_trait]
pub trait Adjustments: Send + Sync {
    /// What was last written down for a reservation of an item, and nothing that may still get
    /// lost.
    async fn find(
        &self,
        tenant: &TenantId,
        hold: &Hold,
    ) -> Result<Option<(Adjustment, Revision)>, PortError>;

    /// Writes it down, where nobody else has since.
    async fn write(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        before: Option<Revision>,
        after: Adjustment,
    ) -> Result<Committed, PortError>;
}
