use acp_core::ids::MandateId;
use acp_core::limits::{MANDATES_MAX, MANDATES_PAGE_MAX, RACES_MAX};
use acp_core::mandate::{GiveMandate, Given, Mandate};
use acp_core::ports::{Answer, MandateWrite, Operation};
use acp_core::principal::Principal;
use acp_core::refusal::{Fault, FaultKind, Refusal};

use crate::app::{App, Ask, Failure, Said};

impl App {
    /// Gives a mandate. All of one principal lie in one place, so that a repeated call finds its
    /// first answer there.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn give_mandate(&self, ask: Ask<GiveMandate>) -> Result<Said, Failure> {
        let key = ask.answer_key(Operation::GiveMandate, None);
        for _ in 0..RACES_MAX {
            let id = self.new_mandate_id(&ask.principal);
            let place = id.partition();
            if let Some(said) = self.known(&ask, place, key.as_ref()).await? {
                return Ok(said);
            }
            let decided = self.mandate_given(&ask, id).await;
            let write = |mandate, answer| async move {
                let write = MandateWrite { before: None, after: &mandate, answer };
                self.ports.mandates.write(write).await
            };
            if let Some(said) = self.kept((&ask, place, key.clone()), decided, write).await? {
                return Ok(said);
            }
        }
        Err(Failure::Contended)
    }

    fn new_mandate_id(&self, principal: &Principal) -> MandateId {
        let dice = self.ports.entropy.random128();
        self.ports.mandates.new_id(&principal.tenant, principal.agent.as_str(), dice)
    }

    async fn mandate_given(
        &self,
        ask: &Ask<GiveMandate>,
        id: MandateId,
    ) -> Result<(Mandate, Answer), Failure> {
        let wish = ask.command.clone().map_err(Refusal::Faulty)?;
        let principal = &ask.principal;
        let now = self.ports.mandates.now().await?;
        let budget = &wish.budget;
        self.ports.calendar.span(budget.window, &budget.time_zone, now).map_err(|unknown| {
            Refusal::Faulty(Fault {
                kind: FaultKind::BadValue,
                path: "$.budget.time_zone".to_owned(),
                text: format!(
                    "{unknown}: use a name of the time zone database, such as Europe/Rome or UTC."
                ),
            })
        })?;
        if self.has_given_too_many(principal).await? {
            return Err(Refusal::TooManyMandates.into());
        }
        let given = Given {
            id,
            tenant: principal.tenant.clone(),
            principal: principal.agent.as_str().into(),
        };
        let mandate = Mandate::given(given, wish, now).map_err(Refusal::Faulty)?;
        let answer = self.ports.answers.mandate_given(&mandate);
        Ok((mandate, answer))
    }

    /// Whoever gives several at the same moment may get a few beyond the bound.
    async fn has_given_too_many(&self, principal: &Principal) -> Result<bool, Failure> {
        let (tenant, name) = (&principal.tenant, principal.agent.as_str());
        let (mut count, mut last) = (0_usize, None::<MandateId>);
        while count < MANDATES_MAX {
            let mandates = &self.ports.mandates;
            let page = mandates.given_by(tenant, name, last.as_ref(), MANDATES_PAGE_MAX).await?;
            count = count.saturating_add(page.len());
            if page.len() < MANDATES_PAGE_MAX {
                return Ok(count >= MANDATES_MAX);
            }
            last = page.last().map(|mandate| mandate.id.clone());
        }
        Ok(true)
    }
}
