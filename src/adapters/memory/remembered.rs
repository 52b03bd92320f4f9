use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::{BUSY_RETRY_AFTER, RACES_MAX};
use acp_core::ports::{Clock, PortError, Retry};
use acp_core::time::Timestamp;
use async_trait::async_trait;

use super::counts::{Counts, RememberedCounts};
use super::flights::{Departure, Flights, Landed, Landing};
use super::shelf::{Shelf, Told};

/// How much is remembered, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct MemoryOptions {
    /// How many answers at the most.
    pub entries_max: usize,
    /// How old what is told may be while the service can be asked.
    pub fresh: Duration,
    /// How old it may be while the service cannot.
    pub stale: Duration,
}

/// Whoever is asked for what is not known well enough.
#[async_trait]
pub trait Source<K, T>: Send + Sync {
    /// What there is to each of these, in that order; `None` where there is nothing.
    async fn ask(&self, keys: &[&K]) -> Result<Vec<Option<Arc<T>>>, PortError>;
}

/// Something answers are remembered by.
pub trait Key: Clone + Eq + Ord + Hash + Send + Sync + fmt::Debug {}

impl<K: Clone + Eq + Ord + Hash + Send + Sync + fmt::Debug> Key for K {}

/// A service that is only asked for what is not known well enough.
pub struct Remembered<K: Key, T> {
    source: Arc<dyn Source<K, T>>,
    /// What the log calls the service.
    name: &'static str,
    clock: Arc<dyn Clock>,
    state: Mutex<State<K, T>>,
    counts: Counts,
    /// Whether the last call failed, so that it is said once.
    is_failing: AtomicBool,
}

struct State<K: Key, T> {
    shelf: Shelf<K, T>,
    flights: Flights<K, T>,
}

/// What is to be done about what is wanted.
struct Sorted<'a, K, T> {
    known: Vec<(&'a K, Told<T>)>,
    /// Others ask for these already.
    awaited: Vec<(&'a K, Landing<K, T>)>,
    /// Nobody does yet.
    asked: Option<Departure<K, T>>,
}

/// A call under way. Where its caller goes before it has landed, those who wait ask themselves.
struct Flying<'a, K: Key, T> {
    memory: &'a Remembered<K, T>,
    departure: Departure<K, T>,
}

impl<K: Key, T> Remembered<K, T> {
    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn state(&self) -> MutexGuard<'_, State<K, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Key, T> Drop for Flying<'_, K, T> {
    fn drop(&mut self) {
        let mut state = self.memory.state();
        for key in &self.departure.keys {
            state.flights.end(key, self.departure.ticket);
        }
    }
}

impl<K: Key, T: Send + Sync> Remembered<K, T> {
    /// Remembers what this service says, which the log calls so.
    pub fn of(
        source: Arc<dyn Source<K, T>>,
        name: &'static str,
        options: MemoryOptions,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shelf = Shelf::new(options.entries_max, options.fresh, options.stale);
        let state = Mutex::new(State { shelf, flights: Flights::default() });
        let (counts, is_failing) = (Counts::default(), AtomicBool::new(false));
        Self { source, name, clock, state, counts, is_failing }
    }

    /// Forgets what has changed. Whoever asks from now on is told anew.
    pub fn forget(&self, keys: &[K]) {
        let mut state = self.state();
        let mut count = 0_usize;
        for key in keys {
            state.flights.forget(key);
            count = count.saturating_add(usize::from(state.shelf.forget(key)));
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

    /// What there is to each of these, in that order.
    ///
    /// # Errors
    /// It is not known well enough, and cannot be asked for.
    pub async fn find(&self, keys: &[&K]) -> Result<Vec<Option<Arc<T>>>, PortError> {
        let mut wanted = keys.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut found: HashMap<&K, Told<T>> = HashMap::with_capacity(wanted.len());
        for _ in 0..RACES_MAX {
            let now = self.clock.now();
            let Sorted { known, awaited, asked } = self.sort(&wanted, now);
            found.extend(known);
            wanted.retain(|key| !found.contains_key(key));
            if let Some(departure) = asked {
                let waiting = |key: &&K| awaited.iter().any(|(awaited, _)| awaited == key);
                let ours: Vec<_> = wanted.iter().copied().filter(|key| !waiting(key)).collect();
                let landed = self.fly(departure, now).await;
                for key in ours {
                    found.insert(key, self.told(key, &landed)?);
                }
            }
            for (key, mut landing) in awaited {
                // Nothing where whoever asked has gone: then we ask.
                let landed = landing.wait_for(Option::is_some).await.ok();
                let landed = landed.and_then(|landed| landed.clone());
                if let Some(landed) = landed {
                    found.insert(key, self.told(key, &landed)?);
                }
            }
            wanted.retain(|key| !found.contains_key(key));
            if wanted.is_empty() {
                return Ok(keys.iter().map(|key| found.get(key).cloned().flatten()).collect());
            }
        }
        Err(PortError {
            what: "waiting for others who ask the same",
            retry: Retry::After(BUSY_RETRY_AFTER),
            cause: None,
        })
    }

    fn sort<'a>(&self, wanted: &[&'a K], now: Timestamp) -> Sorted<'a, K, T> {
        let mut state = self.state();
        let (mut known, mut awaited, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        for key in wanted {
            if let Some(told) = state.shelf.fresh(key, now) {
                known.push((*key, told));
            } else if let Some(landing) = state.flights.landing(key) {
                awaited.push((*key, landing));
            } else {
                unknown.push((*key).clone());
            }
        }
        let misses = awaited.len().saturating_add(unknown.len());
        self.counts.sorted(known.len(), misses);
        let asked = (!unknown.is_empty()).then(|| state.flights.depart(unknown));
        Sorted { known, awaited, asked }
    }

    /// Asks for what nobody asks for yet, and tells all who wait for it.
    async fn fly(&self, departure: Departure<K, T>, asked_at: Timestamp) -> Landed<K, T> {
        let flying = Flying { memory: self, departure };
        let keys = &flying.departure.keys;
        self.counts.asked();
        let wanted: Vec<_> = keys.iter().collect();
        let landed = match self.source.ask(&wanted).await {
            Ok(told) => Ok(Arc::new(keys.iter().cloned().zip(told).collect::<HashMap<_, _>>())),
            Err(error) => Err(Arc::new(error)),
        };
        self.learn(&landed);
        if let Ok(told) = &landed {
            let mut state = self.state();
            for (key, told) in told.iter() {
                // What has changed meanwhile is told to who asked, and not believed any longer.
                if state.flights.end(key, flying.departure.ticket) {
                    state.shelf.put(key.clone(), told.clone(), asked_at);
                }
            }
        }
        flying.departure.landing.send_replace(Some(landed.clone()));
        landed
    }

    /// What there is to say when a call has landed that asked for it.
    fn told(&self, key: &K, landed: &Landed<K, T>) -> Result<Told<T>, PortError> {
        let error = match landed {
            Ok(told) => return Ok(told.get(key).cloned().flatten()),
            Err(error) => error,
        };
        let now = self.clock.now();
        if let Some(known) = self.state().shelf.in_need(key, now) {
            self.counts.in_need();
            tracing::debug!("{} is not asked: taken as it was told before", self.name);
            return Ok(Some(known));
        }
        let cause = Some(Arc::clone(error).into());
        Err(PortError {
            what: "asking for what is not known well enough",
            retry: error.retry,
            cause,
        })
    }

    fn learn(&self, landed: &Landed<K, T>) {
        let name = self.name;
        let was_failing = self.is_failing.swap(landed.is_err(), Ordering::Relaxed);
        match landed {
            Ok(_) if was_failing => tracing::info!("{name} answers again"),
            Err(error) if !was_failing => tracing::warn!(
                error = &**error as &dyn std::error::Error,
                "{name} cannot be asked; only what it said not too long ago is known"
            ),
            Ok(_) | Err(_) => {}
        }
    }
}

impl<K: Key, T> fmt::Debug for Remembered<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembered")
            .field("name", &self.name)
            .field("counts", &self.counts)
            .finish_non_exhaustive()
    }
}
