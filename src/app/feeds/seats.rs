use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::TenantId;
use acp_core::limits::{FEEDS_AT_ONCE_MAX, FEEDS_OF_TENANT_MAX};

/// How many feeds of each tenant are being written.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<HashMap<TenantId, usize>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    tenant: TenantId,
}

impl Seats {
    /// One more of a tenant; nothing where there are as many as there may be.
    pub(super) fn enter(seats: &Arc<Self>, tenant: &TenantId) -> Option<Seat> {
        let mut taken = seats.taken();
        let all = taken.values().sum::<usize>();
        let of_tenant = taken.get(tenant).copied().unwrap_or_default();
        if all >= FEEDS_AT_ONCE_MAX || of_tenant >= FEEDS_OF_TENANT_MAX {
            return None;
        }
        taken.insert(tenant.clone(), of_tenant.saturating_add(1));
        drop(taken);
        Some(Seat { seats: Arc::clone(seats), tenant: tenant.clone() })
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn taken(&self) -> MutexGuard<'_, HashMap<TenantId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken();
        if let Some(count) = taken.get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                taken.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_leaves_room_for_others() {
        let seats = Arc::new(Seats::default());
        let (one, other) = (TenantId::new("one"), TenantId::new("other"));
        let mut taken: Vec<_> =
            (0..FEEDS_OF_TENANT_MAX).map(|_| Seats::enter(&seats, &one).unwrap()).collect();
        assert!(Seats::enter(&seats, &one).is_none());
        assert!(Seats::enter(&seats, &other).is_some());
        taken.pop();
        taken.push(Seats::enter(&seats, &one).unwrap());
        let names = (0..).map(|number| TenantId::new(format!("tenant{number}")));
        let seated = names.map_while(|name| Seats::enter(&seats, &name));
        taken.extend(seated.take(FEEDS_AT_ONCE_MAX));
        assert_eq!(taken.len(), FEEDS_AT_ONCE_MAX);
        drop(taken);
        assert!(seats.taken().is_empty());
    }
}
