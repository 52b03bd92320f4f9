//! What is being asked for, so that others who want it wait for the same answer.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use acp_core::ports::PortError;
use tokio::sync::watch;

use super::shelf::Told;

/// What a call brought home, for all who wait for it.
pub(super) type Landed<K, T> = Result<Arc<HashMap<K, Told<T>>>, Arc<PortError>>;

/// Where a call lands. One whose caller has gone never does.
pub(super) type Landing<K, T> = watch::Receiver<Option<Landed<K, T>>>;

/// Which call it is. None is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// A call that is about to be made.
#[derive(Debug)]
pub(super) struct Departure<K, T> {
    pub(super) ticket: Ticket,
    pub(super) keys: Vec<K>,
    pub(super) landing: watch::Sender<Option<Landed<K, T>>>,
}

#[derive(Debug)]
pub(super) struct Flights<K, T> {
    by_key: HashMap<K, (Ticket, Landing<K, T>)>,
    count: u64,
}

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self { by_key: HashMap::new(), count: 0 }
    }
}

impl<K: Clone + Eq + Hash, T> Flights<K, T> {
    /// Where a call lands that asks for this.
    pub(super) fn landing(&self, key: &K) -> Option<Landing<K, T>> {
        self.by_key.get(key).map(|(_, landing)| landing.clone())
    }

    /// Begins a call for some of it. Nobody else asks for that.
    pub(super) fn depart(&mut self, keys: Vec<K>) -> Departure<K, T> {
        self.count = self.count.wrapping_add(1);
        let ticket = Ticket(self.count);
        let (sender, landing) = watch::channel(None);
        for key in &keys {
            self.by_key.insert(key.clone(), (ticket, landing.clone()));
        }
        Departure { ticket, keys, landing: sender }
    }

    /// Ends a call as far as this goes. Says whether it still was the one: what has changed
    /// since it began is asked for by another.
    pub(super) fn end(&mut self, key: &K, ticket: Ticket) -> bool {
        let is_current = self.by_key.get(key).is_some_and(|(current, _)| *current == ticket);
        if is_current {
            self.by_key.remove(key);
        }
        is_current
    }

    /// Whoever asks from now on does not wait for a call that began before.
    pub(super) fn forget(&mut self, key: &K) {
        self.by_key.remove(key);
    }

    pub(super) fn forget_all(&mut self) {
        self.by_key.clear();
    }
}
