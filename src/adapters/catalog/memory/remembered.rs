use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX};
use acp_core::ports::{Catalog, Clock, PortError, Retry};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::counts::{Counts, RememberedCounts};
use super::flights::{Departure, Flights, Landed, Landing};
use super::shelf::{Shelf, Told};

/// How much is remembered, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct MemoryOptions {
    /// How many items at the most.
    pub entries_max: usize,
    /// How old what is told may be while the catalogue can be asked.
    pub fresh: Duration,
    /// How old it may be while the catalogue cannot.
    pub stale: Duration,
}

/// A catalogue of one tenant that is only asked for what is not known well enough.
pub struct RememberedCatalog {
    inner: Arc<dyn Catalog>,
    tenant: TenantId,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    counts: Counts,
    /// Whether the last call failed, so that it is said once.
    is_failing: AtomicBool,
}

struct State {
    shelf: Shelf,
    flights: Flights,
}

/// What is to be done about wanted items.
struct Sorted<'a> {
    known: Vec<(&'a ItemId, Told)>,
    /// Others ask for these already.
    awaited: Vec<(&'a ItemId, Landing)>,
    /// Nobody does yet.
    asked: Option<Departure>,
}

/// A call under way. Where its caller goes before it has landed, those who wait ask themselves.
struct Flying<'a> {
    catalog: &'a RememberedCatalog,
    departure: Departure,
}

impl Drop for Flying<'_> {
    fn drop(&mut self) {
        let mut state = self.catalog.state();
        for id in &self.departure.ids {
            state.flights.end(id, self.departure.ticket);
        }
    }
}

impl RememberedCatalog {
    /// Remembers what this catalogue says to this tenant.
    pub fn of(
        inner: Arc<dyn Catalog>,
        tenant: TenantId,
        options: MemoryOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shelf = Shelf::new(options.entries_max, options.fresh, options.stale);
        let state = Mutex::new(State { shelf, flights: Flights::default() });
        let (counts, is_failing) = (Counts::default(), AtomicBool::new(false));
        Self { inner, tenant, clock, state, counts, is_failing }
    }

    /// Forgets items that have changed. Whoever asks from now on is told anew.
    pub fn forget(&self, ids: &[ItemId]) {
        let mut state = self.state();
        let mut count = 0_usize;
        for id in ids {
            state.flights.forget(id);
            count = count.saturating_add(usize::from(state.shelf.forget(id)));
        }
        self.counts.forgotten(count);
    }

    /// Forgets everything.
    pub fn forget_all(&self) {
        let mut state = self.state();
        state.flights.forget_all();
        self.counts.forgotten(state.shelf.forget_all());
    }

    /// How it served those who asked.
    pub fn counts(&self) -> RememberedCounts {
        let entries = self.state().shelf.len();
        self.counts.with(entries)
    }

    fn sort<'a>(&self, wanted: &[&'a ItemId], now: Timestamp) -> Sorted<'a> {
        let mut state = self.state();
        let (mut known, mut awaited, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for id in wanted {
            if let Some(told) = state.shelf.fresh(id, now) {
                known.push((*id, told));
            } else if let Some(landing) = state.flights.landing(id) {
                awaited.push((*id, landing));
            } else {
                unknown.push((*id).clone());
            }
        }
        let misses = awaited.len().saturating_add(unknown.len());
        self.counts.sorted(known.len(), misses);
        let asked = (!unknown.is_empty()).then(|| state.flights.depart(unknown));
        Sorted { known, awaited, asked }
    }

    /// Asks for what nobody asks for yet, and tells all who wait for it.
    async fn fly(&self, departure: Departure, asked_at: Timestamp) -> Landed {
        let flying = Flying { catalog: self, departure };
        let ids = &flying.departure.ids;
        self.counts.asked();
        let wanted: Vec<_> = ids.iter().collect();
        let landed = match self.inner.find(&self.tenant, &wanted).await {
            Ok(told) => Ok(Arc::new(ids.iter().cloned().zip(told).collect::<HashMap<_, _>>())),
            Err(error) => Err(Arc::new(error)),
        };
        self.learn(&landed);
        if let Ok(told) = &landed {
            let mut state = self.state();
            for (id, told) in told.iter() {
                // What has changed meanwhile is told to who asked, and not believed any longer.
                if state.flights.end(id, flying.departure.ticket) {
                    state.shelf.put(id.clone(), told.clone(), asked_at);
                }
            }
        }
        flying.departure.landing.send_replace(Some(landed.clone()));
        landed
    }

    /// What there is to say of an item when a call has landed that asked for it.
    fn told(&self, id: &ItemId, landed: &Landed) -> Result<Told, PortError> {
        let error = match landed {
            Ok(told) => return Ok(told.get(id).cloned().flatten()),
            Err(error) => error,
        };
        let now = self.clock.now();
        if let Some(item) = self.state().shelf.in_need(id, now) {
            self.counts.in_need();
            tracing::debug!(item.id = %id, "sold as it was told before");
            return Ok(Some(item));
        }
        let cause = Some(Arc::clone(error).into());
        Err(PortError { what: "finding goods in the catalogue", retry: error.retry, cause })
    }

    fn learn(&self, landed: &Landed) {
        let was_failing = self.is_failing.swap(landed.is_err(), Ordering::Relaxed);
        match landed {
            Ok(_) if was_failing => tracing::info!("the catalogue answers again"),
            Err(error) if !was_failing => tracing::warn!(
                error = &**error as &dyn std::error::Error,
                "the catalogue cannot be asked; what it said not too long ago is sold all the same"
            ),
            Ok(_) | Err(_) => {}
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Catalog for RememberedCatalog {
    async fn find(
        &self,
        tenant: &TenantId,
        ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        if *tenant != self.tenant {
            return self.inner.find(tenant, ids).await;
        }
        let mut wanted = ids.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found: HashMap<&ItemId, Told> = HashMap::with_capacity(wanted.len());
        for _ in 0..RACES_MAX {
            let now = self.clock.now();
            let Sorted { known, awaited, asked } = self.sort(&wanted, now);
            found.extend(known);
            wanted.retain(|id| !found.contains_key(id));
            if let Some(departure) = asked {
                let waiting = |id: &&ItemId| awaited.iter().any(|(awaited, _)| awaited == id);
                let ours: Vec<_> = wanted.iter().copied().filter(|id| !waiting(id)).collect();
                let landed = self.fly(departure, now).await;
                for id in ours {
                    found.insert(id, self.told(id, &landed)?);
                }
            }
            for (id, mut landing) in awaited {
                // Nothing where whoever asked has gone: then we ask.
                let landed = landing.wait_for(Option::is_some).await.ok();
                let landed = landed.and_then(|landed| landed.clone());
                if let Some(landed) = landed {
                    found.insert(id, self.told(id, &landed)?);
                }
            }
            wanted.retain(|id| !found.contains_key(id));
            if wanted.is_empty() {
                return Ok(ids.iter().map(|id| found.get(id).cloned().flatten()).collect());
            }
        }
        Err(PortError {
            what: "waiting for others who ask the catalogue",
            retry: Retry::After(BUSY_RETRY_AFTER),
            cause: None,
        })
    }
}

impl fmt::Debug for RememberedCatalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RememberedCatalog").field("counts", &self.counts).finish_non_exhaustive()
    }
}
