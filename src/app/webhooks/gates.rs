use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::EndpointId;
use acp_core::limits::{DELIVERIES_TO_ONE_MAX, DELIVERY_FAILURES_MAX, ENDPOINTS_WATCHED_MAX};
use lru::LruCache;

/// How an endpoint fares.
#[derive(Clone, Copy, Debug, Default)]
struct Gate {
    /// How many are telling it something.
    inside: usize,
    /// How often in a row it heard nothing.
    failures: u32,
}

impl Gate {
    const fn room(self) -> usize {
        // One that does not listen is asked by one at a time, to see whether it does again.
        if self.failures >= DELIVERY_FAILURES_MAX { 1 } else { DELIVERIES_TO_ONE_MAX }
    }
}

type Known = Arc<Mutex<LruCache<EndpointId, Gate>>>;

/// Lets so many tell an endpoint something at the same time: one who is slow or away must not use
/// up the turns of all others.
#[derive(Clone, Debug)]
pub(super) struct Gates(Known);

impl Default for Gates {
    fn default() -> Self {
        let most = NonZeroUsize::new(ENDPOINTS_WATCHED_MAX).unwrap_or(NonZeroUsize::MIN);
        Self(Arc::new(Mutex::new(LruCache::new(most))))
    }
}

impl Gates {
    fn known(&self) -> MutexGuard<'_, LruCache<EndpointId, Gate>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, endpoint: &EndpointId) -> Gate {
        self.known().peek(endpoint).copied().unwrap_or_default()
    }

    /// Goes in, where there is room; otherwise says how often the endpoint has failed in a row.
    pub(super) fn enter(&self, endpoint: &EndpointId) -> Result<Inside, u32> {
        let mut known = self.known();
        let gate = known.get_or_insert_mut_ref(endpoint, Gate::default);
        if gate.inside >= gate.room() {
            return Err(gate.failures);
        }
        gate.inside = gate.inside.saturating_add(1);
        Ok(Inside { gates: self.clone(), endpoint: endpoint.clone() })
    }

    /// Takes note whether something was heard.
    pub(super) fn note(&self, endpoint: &EndpointId, is_heard: bool) {
        if let Some(gate) = self.known().get_mut(endpoint) {
            gate.failures = if is_heard { 0 } else { gate.failures.saturating_add(1) };
        }
    }

    /// Counts those of one look.
    pub(super) fn batch(&self) -> Batch<'_> {
        Batch { gates: self, admitted: HashMap::new() }
    }
}

/// Somebody who tells an endpoint something, until it is dropped.
#[derive(Debug)]
pub(super) struct Inside {
    gates: Gates,
    endpoint: EndpointId,
}

impl Drop for Inside {
    fn drop(&mut self) {
        if let Some(gate) = self.gates.known().get_mut(&self.endpoint) {
            gate.inside = gate.inside.saturating_sub(1);
        }
    }
}

/// Those that were found at the same time.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    gates: &'a Gates,
    admitted: HashMap<EndpointId, usize>,
}

impl Batch<'_> {
    /// Takes one more on, where there is room; otherwise says how often the endpoint has failed in
    /// a row.
    pub(super) fn admit(&mut self, endpoint: &EndpointId) -> Result<(), u32> {
        let gate = self.gates.of(endpoint);
        let admitted = self.admitted.entry(endpoint.clone()).or_default();
        if gate.inside.saturating_add(*admitted) >= gate.room() {
            return Err(gate.failures);
        }
        *admitted = admitted.saturating_add(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use acp_core::ids::Random128;

    use super::*;

    fn endpoint(number: u8) -> EndpointId {
        EndpointId::new(Random128([number; 16]))
    }

    #[test]
    fn so_many_tell_an_endpoint_something_and_others_are_not_counted() {
        let (gates, one) = (Gates::default(), endpoint(1));
        let inside: Vec<_> =
            (0..DELIVERIES_TO_ONE_MAX).map(|_| gates.enter(&one).unwrap()).collect();
        assert!(gates.enter(&one).is_err());
        assert!(gates.batch().admit(&one).is_err());
        assert!(gates.enter(&endpoint(2)).is_ok());
        drop(inside);
        assert!(gates.enter(&one).is_ok());
    }

    #[test]
    fn one_who_does_not_listen_is_asked_by_one_at_a_time() {
        let (gates, one) = (Gates::default(), endpoint(1));
        for _ in 0..DELIVERY_FAILURES_MAX {
            drop(gates.enter(&one).unwrap());
            gates.note(&one, false);
        }
        let mut batch = gates.batch();
        assert!(batch.admit(&one).is_ok());
        assert_eq!(batch.admit(&one), Err(DELIVERY_FAILURES_MAX));
        gates.note(&one, true);
        assert!(batch.admit(&one).is_ok(), "it listens again");
    }
}
