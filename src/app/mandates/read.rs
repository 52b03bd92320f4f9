use std::sync::Arc;

use acp_core::ids::MandateId;
use acp_core::mandate::{Left, Mandate};
use acp_core::ports::SeenMandate;
use acp_core::principal::Principal;
use acp_core::refusal::Broken;

use crate::app::{App, Failure};

/// Which mandates somebody wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MandatesWanted {
    /// Those behind this one.
    pub after: Option<MandateId>,
    /// How many at the most.
    pub limit: usize,
}

impl App {
    /// Shows the mandates a principal has given, in the order of their names, with those that have
    /// ended.
    ///
    /// # Errors
    /// The store cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_mandates(
        &self,
        principal: &Principal,
        wanted: &MandatesWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        let (tenant, name) = (&principal.tenant, principal.agent.as_str());
        // One more than there is room for says whether there is more.
        let ahead = wanted.limit.saturating_add(1);
        let mandates = &self.ports.mandates;
        let mut given = mandates.given_by(tenant, name, wanted.after.as_ref(), ahead).await?;
        let has_more = given.len() > wanted.limit;
        given.truncate(wanted.limit);
        let next = given.last().filter(|_| has_more).map(|mandate| mandate.id.clone());
        Ok(self.ports.answers.mandates(&given, next.as_ref()))
    }

    /// Shows a mandate, and says which version of it that is.
    ///
    /// # Errors
    /// Refuses mandates that are not there, or somebody else's.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_mandate(
        &self,
        principal: &Principal,
        id: &MandateId,
    ) -> Result<(u32, Arc<[u8]>), Failure> {
        let SeenMandate { mandate, .. } = self.own_mandate(principal, id).await?;
        Ok((mandate.version, self.ports.answers.mandate(&mandate).body))
    }

    /// Shows what was taken from a mandate, and what is left of it in the window it is now.
    ///
    /// # Errors
    /// Refuses mandates that are not there, or somebody else's.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn read_ledger(
        &self,
        principal: &Principal,
        id: &MandateId,
    ) -> Result<Arc<[u8]>, Failure> {
        let seen = self.own_mandate(principal, id).await?;
        let left = self.left_of(&seen).await?;
        Ok(self.ports.answers.mandate_ledger(&seen.mandate, &seen.ledger, &left))
    }

    pub(super) async fn left_of(&self, seen: &SeenMandate) -> Result<Left, Failure> {
        let SeenMandate { mandate: Mandate { budget, .. }, ledger, .. } = seen;
        let now = self.ports.mandates.now().await?;
        let span = self.ports.calendar.span(budget.window, &budget.time_zone, now);
        let span = span.map_err(|_gone| Broken("the time zone of a mandate stays known"))?;
        let left = ledger.left(&seen.mandate, span);
        Ok(left.map_err(|_too_large| Broken("what was taken from a mandate can be added up"))?)
    }
}
