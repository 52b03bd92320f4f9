//! Changes of one ledger made together: those who want the same item wait for one turn, and whose
//! turn it is makes the changes of all who wait. What sells fast so costs one commit for many
//! sales, and nobody in this process races anybody else in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::ids::Partition;
use acp_core::limits::{KNOWN_LEDGERS_MAX, STOCK_CHANGES_MAX};
use acp_core::stock::{Availability, Ledger, ReservationId, Reserved};
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

impl Came {
    /// Whether more is done because of it.
    pub(super) const fn is_built_on(self) -> bool {
        match self {
            Self::Reserved(reserved) => matches!(reserved, Reserved::Held),
            Self::Confirmed { .. } | Self::Done => true,
        }
    }
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
struct Known {
    /// Nothing when nobody counted the item.
    found: Option<Found>,
    seen_at: Timestamp,
    /// Whether we ourselves are changing it, or were and never heard what came of it.
    in_doubt: bool,
}

impl Known {
    /// Nothing was there before anything was.
    fn version(&self) -> Option<Version> {
        self.found.as_ref().map(|found| found.version)
    }
}

/// When what was last seen of a ledger is told again, without looking.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trust {
    /// Never.
    Never,
    /// For so long.
    For(Duration),
    /// Always: nobody else writes it.
    Always,
}

impl Trust {
    fn covers(self, known: &Known, now: Timestamp) -> bool {
        match self {
            Self::Never => false,
            Self::For(span) => now.since(known.seen_at) < span,
            Self::Always => !known.in_doubt,
        }
    }
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

    /// What was last seen of a ledger, unless a change of it is under way.
    pub(super) fn known(&self, ledger: &str) -> Option<Found> {
        let known = locked(&self.known);
        known.get(ledger).filter(|known| !known.in_doubt)?.found.clone()
    }

    /// How much there was of an item when its ledger was last seen, where that may be told.
    pub(super) fn available(
        &self,
        ledger: &str,
        trust: Trust,
        now: Timestamp,
    ) -> Option<Availability> {
        let known = locked(&self.known);
        let known = known.get(ledger).filter(|known| trust.covers(known, now))?;
        let found = known.found.as_ref();
        Some(found.map_or(Availability::Unlimited, |found| found.ledger.available()))
    }

    /// Remembers that what is known of a ledger is about to change, until it is known to have.
    pub(super) fn doubt(&self, ledger: &Key) {
        let nothing = || Known { found: None, seen_at: Timestamp::EPOCH, in_doubt: true };
        self.with_room(ledger).entry(ledger.clone()).or_insert_with(nothing).in_doubt = true;
    }

    /// Remembers what was seen of a ledger, unless something newer was seen meanwhile. What is in
    /// doubt remains so: a change that is under way may come after it.
    pub(super) fn notice(&self, ledger: &Key, found: Option<Found>, seen_at: Timestamp) {
        let mut known = self.with_room(ledger);
        let in_doubt = known.get(ledger).is_some_and(|known| known.in_doubt);
        let seen = Known { found, seen_at, in_doubt };
        if known.get(ledger).is_none_or(|known| known.version() <= seen.version()) {
            known.insert(ledger.clone(), seen);
        }
    }

    /// Remembers how a change left a ledger. All changes of before are over with it.
    pub(super) fn learn(&self, ledger: &Key, found: Found, seen_at: Timestamp) {
        let known = Known { found: Some(found), seen_at, in_doubt: false };
        self.with_room(ledger).insert(ledger.clone(), known);
    }

    /// What is known, with room for one more: too many make room for all anew.
    fn with_room(&self, ledger: &str) -> MutexGuard<'_, BTreeMap<Key, Known>> {
        let mut known = locked(&self.known);
        if known.len() >= KNOWN_LEDGERS_MAX && !known.contains_key(ledger) {
            known.retain(|_, known| known.in_doubt);
        }
        known
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::EPOCH;

    fn item() -> Key {
        "l/honey".into()
    }

    fn found(free: u32, version: u64) -> Found {
        Found { ledger: Ledger::new(Some(free)), version: Version(version) }
    }

    fn told(lane: &Lane) -> Option<Availability> {
        lane.available(&item(), Trust::Always, NOW)
    }

    #[test]
    fn what_was_seen_is_told_until_it_is_about_to_change() {
        let lane = Lane::default();
        assert_eq!(told(&lane), None);
        lane.notice(&item(), Some(found(3, 1)), NOW);
        assert_eq!(told(&lane), Some(Availability::Units(3)));
        lane.doubt(&item());
        assert_eq!(told(&lane), None);
        assert!(lane.known(&item()).is_none());
    }

    #[test]
    fn only_a_change_that_came_off_settles_a_doubt() {
        let lane = Lane::default();
        lane.doubt(&item());
        // Read before the change that is under way, or after it: who reads cannot tell.
        lane.notice(&item(), Some(found(3, 1)), NOW);
        assert_eq!(told(&lane), None);
        lane.notice(&item(), None, NOW);
        assert_eq!(told(&lane), None);
        lane.learn(&item(), found(2, 2), NOW);
        assert_eq!(told(&lane), Some(Availability::Units(2)));
    }

    #[test]
    fn what_is_older_than_what_is_known_is_not_believed() {
        let lane = Lane::default();
        lane.learn(&item(), found(2, 2), NOW);
        lane.notice(&item(), Some(found(3, 1)), NOW);
        lane.notice(&item(), None, NOW);
        assert_eq!(told(&lane), Some(Availability::Units(2)));
        lane.notice(&item(), Some(found(9, 3)), NOW);
        assert_eq!(told(&lane), Some(Availability::Units(9)));
    }

    #[test]
    fn what_others_write_too_is_told_for_a_while() {
        let lane = Lane::default();
        lane.learn(&item(), found(2, 2), NOW);
        let span = Duration::from_secs(2);
        let told = |later| lane.available(&item(), Trust::For(span), NOW.plus(later));
        assert_eq!(told(Duration::from_millis(1_999)), Some(Availability::Units(2)));
        assert_eq!(told(span), None);
        assert_eq!(lane.available(&item(), Trust::Never, NOW), None);
    }
}
