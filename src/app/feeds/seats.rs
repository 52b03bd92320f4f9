use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ids::TenantId;
use acp_core::limits::{
    FEED_PIECE_PATIENCE, FEEDS_AT_ONCE_MAX, FEEDS_OF_OPERATORS_MAX, FEEDS_OF_TENANT_MAX,
};
use tokio::time::Instant;

/// Who reads a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedReader {
    /// Somebody of the tenant's.
    Caller,
    /// Whoever looks after the gateway; no caller can keep it from that, nor the other way round.
    Operator,
}

/// The feeds that are being written.
#[derive(Debug, Default)]
pub(super) struct Seats(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    next: u64,
    sitting: BTreeMap<u64, Sitting>,
}

/// Somebody who reads.
#[derive(Debug)]
struct Sitting {
    tenant: TenantId,
    reader: FeedReader,
    /// Since when a piece waits to be taken; nothing while one is made.
    waiting: Option<Instant>,
}

/// A place, until it is dropped, or lost to somebody who waits for one.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    number: u64,
}

impl Taken {
    fn count(&self, is_meant: impl Fn(&Sitting) -> bool) -> usize {
        self.sitting.values().filter(|sitting| is_meant(sitting)).count()
    }

    /// Takes a place from somebody among these who has taken nothing for too long; from whom that
    /// is longest.
    fn make_room(&mut self, is_meant: impl Fn(&Sitting) -> bool) -> bool {
        let slow = self.sitting.iter().filter(|(_, sitting)| is_meant(sitting));
        let slow = slow.filter_map(|(number, sitting)| Some((sitting.waiting?, *number)));
        let slowest = slow.min().filter(|(since, _)| since.elapsed() >= FEED_PIECE_PATIENCE);
        slowest.is_some_and(|(_, number)| self.sitting.remove(&number).is_some())
    }

    /// Whether there is room among these, or some is made.
    fn has_room(&mut self, most: usize, is_meant: impl Fn(&Sitting) -> bool) -> bool {
        self.count(&is_meant) < most || self.make_room(is_meant)
    }
}

impl Seats {
    /// One more of a tenant; nothing where there are as many as there may be, and all of them get
    /// on.
    pub(super) fn enter(seats: &Arc<Self>, tenant: &TenantId, reader: FeedReader) -> Option<Seat> {
        let mut taken = seats.taken();
        let is_like = |sitting: &Sitting| sitting.reader == reader;
        let has_room = match reader {
            FeedReader::Caller => {
                let is_of_tenant = |it: &Sitting| is_like(it) && it.tenant == *tenant;
                taken.has_room(FEEDS_OF_TENANT_MAX, is_of_tenant)
                    && taken.has_room(FEEDS_AT_ONCE_MAX, is_like)
            }
            FeedReader::Operator => taken.has_room(FEEDS_OF_OPERATORS_MAX, is_like),
        };
        if !has_room {
            return None;
        }
        let number = taken.next;
        taken.next = number.wrapping_add(1);
        let sitting = Sitting { tenant: tenant.clone(), reader, waiting: None };
        taken.sitting.insert(number, sitting);
        drop(taken);
        Some(Seat { seats: Arc::clone(seats), number })
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// A piece is being made: the reader waits for us. Says no where the place is lost.
    pub(super) fn makes(&self) -> bool {
        self.set(None)
    }

    /// A piece is there, and waits for the reader.
    pub(super) fn waits(&self) {
        // Who has lost its place is told so with the next piece.
        let _is_kept = self.set(Some(Instant::now()));
    }

    fn set(&self, waiting: Option<Instant>) -> bool {
        let mut taken = self.seats.taken();
        let sitting = taken.sitting.get_mut(&self.number);
        sitting.map(|sitting| sitting.waiting = waiting).is_some()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().sitting.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::FeedReader::{Caller, Operator};
    use super::*;

    #[test]
    fn a_tenant_leaves_room_for_others_and_for_operators() {
        let seats = Arc::new(Seats::default());
        let (one, other) = (TenantId::new("one"), TenantId::new("other"));
        let mut taken: Vec<_> =
            (0..FEEDS_OF_TENANT_MAX).map(|_| Seats::enter(&seats, &one, Caller).unwrap()).collect();
        assert!(Seats::enter(&seats, &one, Caller).is_none());
        assert!(Seats::enter(&seats, &other, Caller).is_some());
        taken.pop();
        taken.push(Seats::enter(&seats, &one, Caller).unwrap());
        let names = (0..).map(|number| TenantId::new(format!("tenant{number}")));
        let seated = names.map_while(|name| Seats::enter(&seats, &name, Caller));
        taken.extend(seated.take(FEEDS_AT_ONCE_MAX));
        assert_eq!(taken.len(), FEEDS_AT_ONCE_MAX);
        let desk = (0..=FEEDS_OF_OPERATORS_MAX).map_while(|_| Seats::enter(&seats, &one, Operator));
        assert_eq!(desk.collect::<Vec<_>>().len(), FEEDS_OF_OPERATORS_MAX);
        drop(taken);
        assert!(seats.taken().sitting.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_loses_its_place_to_who_waits_and_to_nobody_else() {
        let seats = Arc::new(Seats::default());
        let one = TenantId::new("one");
        let enter = || Seats::enter(&seats, &one, Caller);
        let (slow, works) = (enter().unwrap(), enter().unwrap());
        slow.waits();
        tokio::time::advance(FEED_PIECE_PATIENCE / 2).await;
        assert!(enter().is_none(), "there is still time");
        tokio::time::advance(FEED_PIECE_PATIENCE).await;
        assert!(slow.makes(), "nobody wants its place");
        slow.waits();
        tokio::time::advance(FEED_PIECE_PATIENCE).await;
        let third = enter().unwrap();
        assert!(!slow.makes() && works.makes(), "who is being served keeps its place");
        assert!(enter().is_none());
        drop(slow);
        assert!(enter().is_none(), "it had none to give back");
        drop(third);
        assert!(enter().is_some());
    }
}
