use std::sync::Arc;

use acp_core::ids::ItemId;
use acp_core::ports::{Counts, KeyState, Operation};
use acp_core::refusal::{KeptElsewhere, Refusal};
use acp_core::stock::{CountStock, ItemStock, Ledger};

use super::Kept;
use super::change::hearing;
use crate::app::{App, Ask, Failure, Said, Telling};

impl App {
    /// Counts the stock of an item. What is promised stays promised, and is in no count.
    ///
    /// # Errors
    /// Refuses items the shop does not have, and everything where the stock is kept elsewhere.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn count_stock(&self, id: &ItemId, ask: Ask<CountStock>) -> Result<Said, Failure> {
        let counts = self.counts()?;
        let tenant = &ask.principal.tenant.clone();
        let ask = ask.about(id);
        let key = ask.answer_key(Operation::CountStock, None);
        let mut told = Ok(None);
        if key.is_some() {
            let mut look = hearing(&ask, &mut told);
            counts.count(tenant, id, key.as_ref(), &mut look).await?;
        }
        if let Some(said) = told? {
            return Ok(said);
        }
        let item = self.item(tenant, id).await?.ok_or(Refusal::ItemNotFound)?;
        let mut said = Err(Failure::Contended);
        let mut decide = |ledger: Option<Ledger>, known: Option<KeyState>| {
            let (outcome, decision) = self.settle_about(&ask, key.as_ref(), known, |command| {
                let counted = Ledger::counted(ledger.clone(), command.count);
                let after = counted.map_err(Refusal::NotCounted)?;
                let answer = self.ports.answers.item(&item, Some(&ItemStock::of(Some(&after))));
                Ok(((ledger.as_ref() != Some(&after)).then_some(after), answer))
            });
            said = outcome;
            decision
        };
        counts.count(tenant, id, key.as_ref(), &mut decide).await?;
        if let (Ok(Said { telling: Telling::Anew, answer }), Ok(command)) = (&said, &ask.command)
            && answer.status < 300
        {
            let note = command.note.as_deref().unwrap_or_default();
            tracing::info!(
                item.id = %id,
                caller.id = %ask.principal.agent,
                stock.count = ?command.count,
                stock.note = note,
                "the stock of {id} was counted"
            );
        }
        said
    }

    fn counts(&self) -> Result<&Arc<dyn Counts>, Failure> {
        match &self.shelves.counts {
            Kept::Here(counts) => Ok(counts),
            Kept::Elsewhere => Err(Refusal::KeptElsewhere(KeptElsewhere::Stock).into()),
        }
    }
}
