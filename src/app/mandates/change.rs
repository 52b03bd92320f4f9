use acp_core::ids::MandateId;
use acp_core::limits::RACES_MAX;
use acp_core::mandate::{ChangeMandate, Mandate};
use acp_core::ports::{Committed, MandateWrite, Operation, Subject};
use acp_core::refusal::Refusal;

use crate::app::{App, Ask, Failure, Said};

/// What can be done to a mandate in one commit.
#[derive(Clone, Debug)]
enum Alteration {
    /// Change it, if it is this version that was looked at.
    Change(u32, Box<ChangeMandate>),
    Revoke,
}

impl App {
    /// Changes a mandate of which this version was looked at.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn change_mandate(
        &self,
        id: &MandateId,
        seen: u32,
        ask: Ask<ChangeMandate>,
    ) -> Result<Said, Failure> {
        let ask = ask.map(|change| Alteration::Change(seen, Box::new(change)));
        self.alter_mandate(id, Operation::ChangeMandate, ask).await
    }

    /// Takes a mandate back, whichever version it is.
    ///
    /// # Errors
    /// Whatever cannot be kept as an answer.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn revoke_mandate(&self, id: &MandateId, ask: Ask<()>) -> Result<Said, Failure> {
        let ask = ask.map(|()| Alteration::Revoke);
        self.alter_mandate(id, Operation::RevokeMandate, ask).await
    }

    async fn alter_mandate(
        &self,
        id: &MandateId,
        operation: Operation,
        ask: Ask<Alteration>,
    ) -> Result<Said, Failure> {
        let place = id.partition();
        let key = ask.answer_key(operation, Some(Subject::Mandate(id.clone())));
        for _ in 0..RACES_MAX {
            if let Some(said) = self.known(&ask, place, key.as_ref()).await? {
                return Ok(said);
            }
            // Of what is not there, or somebody else's, nothing is kept.
            let found = self.own_mandate(&ask.principal, id).await?;
            let after = match self.mandate_altered(&ask, &found.mandate).await {
                Ok(after) => after,
                // That holds for this moment only: whoever looks again may ask again.
                Err(Failure::Refused(stale @ Refusal::MandateChanged(_))) => {
                    return Err(stale.into());
                }
                Err(Failure::Refused(refusal)) => {
                    match self.refuse(&ask, place, key.clone(), refusal).await? {
                        Some(said) => return Ok(said),
                        None => continue,
                    }
                }
                Err(failure) => return Err(failure),
            };
            let answer = self.ports.answers.mandate(&after);
            let answered = ask.answered(key.clone(), &answer, self.keeping.answers);
            let write =
                MandateWrite { before: Some(found.mandate_at), after: &after, answer: answered };
            if let Committed::At(_) = self.ports.mandates.write(write).await? {
                return Ok(Said::anew(answer));
            }
        }
        Err(Failure::Contended)
    }

    async fn mandate_altered(
        &self,
        ask: &Ask<Alteration>,
        mandate: &Mandate,
    ) -> Result<Mandate, Failure> {
        Ok(match ask.command.clone().map_err(Refusal::Faulty)? {
            Alteration::Change(seen, change) => {
                mandate.changed(seen, *change, self.ports.mandates.now().await?)?
            }
            Alteration::Revoke => mandate.revoked(),
        })
    }
}
