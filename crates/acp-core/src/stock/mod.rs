//! The stock of one item: a ledger of what is there, what is promised and what is sold.
//!
//! Each change is idempotent by the id of its reservation, so that it may be repeated after a
//! lost answer. Nothing is ever promised twice: `free + reserved + sold` changes only when the
//! merchant says that stock arrived or was lost.

mod adjustment;
mod count;

use std::collections::BTreeMap;

use crate::ids::{ItemId, SessionId};
use crate::time::Timestamp;

pub use adjustment::{Adjustment, Heard, Next, Repetition, Taking};
pub use count::{Count, CountRefusal, CountStock, ItemStock};

/// How much of an item can be promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It never runs out.
    Unlimited,
    /// This many.
    Units(u32),
}

/// Names a reservation: the same run and line always use the same one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReservationId(pub Box<str>);

impl ReservationId {
    /// The reservation of something a completion asks for.
    pub fn of(session: &SessionId, attempt: u32, what: &str) -> Self {
        Self(format!("{session}|{attempt}|{what}").into())
    }

    /// Whose it is: the session and the attempt; `None` for what was never made here.
    pub fn owner(&self) -> Option<(SessionId, u32)> {
        let mut parts = self.0.splitn(3, '|');
        let session = SessionId::parse(parts.next()?).ok()?;
        Some((session, parts.next()?.parse().ok()?))
    }
}

/// Stock that is promised, or is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Of which item.
    pub item: ItemId,
    /// The reservation, the same each time the same run asks.
    pub reservation: ReservationId,
    /// How many.
    pub units: u32,
}

/// Where a reservation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reservation {
    /// Promised to a running completion, until then at the least.
    Held {
        /// How many.
        units: u32,
        /// Its owner is asked about it from then on.
        until: Timestamp,
    },
    /// Sold.
    Confirmed {
        /// How many.
        units: u32,
    },
    /// Given back; a late `reserve` with this id is refused.
    Released,
}

/// What came of a wish to reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// It is held (or was already).
    Held,
    /// There is not enough; this many could be had.
    TooFew(u32),
    /// This reservation was given back before; it cannot be had again.
    Over,
}

/// The ledger of one item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Units that are promised to nobody; `None` when it never runs out.
    pub free: Option<u32>,
    /// Units that were sold through this ledger.
    pub sold: u64,
    /// Reservations that are held, and the last ones that ended.
    pub reservations: BTreeMap<ReservationId, Reservation>,
}

impl Ledger {
    /// A ledger of an item of which this many are there.
    pub const fn new(free: Option<u32>) -> Self {
        Self { free, sold: 0, reservations: BTreeMap::new() }
    }

    /// How much can be promised.
    pub fn available(&self) -> Availability {
        self.free.map_or(Availability::Unlimited, Availability::Units)
    }

    /// Units that are promised.
    pub fn reserved(&self) -> u64 {
        self.reservations.values().fold(0, |sum, reservation| match reservation {
            Reservation::Held { units, .. } => sum.saturating_add(u64::from(*units)),
            Reservation::Confirmed { .. } | Reservation::Released => sum,
        })
    }

    /// Promises units to a reservation, all or none.
    pub fn reserve(&mut self, id: &ReservationId, units: u32, until: Timestamp) -> Reserved {
        match self.reservations.get(id) {
            Some(Reservation::Held { .. } | Reservation::Confirmed { .. }) => {
                return Reserved::Held;
            }
            Some(Reservation::Released) => return Reserved::Over,
            None => {}
        }
        if let Some(free) = self.free {
            match free.checked_sub(units) {
                Some(left) => self.free = Some(left),
                None => return Reserved::TooFew(free),
            }
        }
        self.reservations.insert(id.clone(), Reservation::Held { units, until });
        Reserved::Held
    }

    /// Gives a promise back. Releasing what was never held leaves a mark that refuses a late
    /// `reserve`; releasing what was sold changes nothing.
    pub fn release(&mut self, id: &ReservationId) {
        match self.reservations.get(id) {
            Some(Reservation::Held { units, .. }) => {
                self.free = self.free.map(|free| free.saturating_add(*units));
                self.reservations.insert(id.clone(), Reservation::Released);
            }
            None => {
                self.reservations.insert(id.clone(), Reservation::Released);
            }
            Some(Reservation::Confirmed { .. } | Reservation::Released) => {}
        }
    }

    /// Turns a promise into a sale. Says whether it is one now.
    pub fn confirm(&mut self, id: &ReservationId) -> bool {
        match self.reservations.get(id) {
            Some(Reservation::Held { units, .. }) => {
                let units = *units;
                self.sold = self.sold.saturating_add(u64::from(units));
                self.reservations.insert(id.clone(), Reservation::Confirmed { units });
                true
            }
            Some(Reservation::Confirmed { .. }) => true,
            Some(Reservation::Released) | None => false,
        }
    }

    /// Keeps a promise up for longer. Says whether it is (still) one.
    pub fn renew(&mut self, id: &ReservationId, until: Timestamp) -> bool {
        match self.reservations.get_mut(id) {
            Some(Reservation::Held { until: end, .. }) => {
                *end = until.max(*end);
                true
            }
            Some(Reservation::Confirmed { .. } | Reservation::Released) | None => false,
        }
    }

    /// Takes a sale back, because its order was: the units are free again. A promise that never
    /// became a sale is given back. Repeating it changes nothing.
    pub fn restock(&mut self, id: &ReservationId) {
        match self.reservations.get(id) {
            Some(Reservation::Held { .. }) => self.release(id),
            Some(Reservation::Confirmed { units }) => {
                let units = *units;
                self.sold = self.sold.saturating_sub(u64::from(units));
                self.free = self.free.map(|free| free.saturating_add(units));
                self.reservations.insert(id.clone(), Reservation::Released);
            }
            Some(Reservation::Released) | None => {}
        }
    }

    /// When somebody has to ask the owner of a promise next; `None` when nothing is promised.
    pub fn next_question(&self) -> Option<Timestamp> {
        let ends = self.reservations.values().filter_map(|reservation| match reservation {
            Reservation::Held { until, .. } => Some(*until),
            Reservation::Confirmed { .. } | Reservation::Released => None,
        });
        ends.min()
    }

    /// Promises whose owners have to be asked whether they still want them.
    pub fn overdue(&self, now: Timestamp) -> Vec<(ReservationId, u32)> {
        let held = self.reservations.iter().filter_map(|(id, reservation)| match reservation {
            Reservation::Held { units, until } if *until <= now => Some((id.clone(), *units)),
            Reservation::Held { .. } | Reservation::Confirmed { .. } | Reservation::Released => {
                None
            }
        });
        held.collect()
    }

    /// Forgets a reservation that has ended, once nobody can ask about it any more.
    pub fn forget(&mut self, id: &ReservationId) {
        if let Some(Reservation::Confirmed { .. } | Reservation::Released) =
            self.reservations.get(id)
        {
            self.reservations.remove(id);
        }
    }

    /// Sets what is free, as counted by the merchant.
    pub const fn recount(&mut self, free: Option<u32>) {
        self.free = free;
    }
}

#[cfg(test)]
mod tests;
