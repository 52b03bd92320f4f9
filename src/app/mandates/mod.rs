//! What a principal does with the leave to spend it gives: a file per verb. Nobody else comes here,
//! so that no agent and no text can loosen what it was given.

mod change;
mod give;
mod read;
mod tend;

pub use read::MandatesWanted;

use acp_core::ids::{MandateId, TenantId};
use acp_core::mandate::{Mandate, Purse};
use acp_core::ports::SeenMandate;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;

use super::{App, Failure};

impl App {
    /// The one way money leaves a mandate.
    pub fn purse(&self) -> Purse<'_> {
        Purse { mandates: self.ports.mandates.as_ref(), calendar: self.ports.calendar.as_ref() }
    }

    /// A mandate of whoever asks; somebody else's is as good as not there.
    async fn own_mandate(
        &self,
        principal: &Principal,
        id: &MandateId,
    ) -> Result<SeenMandate, Failure> {
        let seen = self.seen_mandate(&principal.tenant, id).await?;
        let is_own = is_of(&seen.mandate, principal);
        if is_own { Ok(seen) } else { Err(Refusal::MandateNotFound.into()) }
    }

    async fn seen_mandate(
        &self,
        tenant: &TenantId,
        id: &MandateId,
    ) -> Result<SeenMandate, Failure> {
        let seen = self.ports.mandates.find(tenant, id).await?;
        seen.ok_or_else(|| Refusal::MandateNotFound.into())
    }
}

fn is_of(mandate: &Mandate, principal: &Principal) -> bool {
    mandate.tenant == principal.tenant && *mandate.principal == *principal.agent.as_str()
}
