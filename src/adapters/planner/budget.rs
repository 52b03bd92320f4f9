use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::{Clock, ModelFailure};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// How often a model may be asked, and how much may be said. It is counted in this process alone,
/// and from nothing after a start: with several gateways each has a budget of its own.
pub(super) struct Budget {
    calls_per_minute: u32,
    tokens_per_day: u64,
    clock: Arc<dyn Clock>,
    spent: Mutex<Spent>,
}

#[derive(Debug, Default)]
struct Spent {
    minute: i64,
    calls: u32,
    day: i64,
    tokens: u64,
}

/// Tokens that are put aside for a call.
#[derive(Debug)]
pub(super) struct PutAside {
    day: i64,
    tokens: u64,
}

impl Budget {
    pub(super) fn new(calls_per_minute: u32, tokens_per_day: u64, clock: Arc<dyn Clock>) -> Self {
        Self { calls_per_minute, tokens_per_day, clock, spent: Mutex::default() }
    }

    /// Puts so many tokens aside for a call. They stay spent where nobody says what became of it.
    pub(super) fn put_aside(&self, tokens: u64) -> Result<PutAside, ModelFailure> {
        let now = self.clock.now().unix_ms();
        let (minute, day) = (now.div_euclid(MINUTE_MS), now.div_euclid(DAY_MS));
        let mut spent = self.spent();
        if spent.minute != minute {
            (spent.minute, spent.calls) = (minute, 0);
        }
        if spent.day != day {
            (spent.day, spent.tokens) = (day, 0);
        }
        if spent.calls >= self.calls_per_minute {
            return Err(ModelFailure::MinuteSpent);
        }
        let after = spent.tokens.saturating_add(tokens);
        if after > self.tokens_per_day {
            return Err(ModelFailure::DaySpent);
        }
        spent.calls += 1;
        spent.tokens = after;
        Ok(PutAside { day, tokens })
    }

    /// A call took so many. What is said of another day no longer matters.
    pub(super) fn settle(&self, aside: &PutAside, tokens: u64) {
        let mut spent = self.spent();
        if spent.day == aside.day {
            spent.tokens = spent.tokens.saturating_sub(aside.tokens).saturating_add(tokens);
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acp_mocks::StillClock;

    use super::*;

    fn budget(calls: u32, tokens: u64) -> (Budget, Arc<StillClock>) {
        let clock = Arc::new(StillClock::default());
        let shown: Arc<dyn Clock> = Arc::<StillClock>::clone(&clock);
        (Budget::new(calls, tokens, shown), clock)
    }

    #[test]
    fn a_minute_has_so_many_calls() {
        let (budget, clock) = budget(2, 1_000);
        assert!(budget.put_aside(1).is_ok() && budget.put_aside(1).is_ok());
        assert_eq!(budget.put_aside(1).err(), Some(ModelFailure::MinuteSpent));
        clock.advance(Duration::from_mins(1));
        assert!(budget.put_aside(1).is_ok());
    }

    #[test]
    fn a_day_has_so_many_tokens_and_what_was_not_used_comes_back() {
        let (budget, clock) = budget(1_000, 100);
        let first = budget.put_aside(60).unwrap();
        assert_eq!(budget.put_aside(60).err(), Some(ModelFailure::DaySpent), "it is promised");
        budget.settle(&first, 30);
        let second = budget.put_aside(60).unwrap();
        budget.settle(&second, 90);
        assert_eq!(budget.put_aside(1).err(), Some(ModelFailure::DaySpent), "it took more");
        clock.advance(Duration::from_hours(24));
        let third = budget.put_aside(100).unwrap();
        budget.settle(&second, 0);
        assert_eq!(budget.put_aside(1).err(), Some(ModelFailure::DaySpent), "of another day");
        budget.settle(&third, 0);
        assert!(budget.put_aside(100).is_ok());
    }
}
