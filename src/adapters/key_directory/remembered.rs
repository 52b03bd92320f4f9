//! Keys by the place they were found at, for a while.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use acp_core::limits::{KEY_PLACES_MAX, KEY_SET_FAILURE_LIFE, KEY_SET_LIFE};
use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use acp_signature::key::{KeySet, Metadata};
use acp_signature::source::{Discovery, KeySource, KeyUrl};
use acp_signature::{KeyDirectory, Need, NoKeys};
use async_trait::async_trait;
use bytes::Bytes;
use lru::LruCache;
use tokio_util::task::TaskTracker;

use super::budget::Budget;
use super::fetching::{Fetch, Unfetched};

/// Keys, fetched and remembered.
///
/// Of several who need the keys of one place, one fetches them and the others wait for it. What is
/// not among the keys that are known may have been published since, so it makes them fetched anew,
/// but only once in their life: whoever invents names of keys must not make us call somebody.
#[expect(missing_debug_implementations, reason = "whoever fetches is not printable")]
pub struct RememberedKeys(Arc<Remembered>);

struct Remembered {
    fetch: Arc<dyn Fetch>,
    clock: Arc<dyn Clock>,
    budget: Mutex<Budget>,
    /// Those that are listed are never forgotten for the sake of others.
    listed: HashMap<KeySource, Arc<Place>>,
    others: Mutex<LruCache<KeySource, Arc<Place>>>,
    /// Each is over in seconds, so nobody waits for them in the end.
    fetches: TaskTracker,
}

/// Held while its keys are fetched.
type Place = tokio::sync::Mutex<Option<Known>>;

struct Known {
    found: Result<Arc<KeySet>, NoKeys>,
    at: Timestamp,
    was_asked_anew: bool,
}

impl Known {
    fn is_fresh(&self, now: Timestamp) -> bool {
        let life = if self.found.is_ok() { KEY_SET_LIFE } else { KEY_SET_FAILURE_LIFE };
        now < self.at.plus(life)
    }

    /// Whether it says nothing of what is needed, and could be asked anew.
    fn is_in_doubt(&self, need: &Need) -> bool {
        let lacks_it = self.found.as_ref().is_ok_and(|set| need.found_in(set).is_none());
        lacks_it && !self.was_asked_anew
    }
}

impl RememberedKeys {
    /// Nothing is known at first, but the places that are listed: whoever names many others cannot
    /// keep their keys from being found.
    pub fn new(
        fetch: Arc<dyn Fetch>,
        clock: Arc<dyn Clock>,
        listed: impl IntoIterator<Item = KeySource>,
    ) -> Self {
        let places = NonZeroUsize::new(KEY_PLACES_MAX).unwrap_or(NonZeroUsize::MIN);
        let listed: HashMap<_, _> =
            listed.into_iter().map(|source| (source, Arc::default())).collect();
        Self(Arc::new(Remembered {
            fetch,
            clock,
            budget: Mutex::new(Budget::with_listed(listed.keys().cloned())),
            listed,
            others: Mutex::new(LruCache::new(places)),
            fetches: TaskTracker::new(),
        }))
    }
}

impl Remembered {
    fn place(&self, source: &KeySource) -> Arc<Place> {
        if let Some(place) = self.listed.get(source) {
            return Arc::clone(place);
        }
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(others.get_or_insert_ref(source, Arc::default))
    }

    /// Fetches the keys of a place, and says in the log why there are none: that is a line for
    /// each fetch at the most.
    async fn find(&self, source: &KeySource) -> Result<Arc<KeySet>, NoKeys> {
        let place: Box<str> = source.to_string().into();
        let found = match source.discovery() {
            Discovery::Directory | Discovery::JwksUri => self.set(source, &source.fetched()).await,
            Discovery::Cimd => self.set_of_client(source).await,
        };
        found.map(Arc::new).map_err(|trouble| {
            // Whoever invents places must not fill the log.
            if let Trouble::Spent = trouble {
                tracing::debug!(%place, "keys are not fetched there: {trouble}");
            } else {
                tracing::warn!(%place, "keys cannot be had there: {trouble}");
            }
            match trouble {
                Trouble::Spent
                | Trouble::Unfetched(Unfetched::Unreachable | Unfetched::TooSlow) => {
                    NoKeys::Away { place }
                }
                Trouble::Unfetched(Unfetched::Status(status)) if status.is_server_error() => {
                    NoKeys::Away { place }
                }
                // What a name stands for is nobody's business who only has the name.
                Trouble::Unfetched(Unfetched::NotPublic) => {
                    NoKeys::Useless { place, why: "they cannot be reached from here".into() }
                }
                other => NoKeys::Useless { place, why: other.to_string().into() },
            }
        })
    }

    async fn set(&self, source: &KeySource, url: &KeyUrl) -> Result<KeySet, Trouble> {
        Ok(KeySet::read(source, &self.document(source, url).await?)?)
    }

    async fn set_of_client(&self, source: &KeySource) -> Result<KeySet, Trouble> {
        match Metadata::read(source, &self.document(source, &source.fetched()).await?)? {
            Metadata::Keys(set) => Ok(set),
            Metadata::Elsewhere(url) => self.set(source, &url).await,
        }
    }

    async fn document(&self, source: &KeySource, url: &KeyUrl) -> Result<Bytes, Trouble> {
        let now = self.clock.now();
        let may = {
            let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
            budget.take(source, url.host(), now)
        };
        if may { Ok(self.fetch.fetch(url).await?) } else { Err(Trouble::Spent) }
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("so many were fetched in this minute that no more are")]
    Spent,
    #[error(transparent)]
    Unfetched(#[from] Unfetched),
    #[error(transparent)]
    Unreadable(#[from] acp_signature::key::KeySetError),
}

#[async_trait]
impl KeyDirectory for RememberedKeys {
    /// What is begun is finished and remembered, also when whoever asked hangs up: the fetch is
    /// paid for.
    async fn keys(&self, need: &Need) -> Result<Arc<KeySet>, NoKeys> {
        let (remembered, wanted) = (Arc::clone(&self.0), need.clone());
        let looking = self.0.fetches.spawn(async move { remembered.look(&wanted).await });
        looking
            .await
            .unwrap_or_else(|_panicked| Err(NoKeys::Away { place: need.source.to_string().into() }))
    }
}

impl Remembered {
    async fn look(&self, need: &Need) -> Result<Arc<KeySet>, NoKeys> {
        let place = self.place(&need.source);
        let mut known = place.lock().await;
        let now = self.clock.now();
        if let Some(fresh) = known.as_mut().filter(|known| known.is_fresh(now)) {
            if !fresh.is_in_doubt(need) {
                return fresh.found.clone();
            }
            fresh.was_asked_anew = true;
            if let Ok(set) = self.find(&need.source).await {
                fresh.found = Ok(set);
                fresh.at = now;
            }
            return fresh.found.clone();
        }
        let found = self.find(&need.source).await;
        *known = Some(Known { found: found.clone(), at: now, was_asked_anew: false });
        found
    }
}
