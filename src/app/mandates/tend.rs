use acp_core::ids::{MandateId, TenantId};
use acp_core::limits::{MANDATES_MAX, RACES_MAX};
use acp_core::mandate::{Left, Mandate};
use acp_core::ports::{Committed, MandateWrite};

use crate::app::{App, Failure};

/// For whoever looks after the gateway. Operators look, and take back: they give no leave to spend.
impl App {
    /// The mandates a principal has given.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn mandates_of(
        &self,
        tenant: &TenantId,
        principal: &str,
    ) -> Result<Vec<Mandate>, Failure> {
        Ok(self.ports.mandates.given_by(tenant, principal, None, MANDATES_MAX).await?)
    }

    /// A mandate, and what is left of it.
    ///
    /// # Errors
    /// Refuses mandates that are not there.
    pub async fn mandate_of(
        &self,
        tenant: &TenantId,
        id: &MandateId,
    ) -> Result<(Mandate, Left), Failure> {
        let seen = self.seen_mandate(tenant, id).await?;
        let left = self.left_of(&seen).await?;
        Ok((seen.mandate, left))
    }

    /// Takes a mandate back, for its principal.
    ///
    /// # Errors
    /// Refuses mandates that are not there.
    pub async fn take_mandate_back(
        &self,
        tenant: &TenantId,
        id: &MandateId,
    ) -> Result<(Mandate, Left), Failure> {
        for _ in 0..RACES_MAX {
            let seen = self.seen_mandate(tenant, id).await?;
            let left = self.left_of(&seen).await?;
            let after = seen.mandate.revoked();
            if after == seen.mandate {
                return Ok((after, left));
            }
            let write = MandateWrite { before: Some(seen.mandate_at), after: &after, answer: None };
            if let Committed::At(_) = self.ports.mandates.write(write).await? {
                return Ok((after, left));
            }
        }
        Err(Failure::Contended)
    }
}
