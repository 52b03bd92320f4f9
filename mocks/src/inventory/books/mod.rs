//! How many units of each item are free, held and sold, and what calls do to them.
//!
//! Nothing in here waits, knows HTTP or fails at random: every call happens whole or not at all.

mod adjustments;
mod reservations;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use acp_core::time::Timestamp;
use serde::Serialize;

use super::movement::{Movement, Way};
use super::refusal::Refusal;
use adjustments::Kept;

pub(super) use reservations::{Goods, Reservation, State};

/// How many units of an item there are. What is free, held and sold, less what adjustments
/// changed, is always what there was initially.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What there was before anything moved, as it was last counted; none of what never runs out.
    pub initial: Option<i64>,
    /// What can be promised or taken; none of what never runs out.
    pub free: Option<i64>,
    /// What is promised.
    pub held: i64,
    /// What was promised and confirmed.
    pub sold: i64,
    /// What adjustments have added and taken altogether.
    pub adjusted: i64,
}

/// How the books are opened.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// How much there is of what nobody has counted; none where that is unknown.
    pub(super) uncounted: Option<u32>,
    /// Whether an adjustment with a known key is carried out again.
    pub(super) forgets_keys: bool,
}

/// One call, apart from what it asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) now: Timestamp,
    pub(super) key: Option<&'a str>,
    pub(super) session: Option<&'a str>,
    /// Whether fate says that there is not enough.
    pub(super) is_out_of_stock: bool,
}

/// The books.
#[derive(Debug)]
pub(super) struct Books {
    terms: Terms,
    counts: BTreeMap<String, Count>,
    reservations: HashMap<String, Reservation>,
    /// The promises there are, soonest to run out first.
    ends: BTreeSet<(Timestamp, String)>,
    keys: HashMap<String, Kept>,
    movements: Vec<Movement>,
}

impl Books {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            terms,
            counts: BTreeMap::new(),
            reservations: HashMap::new(),
            ends: BTreeSet::new(),
            keys: HashMap::new(),
            movements: Vec::new(),
        }
    }

    /// Every movement there ever was, in order.
    pub(super) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Every item that was ever counted, promised or adjusted.
    pub(super) const fn counts(&self) -> &BTreeMap<String, Count> {
        &self.counts
    }

    /// How much there is of an item.
    pub(super) fn count(&self, item: &str) -> Result<Count, Refusal> {
        let known = self.counts.get(item).copied();
        known.or_else(|| self.uncounted()).ok_or(Refusal::UnknownItem)
    }

    /// Counts anew what is free of an item; `None` never runs out.
    pub(super) fn set(&mut self, now: Timestamp, item: &str, free: Option<u32>) {
        let before = self.count(item).unwrap_or_default();
        let free = free.map(i64::from);
        let initial = free.map(|free| free + before.held + before.sold - before.adjusted);
        self.counts.insert(item.to_owned(), Count { initial, free, ..before });
        let units = free.unwrap_or(0) - before.free.unwrap_or(0);
        let call = Call { now, key: None, session: None, is_out_of_stock: false };
        self.book(&call, Way::Count, item, units);
    }

    fn uncounted(&self) -> Option<Count> {
        let units = self.terms.uncounted.map(i64::from)?;
        Some(Count { initial: Some(units), free: Some(units), ..Count::default() })
    }

    /// Takes free units, if there are enough and fate has nothing against it.
    fn take(&mut self, call: &Call, item: &str, units: u32) -> Result<&mut Count, Refusal> {
        let units = i64::from(units);
        let count = self.count(item)?;
        let free = count.free.unwrap_or(i64::MAX);
        if free < units || call.is_out_of_stock {
            return Err(Refusal::OutOfStock { available: free.min(units - 1) });
        }
        let count = self.counts.entry(item.to_owned()).or_insert(count);
        count.free = count.free.map(|free| free - units);
        Ok(count)
    }

    /// Gives units back to those that are free. Whatever was taken was counted before.
    fn give(&mut self, item: &str, units: u32) -> Option<&mut Count> {
        let count = self.counts.get_mut(item)?;
        count.free = count.free.map(|free| free + i64::from(units));
        Some(count)
    }

    fn book(&mut self, call: &Call, way: Way, item: &str, units: i64) {
        self.movements.push(Movement {
            at_ms: call.now.unix_ms(),
            way,
            item: item.to_owned(),
            units,
            reservation: None,
            idempotency_key: call.key.map(str::to_owned),
            session: call.session.map(str::to_owned),
            note: None,
        });
    }
}
