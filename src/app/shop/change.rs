use acp_core::catalog::{CatalogItem, ChangeItem};
use acp_core::ids::ItemId;
use acp_core::ports::{Answer, AnswerKey, Decision, KeyState, Operation};
use acp_core::refusal::Refusal;

use crate::app::{App, Ask, Failure, Said};

/// What a call came to, and what is to be written for it.
pub(super) type Outcome<T> = (Result<Said, Failure>, Option<Decision<T>>);

/// Hears what whoever repeats a call about the shop was told before, and decides nothing: nobody
/// else has to be there for that.
pub(super) fn hearing<C: Sync, T>(
    ask: &Ask<C>,
    told: &mut Result<Option<Said>, Failure>,
) -> impl FnMut(Option<T>, Option<KeyState>) -> Option<Decision<T>> + Send {
    |_, known| {
        *told = ask.settled(known);
        None
    }
}

impl App {
    /// Changes an item: whoever asks for a price from now on is told the new one. Sessions keep
    /// the price they were told until they change. What was answered before is told again without
    /// asking anybody for the stock, and where nobody can tell it the change is made all the same.
    ///
    /// # Errors
    /// Refuses items the shop does not have, and everything where the catalogue is kept elsewhere.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn change_item(&self, id: &ItemId, ask: Ask<ChangeItem>) -> Result<Said, Failure> {
        let items = self.assortment()?;
        let tenant = &ask.principal.tenant.clone();
        let ask = ask.about(id);
        let key = ask.answer_key(Operation::ChangeItem, None);
        let mut told = Ok(None);
        if key.is_some() {
            let mut look = hearing(&ask, &mut told);
            items.change(tenant, id, key.as_ref(), &mut look).await?;
        }
        if let Some(said) = told? {
            return Ok(said);
        }
        let stock = self.stock_of_one(tenant, id).await?;
        let mut said = Err(Failure::Contended);
        let mut decide = |item: Option<CatalogItem>, known: Option<KeyState>| {
            let (outcome, decision) = self.settle_about(&ask, key.as_ref(), known, |command| {
                let item = item.ok_or(Refusal::ItemNotFound)?;
                let after = item.clone().changed(command).map_err(Refusal::Faulty)?;
                let answer = self.ports.answers.item(&after, stock.as_ref());
                Ok(((after != item).then_some(after), answer))
            });
            said = outcome;
            decision
        };
        items.change(tenant, id, key.as_ref(), &mut decide).await?;
        said
    }

    /// What a call about the shop comes to: what was answered before, or what is decided now. A
    /// refusal is kept like any other answer, unless there is nothing it could be about.
    pub(super) fn settle_about<C: Clone, T>(
        &self,
        ask: &Ask<C>,
        key: Option<&AnswerKey>,
        known: Option<KeyState>,
        decided: impl FnOnce(C) -> Result<(Option<T>, Answer), Refusal>,
    ) -> Outcome<T> {
        match ask.settled(known) {
            Ok(None) => {}
            Ok(Some(said)) => return (Ok(said), None),
            Err(failure) => return (Err(failure), None),
        }
        let decided = ask.command.clone().map_err(Refusal::Faulty).and_then(decided);
        let (after, answer) = match decided {
            Ok(decided) => decided,
            Err(Refusal::ItemNotFound) => return (Err(Refusal::ItemNotFound.into()), None),
            Err(refusal) => (None, self.ports.answers.refused(&ask.channel, &refusal)),
        };
        let kept = ask.answered(key.cloned(), &answer, self.keeping.answers);
        (Ok(Said::anew(answer)), Some(Decision { after, answer: kept }))
    }
}
