//! Changes of one ledger made together: those who want the same item wait for one turn, and whose
//! turn it is makes the changes of all who wait. What sells fast so costs one commit for many
//! sales, and nobody in this process races anybody else in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::Partition;
use acp_core::limits::{KNOWN_LEDGERS_MAX, STOCK_CHANGES_MAX};
use acp_core::stock::{Ledger, ReservationId, Reserved};
use acp_core::time::Timestamp;
use tokio::sync::{Semaphore, oneshot};

use crate::seeded::{Bug, has};
use crate::store::{Key, Version};

/// What somebody wants of a ledger. It can be repeated: the reservation tells it from others.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Reserve { units: u32, until: Timestamp },
    Renew { until: Timestamp },
    Release,
    Confirm,
    Restock,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Reserved(Reserved),
    Done,
    Confirmed { is_sold: bool },
}

impl Act {
    pub(super) fn apply(&self, ledger: &mut Ledger, id: &ReservationId) -> Came {
        match self {
            Self::Reserve { units, .. }
                if has(Bug::ReserveTwice) && ledger.reservations.contains_key(id) =>
            {
                ledger.free = ledger.free.and_then(|free| free.checked_sub(*units)).or(Some(0));
                Came::Reserved(Reserved::Held)
            }
            Self::Reserve { units, until } => Came::Reserved(ledger.reserve(id, *units, *until)),
            Self::Renew { until } => {
                ledger.renew(id, *until);
                Came::Done
            }
            Self::Release => {
                ledger.release(id);
                if has(Bug::TombstoneMissing) {
                    ledger.reservations.remove(id);
                }
                Came::Done
            }
            Self::Restock => {
                ledger.restock(id);
                Came::Done
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
            Self::Renew { .. } | Self::Release | Self::Restock => Came::Done,
            Self::Confirm => Came::Confirmed { is_sold: true },
        }
    }
}

impl Act {
    /// Whether the ledger alone, without what is known of reservations that have ended, says what
    /// comes of it: it moves a promise that is there, or makes one that is not.
    pub(super) fn is_plain(&self, ledger: &Ledger, id: &ReservationId) -> bool {
        let is_held = ledger.reservations.contains_key(id);
        match self {
            Self::Reserve { units, .. } => {
                !is_held && ledger.free.is_none_or(|free| free >= *units)
            }
            Self::Renew { .. } | Self::Release | Self::Confirm | Self::Restock => is_held,
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
    known: Mutex<BTreeMap<Key, Known>>,
}

/// A ledger as it was found, without reservations that have ended.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) ledger: Ledger,
    pub(super) version: Version,
}

/// What was last seen of a ledger: it may have changed since, which its version tells.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Nothing when nobody counted the item.
    pub(super) found: Option<Found>,
    pub(super) seen_at: Timestamp,
}

impl Default for Lane {
    fn default() -> Self {
        Self { turn: Semaphore::new(1), waiting: Mutex::default(), known: Mutex::default() }
    }
}

impl Lane {
    pub(super) fn join(&self, wish: Wish) {
        locked(&self.waiting).push(wish);
    }

    /// What was last seen of a ledger.
    pub(super) fn known(&self, ledger: &str) -> Option<Known> {
        locked(&self.known).get(ledger).cloned()
    }

    /// Remembers what was seen of a ledger. Too many make room for all anew.
    pub(super) fn learn(&self, ledger: &Key, seen: Known) {
        let mut known = locked(&self.known);
        if known.len() >= KNOWN_LEDGERS_MAX && !known.contains_key(ledger) {
            known.clear();
        }
        known.insert(ledger.clone(), seen);
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
