use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::EndpointId;
use acp_core::limits::{
    DELIVERIES_TO_AGENT_MAX, DELIVERIES_TO_ONE_MAX, DELIVERY_FAILURES_MAX, ENDPOINTS_WATCHED_MAX,
};
use acp_core::session::Owner;
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

type Known = Arc<Mutex<Entered>>;

#[derive(Debug)]
struct Entered {
    gates: LruCache<EndpointId, Gate>,
    /// How many are telling any endpoint of an agent something.
    by_owner: HashMap<Owner, usize>,
}

/// Lets so many tell an endpoint something at the same time: one who is slow or away must not use
/// up the turns of all others, and nobody gets more of them by having more endpoints.
#[derive(Clone, Debug)]
pub(super) struct Gates(Known);

impl Default for Gates {
    fn default() -> Self {
        let most = NonZeroUsize::new(ENDPOINTS_WATCHED_MAX).unwrap_or(NonZeroUsize::MIN);
        Self(Arc::new(Mutex::new(Entered { gates: LruCache::new(most), by_owner: HashMap::new() })))
    }
}

impl Gates {
    fn known(&self) -> MutexGuard<'_, Entered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(&self, endpoint: &EndpointId) -> Gate {
        self.known().gates.peek(endpoint).copied().unwrap_or_default()
    }

    /// Goes in, where there is room; otherwise says how often the endpoint has failed in a row.
    pub(super) fn enter(&self, endpoint: &EndpointId, owner: &Owner) -> Result<Inside, u32> {
        let mut known = self.known();
        let Entered { gates, by_owner } = &mut *known;
        let gate = gates.get_or_insert_mut_ref(endpoint, Gate::default);
        let of_owner = by_owner.get(owner).copied().unwrap_or_default();
        if gate.inside >= gate.room() || of_owner >= DELIVERIES_TO_AGENT_MAX {
            return Err(gate.failures);
        }
        gate.inside = gate.inside.saturating_add(1);
        by_owner.insert(owner.clone(), of_owner.saturating_add(1));
        Ok(Inside { gates: self.clone(), endpoint: endpoint.clone(), owner: owner.clone() })
    }

    /// Takes note whether something was heard.
    pub(super) fn note(&self, endpoint: &EndpointId, is_heard: bool) {
        if let Some(gate) = self.known().gates.get_mut(endpoint) {
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
    owner: Owner,
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut known = self.gates.known();
        if let Some(gate) = known.gates.get_mut(&self.endpoint) {
            gate.inside = gate.inside.saturating_sub(1);
        }
        if let Some(inside) = known.by_owner.get_mut(&self.owner) {
            *inside = inside.saturating_sub(1);
            if *inside == 0 {
                known.by_owner.remove(&self.owner);
            }
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
    use acp_core::ids::{AgentId, Random128, TenantId};

    use super::*;

    fn endpoint(number: u8) -> EndpointId {
        EndpointId::new(Random128([number; 16]))
    }

    fn owner(agent: &'static str) -> Owner {
        Owner { tenant: TenantId::new("shop"), agent: AgentId::new(agent) }
    }

    #[test]
    fn many_endpoints_of_one_agent_share_what_it_may_be_told() {
        let gates = Gates::default();
        let enter = |number: u8, agent| gates.enter(&endpoint(number), &owner(agent));
        let each = (0..8).flat_map(|number| [number; DELIVERIES_TO_ONE_MAX]);
        let inside: Vec<_> = each.filter_map(|number| enter(number, "a").ok()).collect();
        assert_eq!(inside.len(), DELIVERIES_TO_AGENT_MAX);
        assert!(enter(9, "b").is_ok(), "others are not counted");
        drop(inside);
        assert!(enter(1, "a").is_ok());
    }

    #[test]
    fn so_many_tell_an_endpoint_something_and_others_are_not_counted() {
        let (gates, one) = (Gates::default(), endpoint(1));
        let inside: Vec<_> =
            (0..DELIVERIES_TO_ONE_MAX).map(|_| gates.enter(&one, &owner("a")).unwrap()).collect();
        assert!(gates.enter(&one, &owner("a")).is_err());
        assert!(gates.batch().admit(&one).is_err());
        assert!(gates.enter(&endpoint(2), &owner("a")).is_ok());
        drop(inside);
        assert!(gates.enter(&one, &owner("a")).is_ok());
    }

    #[test]
    fn one_who_does_not_listen_is_asked_by_one_at_a_time() {
        let (gates, one) = (Gates::default(), endpoint(1));
        for _ in 0..DELIVERY_FAILURES_MAX {
            drop(gates.enter(&one, &owner("a")).unwrap());
            gates.note(&one, false);
        }
        let mut batch = gates.batch();
        assert!(batch.admit(&one).is_ok());
        assert_eq!(batch.admit(&one), Err(DELIVERY_FAILURES_MAX));
        gates.note(&one, true);
        assert!(batch.admit(&one).is_ok(), "it listens again");
    }
}
