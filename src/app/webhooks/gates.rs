use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::ids::EndpointId;
use acp_core::limits::{
    DELIVERIES_TAKEN_UP_MAX, DELIVERIES_TO_AGENT_MAX, DELIVERIES_TO_ONE_MAX,
    DELIVERIES_WAITING_MAX, DELIVERY_FAILURES_MAX, DELIVERY_WAIT, ENDPOINTS_WATCHED_MAX,
};
use acp_core::session::Owner;
use lru::LruCache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How an endpoint fares.
#[derive(Clone, Debug)]
struct Gate {
    /// How many were taken up, and are told or wait for their turn.
    taken_up: usize,
    /// How many are telling it something.
    inside: usize,
    /// How often in a row it heard nothing.
    failures: u32,
    /// How long it takes to listen, about.
    took: Option<Duration>,
    /// The turns of those that were taken up.
    turns: Arc<Semaphore>,
}

impl Default for Gate {
    fn default() -> Self {
        let turns = Arc::new(Semaphore::new(DELIVERIES_TO_ONE_MAX));
        Self { taken_up: 0, inside: 0, failures: 0, took: None, turns }
    }
}

impl Gate {
    /// How many may tell it something at a time.
    const fn room(&self) -> usize {
        // One that does not listen is asked by one at a time, to see whether it does again.
        if self.failures >= DELIVERY_FAILURES_MAX { 1 } else { DELIVERIES_TO_ONE_MAX }
    }

    /// How many may be taken up. Of one that is slow, few: what nobody gets round to is left to
    /// others.
    fn places(&self) -> usize {
        match self.took {
            Some(took) if self.failures == 0 => {
                let rounds = DELIVERY_WAIT.as_micros() / took.as_micros().max(1);
                let rounds = usize::try_from(rounds).unwrap_or(usize::MAX);
                let places = DELIVERIES_TO_ONE_MAX.saturating_mul(rounds);
                places.clamp(DELIVERIES_TO_ONE_MAX, DELIVERIES_WAITING_MAX)
            }
            Some(_) | None => self.room(),
        }
    }

    fn note(&mut self, took: Option<Duration>) {
        let Some(took) = took else {
            self.failures = self.failures.saturating_add(1);
            return;
        };
        self.failures = 0;
        let before = self.took.unwrap_or(took);
        self.took = Some(before.saturating_mul(7).saturating_add(took) / 8);
    }
}

type Known = Arc<Mutex<Entered>>;

#[derive(Debug)]
struct Entered {
    gates: LruCache<EndpointId, Gate>,
    /// How many are telling any endpoint of an agent something.
    by_owner: HashMap<Owner, usize>,
    /// How many were taken up, to whatever endpoint.
    taken_up: usize,
}

/// Lets so many tell an endpoint something at the same time: one who is slow or away must not use
/// up the turns of all others, and nobody gets more of them by having more endpoints.
#[derive(Clone, Debug)]
pub(super) struct Gates(Known);

impl Default for Gates {
    fn default() -> Self {
        let most = NonZeroUsize::new(ENDPOINTS_WATCHED_MAX).unwrap_or(NonZeroUsize::MIN);
        let gates = LruCache::new(most);
        Self(Arc::new(Mutex::new(Entered { gates, by_owner: HashMap::new(), taken_up: 0 })))
    }
}

impl Gates {
    fn known(&self) -> MutexGuard<'_, Entered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a delivery that is to be taken up, where there is one; otherwise says how often
    /// the endpoint has failed in a row.
    pub(super) fn place(&self, endpoint: &EndpointId) -> Result<Place, u32> {
        let mut known = self.known();
        let Entered { gates, taken_up, .. } = &mut *known;
        let gate = gates.get_or_insert_mut_ref(endpoint, Gate::default);
        if gate.taken_up >= gate.places() || *taken_up >= DELIVERIES_TAKEN_UP_MAX {
            return Err(gate.failures);
        }
        gate.taken_up = gate.taken_up.saturating_add(1);
        *taken_up = taken_up.saturating_add(1);
        let turns = Arc::clone(&gate.turns);
        Ok(Place { gates: self.clone(), endpoint: endpoint.clone(), turns })
    }

    /// Goes in, where there is room; otherwise says how often the endpoint has failed in a row.
    pub(super) fn enter(&self, endpoint: &EndpointId, owner: &Owner) -> Result<Inside, u32> {
        let mut known = self.known();
        let Entered { gates, by_owner, .. } = &mut *known;
        let gate = gates.get_or_insert_mut_ref(endpoint, Gate::default);
        let of_owner = by_owner.get(owner).copied().unwrap_or_default();
        if gate.inside >= gate.room() || of_owner >= DELIVERIES_TO_AGENT_MAX {
            return Err(gate.failures);
        }
        gate.inside = gate.inside.saturating_add(1);
        by_owner.insert(owner.clone(), of_owner.saturating_add(1));
        Ok(Inside { gates: self.clone(), endpoint: endpoint.clone(), owner: owner.clone() })
    }

    /// Takes note how long it took until something was heard; nothing where it was not.
    pub(super) fn note(&self, endpoint: &EndpointId, took: Option<Duration>) {
        if let Some(gate) = self.known().gates.get_mut(endpoint) {
            gate.note(took);
        }
    }
}

/// A delivery that was taken up, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    gates: Gates,
    endpoint: EndpointId,
    turns: Arc<Semaphore>,
}

impl Place {
    /// Waits for its turn.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut known = self.gates.known();
        known.taken_up = known.taken_up.saturating_sub(1);
        if let Some(gate) = known.gates.get_mut(&self.endpoint) {
            gate.taken_up = gate.taken_up.saturating_sub(1);
        }
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
        let enter = |_| gates.enter(&one, &owner("a"));
        let inside: Vec<_> = (0..DELIVERIES_TO_ONE_MAX).map(|it| enter(it).unwrap()).collect();
        assert!(gates.enter(&one, &owner("a")).is_err());
        assert!(gates.enter(&endpoint(2), &owner("a")).is_ok());
        drop(inside);
        assert!(gates.enter(&one, &owner("a")).is_ok());
    }

    /// How many more can be taken up.
    fn places(gates: &Gates, endpoint: &EndpointId) -> usize {
        let place = |_| gates.place(endpoint).ok();
        (0..2 * DELIVERIES_TAKEN_UP_MAX).map_while(place).collect::<Vec<_>>().len()
    }

    #[test]
    fn an_endpoint_gets_as_many_as_it_is_told_in_a_while() {
        let (gates, one) = (Gates::default(), endpoint(1));
        assert_eq!(places(&gates, &one), DELIVERIES_TO_ONE_MAX, "nobody knows it");
        gates.note(&one, Some(DELIVERY_WAIT / 4));
        assert_eq!(places(&gates, &one), 4 * DELIVERIES_TO_ONE_MAX);
        gates.note(&one, None);
        assert_eq!(places(&gates, &one), DELIVERIES_TO_ONE_MAX, "it may be away");
        for _ in 0..40 {
            gates.note(&one, Some(Duration::from_micros(100)));
        }
        assert_eq!(places(&gates, &one), DELIVERIES_WAITING_MAX);
        for _ in 0..40 {
            gates.note(&one, Some(3 * DELIVERY_WAIT));
        }
        assert_eq!(places(&gates, &one), DELIVERIES_TO_ONE_MAX);
    }

    #[test]
    fn a_process_takes_up_no_more_than_it_can_remember() {
        let gates = Gates::default();
        let place = |number| gates.place(&endpoint(number)).ok();
        for number in 0..=u8::MAX {
            drop(place(number));
            gates.note(&endpoint(number), Some(Duration::ZERO));
        }
        let each = (0..=u8::MAX).flat_map(|number| [number; 2 * DELIVERIES_TO_ONE_MAX]);
        let taken_up: Vec<_> = each.filter_map(place).collect();
        assert_eq!(taken_up.len(), DELIVERIES_TAKEN_UP_MAX);
        drop(taken_up);
        assert!(place(1).is_some());
    }

    #[test]
    fn one_who_does_not_listen_is_asked_by_one_at_a_time() {
        let (gates, one) = (Gates::default(), endpoint(1));
        for _ in 0..DELIVERY_FAILURES_MAX {
            drop(gates.enter(&one, &owner("a")).unwrap());
            gates.note(&one, None);
        }
        let place = gates.place(&one);
        assert!(place.is_ok());
        assert_eq!(gates.place(&one).err(), Some(DELIVERY_FAILURES_MAX));
        gates.note(&one, Some(Duration::from_millis(1)));
        assert!(gates.place(&one).is_ok(), "it listens again");
    }
}
