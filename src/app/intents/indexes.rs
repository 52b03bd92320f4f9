use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::TenantId;
use acp_core::limits::{CATALOG_ITEMS_MAX, INDEX_WAIT, INDEXES_MAX, PAGE_ROWS_MAX};
use acp_core::ports::Assortment;
use acp_core::refusal::{Broken, KeptElsewhere, Refusal};
use acp_language::Index;
use tokio::time::timeout;

use super::goods::products;
use crate::app::{App, Failure, Kept};

/// Catalogues that are ready to be spoken of: one for each tenant that was spoken to lately.
#[derive(Debug, Default)]
pub(super) struct Indexes {
    held: Mutex<Held>,
    /// Whoever reads a catalogue takes a turn, so that it is read once, and one at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    known: HashMap<TenantId, Known>,
    /// Counts the looks, to tell which was looked at longest ago.
    looks: u64,
    /// Whose catalogue is being read again.
    reread: HashSet<TenantId>,
}

#[derive(Debug)]
struct Known {
    edition: u64,
    index: Arc<Index>,
    looked_at: u64,
}

/// What is known of a catalogue.
enum Look {
    Fresh(Arc<Index>),
    /// It has changed since.
    Old(Arc<Index>),
    Nothing,
}

impl Indexes {
    fn look(&self, tenant: &TenantId, edition: u64) -> Look {
        let mut held = self.held();
        held.looks = held.looks.saturating_add(1);
        let looks = held.looks;
        let Some(known) = held.known.get_mut(tenant) else { return Look::Nothing };
        known.looked_at = looks;
        let index = Arc::clone(&known.index);
        if known.edition == edition { Look::Fresh(index) } else { Look::Old(index) }
    }

    fn keep(&self, tenant: TenantId, edition: u64, index: Arc<Index>) {
        let mut held = self.held();
        let looked_at = held.looks;
        held.known.insert(tenant, Known { edition, index, looked_at });
        let longest_ago = |held: &Held| {
            let oldest = held.known.iter().min_by_key(|(_, known)| known.looked_at);
            oldest.map(|(tenant, _)| tenant.clone())
        };
        while held.known.len() > INDEXES_MAX {
            let Some(oldest) = longest_ago(&held) else { return };
            held.known.remove(&oldest);
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who reads a catalogue again, until it is dropped.
struct Rereading {
    app: Arc<App>,
    tenant: TenantId,
}

impl Rereading {
    /// None where somebody is at it already.
    fn begin(app: &Arc<App>, tenant: &TenantId) -> Option<Self> {
        let is_first = app.intents.indexes.held().reread.insert(tenant.clone());
        is_first.then(|| Self { app: Arc::clone(app), tenant: tenant.clone() })
    }
}

impl Drop for Rereading {
    fn drop(&mut self) {
        self.app.intents.indexes.held().reread.remove(&self.tenant);
    }
}

impl App {
    /// The words of what a tenant sells. A large catalogue that has changed is read again while
    /// sentences are still read by what it was: what they come to is priced and counted anew
    /// before anything is done.
    pub(super) async fn index_of(
        self: &Arc<Self>,
        tenant: &TenantId,
    ) -> Result<Arc<Index>, Failure> {
        let Kept::Here(items) = &self.shelves.items else {
            return Err(Refusal::KeptElsewhere(KeptElsewhere::Vocabulary).into());
        };
        let edition = items.edition(tenant).await?;
        let known = self.intents.indexes.look(tenant, edition);
        let old = match known {
            Look::Fresh(index) => return Ok(index),
            Look::Old(index) => Some(index),
            Look::Nothing => None,
        };
        let rereading = match &old {
            None => None,
            Some(old) => match Rereading::begin(self, tenant) {
                None => return Ok(Arc::clone(old)),
                rereading => rereading,
            },
        };
        let (app, items, tenant) = (Arc::clone(self), Arc::clone(items), tenant.clone());
        let reading = self.tasks.spawn(async move {
            let is_again = rereading.is_some();
            let index = app.read_catalogue(items.as_ref(), tenant, is_again).await;
            drop(rereading);
            index
        });
        let broken = || Failure::Broken(Broken("a catalogue is read to its end"));
        let Some(old) = old else { return reading.await.map_err(|_broken_off| broken())? };
        match timeout(INDEX_WAIT, reading).await {
            Ok(Ok(Ok(index))) => Ok(index),
            Ok(Ok(Err(failure))) => {
                let error = &failure as &dyn std::error::Error;
                tracing::warn!(error, "a catalogue that has changed could not be read again");
                Ok(old)
            }
            Ok(Err(_)) => Err(broken()),
            Err(_) => Ok(old),
        }
    }

    async fn read_catalogue(
        &self,
        sold: &dyn Assortment,
        tenant: TenantId,
        is_again: bool,
    ) -> Result<Arc<Index>, Failure> {
        let indexes = &self.intents.indexes;
        let _turn = indexes.turn.lock().await;
        // Before the items: what changes meanwhile is noticed the next time.
        let edition = sold.edition(&tenant).await?;
        match indexes.look(&tenant, edition) {
            Look::Fresh(index) => return Ok(index),
            // Read by somebody whose turn was before this one.
            Look::Old(index) if !is_again => return Ok(index),
            Look::Old(_) | Look::Nothing => {}
        }
        let mut items = Vec::new();
        loop {
            let after = items.last().map(|item: &Arc<acp_core::catalog::CatalogItem>| &item.id);
            let page = sold.list(&tenant, after, PAGE_ROWS_MAX).await?;
            let is_last = page.len() < PAGE_ROWS_MAX;
            items.extend(page);
            if is_last || items.len() > CATALOG_ITEMS_MAX {
                break;
            }
        }
        let index = self.tasks.spawn_blocking(move || Index::build(&products(&items)));
        let broken = |_broken_off| Failure::Broken(Broken("a catalogue is read to its end"));
        let index = Arc::new(index.await.map_err(broken)?);
        indexes.keep(tenant, edition, Arc::clone(&index));
        Ok(index)
    }
}
