use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;

use acp_core::catalog::{Carriage, OptionRule};
use acp_core::dialogue::{self, Chosen, Conversation, Goods};
use acp_core::ids::{ItemId, OrderId};
use acp_core::limits::{READING_WAIT, READINGS_MAX};
use acp_core::plan::{Operation, Planner};
use acp_core::ports::{Turn, Verb};
use acp_core::refusal::{Broken, Fault, FaultKind, Refusal};
use acp_core::session::{Inquiry, Quantity, Wanted, Wishes};
use acp_core::stock::Availability;
use acp_language::advice::{Sentence, Wish};
use acp_language::{
    CartLine, Context, Delivery, Index, Shop, Understanding, choose, parse, speaks_of_delivery,
};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::surroundings::{Surroundings, days};
use crate::app::{Advisor, App, Failure, UnderstoodBy};

/// The turns there are to read sentences: as many as leave half of the machine to everything else.
#[derive(Debug)]
pub(super) struct Readers(Arc<Semaphore>);

impl Default for Readers {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self(Arc::new(Semaphore::new((cores / 2).max(1))))
    }
}

/// What a sentence comes to, and the goods it speaks of.
pub(super) struct Reading {
    pub(super) understanding: Understanding,
    pub(super) goods: Vec<Goods>,
    pub(super) planner: Planner,
}

/// What is read.
pub(super) enum Words {
    /// A sentence, and by whom it is to be understood.
    Text(Arc<str>, Wish),
    /// One of the things a question offered: nobody has to find out what is meant.
    Choice(Chosen),
}

impl Words {
    /// The sentence; empty where there is none.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Text(text, _) => text,
            Self::Choice(_) => "",
        }
    }
}

/// Everything a sentence speaks of by what it was understood as.
fn spoken_of(understanding: &Understanding) -> BTreeSet<ItemId> {
    let mut items = BTreeSet::new();
    for operation in understanding.draft.operations() {
        match operation {
            Operation::Add { item, fallbacks, .. } => {
                items.insert(item.clone());
                items.extend(fallbacks.iter().cloned());
            }
            Operation::Remove { item, .. } | Operation::SetQuantity { item, .. } => {
                items.insert(item.clone());
            }
            Operation::Replace { old, new, .. } => items.extend([old.clone(), new.clone()]),
            Operation::Search { results, .. } => items.extend(results.iter().cloned()),
            _ => {}
        }
    }
    items.extend(understanding.questions.iter().flat_map(|it| &it.candidates).cloned());
    for issue in &understanding.issues {
        items.extend(issue.items.iter().cloned());
        items.extend(issue.alternatives.iter().map(|it| it.item.clone()));
    }
    items.extend(understanding.context.open.iter().flat_map(|open| &open.candidates).cloned());
    items
}

fn context(talk: &Conversation, around: &Surroundings) -> Context {
    let line = |it: &Wanted| CartLine { item: it.item.clone(), quantity: it.quantity.get() };
    Context {
        cart: around.lines.iter().map(line).collect(),
        orders: around.orders.iter().map(OrderId::to_string).collect(),
        salience: talk.salience.clone(),
        latest: usize::try_from(talk.latest).unwrap_or_default(),
        results: talk.results.clone(),
        open: talk.open.clone(),
        counts: std::collections::HashMap::new(),
    }
}

fn delivery(rule: &OptionRule) -> Delivery {
    let window = match &rule.carriage {
        Carriage::Shipping { window, .. } => *window,
        Carriage::LocalDelivery { window, .. } => Some(*window),
        Carriage::Digital | Carriage::Pickup(_) => None,
    };
    Delivery {
        id: rule.id.as_str().to_owned(),
        title: rule.title.to_string(),
        price_minor: Some(rule.price.minor()),
        days: window.and_then(|(_, latest)| days(latest)),
    }
}

fn sentence<'a>(
    (text, turns): (&'a str, &'a [Turn]),
    index: &'a Index,
    (shop, context): (&'a Shop, &'a Context),
) -> Sentence<'a> {
    // What was asked about other goods is another question by its candidates.
    let catalogue_mark = "";
    Sentence { text, index, shop, context, turns, verbs: &Verb::ALL, catalogue_mark }
}

fn not_offered() -> Refusal {
    Refusal::Faulty(Fault {
        kind: FaultKind::BadValue,
        path: "$.choice.item_id".to_owned(),
        text:
            "No question of this conversation waits that offers this. Pick one of the candidates \
               of `open_question`, or say it in words."
                .to_owned(),
    })
}

impl App {
    /// Whether there is a model that could be asked.
    pub(super) fn has_model(&self) -> bool {
        matches!(self.advisor(), Advisor::Model(_))
    }

    /// Reads what was said as often as it takes until all it speaks of was counted: what is sold out
    /// is not meant as long as something else is.
    pub(super) async fn read_words(
        self: &Arc<Self>,
        words: &Words,
        talk: &Conversation,
        around: &Surroundings,
    ) -> Result<Reading, Failure> {
        let tenant = &talk.owner.tenant;
        let index = self.index_of(tenant).await?;
        let mut shop = Shop { deliveries: around.deliveries.clone(), codes: Vec::new() };
        let mut asks_deliveries = shop.deliveries.is_empty() && speaks_of_delivery(words.text());
        let turns: Vec<Turn> = talk.last.iter().map(dialogue::Turn::told).collect();
        let mut context = context(talk, around);
        let mut known: BTreeMap<ItemId, Option<Goods>> = BTreeMap::new();
        let mut readings = 0_usize;
        loop {
            let (understanding, planner) = match words {
                Words::Text(text, wish) => {
                    let understood = self.parsed(text, &index, &shop, &context).await?;
                    let sentence = sentence((text, &turns), &index, (&shop, &context));
                    self.advised(&sentence, *wish, understood).await
                }
                Words::Choice(chosen) => {
                    let found = choose(&chosen.item, chosen.quantity, &index, &context);
                    (found.ok_or_else(not_offered)?, Planner::Rules)
                }
            };
            readings = readings.saturating_add(1);
            let mentioned = spoken_of(&understanding);
            let fresh: Vec<&ItemId> =
                mentioned.iter().filter(|item| !known.contains_key(*item)).collect();
            if (fresh.is_empty() && !asks_deliveries) || readings >= READINGS_MAX {
                let named = mentioned.iter().filter_map(|item| known.get(item).cloned().flatten());
                return Ok(Reading { goods: named.collect(), understanding, planner });
            }
            for (item, goods) in self.counted(talk, &fresh).await? {
                match goods.as_ref().map(|goods| goods.available) {
                    Some(Availability::Unlimited) => {}
                    Some(Availability::Units(units)) => {
                        context.counts.insert(item.clone(), units);
                    }
                    // It was sold when the catalogue was read, and is not any more.
                    None => {
                        context.counts.insert(item.clone(), 0);
                    }
                }
                known.insert(item, goods);
            }
            if std::mem::take(&mut asks_deliveries) {
                let about = around.lines.iter().map(|line| &line.item).chain(&mentioned);
                let about: Vec<ItemId> = about.chain(index.any()).cloned().collect();
                shop.deliveries = self.deliveries_for(talk, about).await?;
            }
        }
    }

    /// What a model makes of it, where there is one and the rules got not far, or somebody wants
    /// its word.
    async fn advised(
        &self,
        sentence: &Sentence<'_>,
        wish: Wish,
        understood: Understanding,
    ) -> (Understanding, Planner) {
        let advised = self.advisor().advise(sentence, wish, understood).await;
        let planner = match advised.by {
            UnderstoodBy::Model(_) => Planner::Model,
            UnderstoodBy::Rules | UnderstoodBy::RulesWithout(_) | UnderstoodBy::RulesAgainst(_) => {
                Planner::Rules
            }
        };
        (advised.understanding, planner)
    }

    /// It takes longer than anything else may that shares a thread.
    async fn parsed(
        &self,
        text: &Arc<str>,
        index: &Arc<Index>,
        shop: &Shop,
        context: &Context,
    ) -> Result<Understanding, Failure> {
        let turn = timeout(READING_WAIT, Arc::clone(&self.intents.readers.0).acquire_owned()).await;
        let turn = turn.map_err(|_too_long| Failure::Crowded)?;
        let turn = turn.map_err(|_closed| Broken("turns to read are given for ever"))?;
        let (text, index) = (Arc::clone(text), Arc::clone(index));
        let (shop, context) = (shop.clone(), context.clone());
        let parsing = self.tasks.spawn_blocking(move || {
            // Whoever gives up leaves the sentence being read, and the turn with it.
            let _turn = turn;
            parse(&text, &index, &shop, &context)
        });
        let broken = |_broken_off| Failure::Broken(Broken("a sentence is read to its end"));
        parsing.await.map_err(broken)
    }

    /// Goods as they are now, and how many there are.
    async fn counted(
        &self,
        talk: &Conversation,
        items: &[&ItemId],
    ) -> Result<Vec<(ItemId, Option<Goods>)>, Failure> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let tenant = &talk.owner.tenant;
        let found = self.ports.catalog.find(tenant, items);
        let counted = self.ports.stock.available(tenant, items);
        let (found, counted) = tokio::try_join!(found, counted)?;
        let goods = |((id, item), available): ((&&ItemId, Option<_>), Availability)| {
            ((*id).clone(), item.map(|item| Goods { item, available }))
        };
        Ok(items.iter().zip(found).zip(counted).map(goods).collect())
    }

    /// The ways these goods can come, wherever they go. Where nothing was named yet, something the
    /// shop sells stands for it.
    async fn deliveries_for(
        &self,
        talk: &Conversation,
        items: Vec<ItemId>,
    ) -> Result<Vec<Delivery>, Failure> {
        let tenant = &talk.owner.tenant;
        let ids: Vec<&ItemId> = items.iter().collect();
        let mut found = self.ports.catalog.find(tenant, &ids).await?;
        found.retain(Option::is_some);
        found.truncate(1);
        let one = |item: &Arc<acp_core::catalog::CatalogItem>| Wanted {
            item: item.id.clone(),
            quantity: Quantity::ONE,
        };
        let wanted: Vec<Wanted> = found.iter().flatten().map(one).collect();
        let wishes = Wishes::in_cart(&wanted, None);
        let about = (tenant, talk.id.as_str());
        let Some(inquiry) = Inquiry::about(about, &wishes, &found, &self.shop) else {
            return Ok(Vec::new());
        };
        let rules = self.ports.terms.deliveries.options(&inquiry).await?;
        Ok(rules.iter().map(delivery).collect())
    }
}
