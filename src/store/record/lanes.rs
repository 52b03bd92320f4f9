//! Changes of one ledger made together: those who want the same item wait for one turn, and whose
//! turn it is makes the changes of all who wait. What sells fast so costs one commit for many
//! sales, and nobody in this process races anybody else in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::Partition;
use acp_core::limits::STOCK_CHANGES_MAX;
use acp_core::stock::{Ledger, ReservationId, Reserved};
use acp_core::time::Timestamp;
use tokio::sync::{Semaphore, oneshot};

use crate::store::Key;

/// What somebody wants of a ledger. It can be repeated: the reservation tells it from others.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Reserve { units: u32, until: Timestamp },
    Release,
    Confirm,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Reserved(Reserved),
    Released,
    Confirmed { is_sold: bool },
}

impl Act {
    pub(super) fn apply(&self, ledger: &mut Ledger, id: &ReservationId) -> Came {
        match self {
            Self::Reserve { units, until } => Came::Reserved(ledger.reserve(id, *units, *until)),
            Self::Release => {
                ledger.release(id);
                Came::Released
            }
            // A reservation the ledger never heard of was made while nobody counted the item:
            // nothing of what is counted now was promised to it.
            Self::Confirm if !ledger.reservations.contains_key(id) => Self::Confirm.uncounted(),
            Self::Confirm => Came::Confirmed { is_sold: ledger.confirm(id) },
        }
    }

    /// What comes of it for an item nobody counts.
    pub(super) const fn uncounted(&self) -> Came {
        match self {
            Self::Reserve { .. } => Came::Reserved(Reserved::Held),
            Self::Release => Came::Released,
            Self::Confirm => Came::Confirmed { is_sold: true },
        }
    }
}

/// A change somebody waits for.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) ledger: Key,
    pub(super) reservation: ReservationId,
    pub(super) act: Act,
    pub(super) tell: oneshot::Sender<Came>,
}

/// Where those wait who want something of the ledgers of one partition.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) turn: Semaphore,
    waiting: Mutex<Vec<Wish>>,
}

impl Default for Lane {
    fn default() -> Self {
        Self { turn: Semaphore::new(1), waiting: Mutex::default() }
    }
}

impl Lane {
    pub(super) fn join(&self, wish: Wish) {
        locked(&self.waiting).push(wish);
    }

    /// The next changes of a ledger, oldest first.
    pub(super) fn take(&self, ledger: &Key) -> Vec<Wish> {
        let mut waiting = locked(&self.waiting);
        let mut taken = 0_usize;
        let is_next = |wish: &mut Wish| {
            let is_next = wish.ledger == *ledger && taken < STOCK_CHANGES_MAX;
            taken = taken.saturating_add(usize::from(is_next));
            is_next
        };
        waiting.extract_if(.., is_next).collect()
    }
}

/// A lane for every partition that anybody wanted something of: at most as many as there are
/// partitions.
#[derive(Debug, Default)]
pub(super) struct Lanes(Mutex<BTreeMap<Partition, Arc<Lane>>>);

impl Lanes {
    pub(super) fn of(&self, partition: Partition) -> Arc<Lane> {
        Arc::clone(locked(&self.0).entry(partition).or_default())
    }
}

/// Nothing panics while one of these locks is held, so what a poisoned one guards is whole.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
