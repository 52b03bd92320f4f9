//! What a merchant says about the stock of an item.

use super::{Availability, Ledger};

/// A new count of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// So many are free; without a number it never runs out.
    Free(Option<u32>),
    /// So many more are free, or fewer.
    By(i64),
}

/// A new count, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountStock {
    /// The count.
    pub count: Count,
    /// Why, for whoever reads the log.
    pub note: Option<Box<str>>,
}

/// Why a count is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountRefusal {
    /// Nobody counts the item, so that there is nothing to add to.
    #[error("nobody counts this item: say how many are free")]
    Uncounted,
    /// What is promised or sold is not taken away.
    #[error("only {free} are free, and what is promised stays promised")]
    TooFew {
        /// How many are free.
        free: u32,
    },
    /// No ledger holds so many.
    #[error("at most {} can be free", u32::MAX)]
    TooMany,
}

/// How much of an item there is, as far as it is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemStock {
    /// Units that are promised to nobody; `None` when it never runs out.
    pub free: Option<u32>,
    /// Units that are promised and that were sold, where they are counted here.
    pub counted: Option<(u64, u64)>,
}

impl ItemStock {
    /// What a ledger says, or that there is none.
    pub fn of(ledger: Option<&Ledger>) -> Self {
        let counted = ledger.map_or((0, 0), |ledger| (ledger.reserved(), ledger.sold));
        Self { free: ledger.and_then(|ledger| ledger.free), counted: Some(counted) }
    }
}

impl From<Availability> for ItemStock {
    fn from(available: Availability) -> Self {
        let free = match available {
            Availability::Unlimited => None,
            Availability::Units(units) => Some(units),
        };
        Self { free, counted: None }
    }
}

impl Ledger {
    /// The ledger of an item after a count; it may be the first.
    ///
    /// # Errors
    /// Refuses to take away what is not free, and to add to what nobody counts.
    pub fn counted(known: Option<Self>, count: Count) -> Result<Self, CountRefusal> {
        let free = match count {
            Count::Free(free) => free,
            Count::By(more) => {
                let free = known.as_ref().and_then(|ledger| ledger.free);
                let free = free.ok_or(CountRefusal::Uncounted)?;
                let sum = i64::from(free).checked_add(more).ok_or(CountRefusal::TooMany)?;
                if sum < 0 {
                    return Err(CountRefusal::TooFew { free });
                }
                Some(u32::try_from(sum).map_err(|_too_many| CountRefusal::TooMany)?)
            }
        };
        let mut ledger = known.unwrap_or_else(|| Self::new(free));
        ledger.recount(free);
        Ok(ledger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock::ReservationId;
    use crate::time::Timestamp;

    #[test]
    fn a_count_never_takes_what_is_promised() {
        let mut ledger = Ledger::new(Some(5));
        ledger.reserve(&ReservationId("a".into()), 2, Timestamp::EPOCH);
        for (count, free) in [
            (Count::By(-3), Ok(Some(0))),
            (Count::By(4), Ok(Some(7))),
            (Count::By(-4), Err(CountRefusal::TooFew { free: 3 })),
            (Count::By(i64::MIN), Err(CountRefusal::TooFew { free: 3 })),
            (Count::By(i64::MAX), Err(CountRefusal::TooMany)),
            (Count::By(i64::from(u32::MAX)), Err(CountRefusal::TooMany)),
            (Count::Free(Some(0)), Ok(Some(0))),
            (Count::Free(None), Ok(None)),
        ] {
            let counted = Ledger::counted(Some(ledger.clone()), count);
            assert_eq!(counted.as_ref().map(|it| it.free), free.as_ref().copied(), "{count:?}");
            if let Ok(counted) = counted {
                assert_eq!(counted.reserved(), 2, "{count:?}");
            }
        }
    }

    #[test]
    fn what_nobody_counts_is_counted_before_it_is_added_to() {
        let uncounted = Err(CountRefusal::Uncounted);
        assert_eq!(Ledger::counted(None, Count::By(1)), uncounted);
        assert_eq!(Ledger::counted(Some(Ledger::new(None)), Count::By(1)), uncounted);
        let first = Ledger::counted(None, Count::Free(Some(7)));
        assert_eq!(first, Ok(Ledger::new(Some(7))));
    }
}
