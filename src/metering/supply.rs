//! A supply of calls: what one gateway has drawn from a quota of one caller and not used yet.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::{QUOTA_REST, SUPPLY_LIFE, SUPPLY_MAX};
use acp_core::quota::{DRAWN_AT_ONCE_SHARE, Drawn, Rate};
use bytes::Bytes;
use tokio::time::Instant;

use super::Standing;
use super::bucket::{policy, standing};

/// What a look at a supply says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// There was one, and it is used. How the quota stands goes with it.
    Used(Standing),
    /// The quota has none; another one can be had in this time.
    None(Duration),
    /// Nobody knows without drawing.
    Draw,
}

#[derive(Debug)]
pub(super) struct Supply {
    name: &'static str,
    rate: Rate,
    state: Mutex<State>,
    /// One caller draws; who comes meanwhile waits for what it gets.
    pub(super) turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct State {
    left: u32,
    drawn: u32,
    good_until: Instant,
    none_until: Instant,
    /// When all of the quota is there again, as the store last said.
    whole_at: Instant,
    /// Said with every call of this supply. What is left of the supply itself is not counted: so
    /// much is there at the least, and the words are made once.
    standing: Standing,
}

impl Supply {
    /// None yet, of a quota of this name.
    pub(super) fn new(name: &'static str, rate: Rate) -> Self {
        let now = Instant::now();
        let standing = Standing { policy: policy(name, rate), left: Bytes::new() };
        let (good_until, none_until, whole_at) = (now, now, now);
        let state = State { left: 0, drawn: 0, good_until, none_until, whole_at, standing };
        Self { name, rate, state: Mutex::new(state), turn: tokio::sync::Mutex::new(()) }
    }

    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    /// Uses one, if there is one.
    pub(super) fn look(&self, now: Instant) -> Look {
        let mut state = self.state();
        if state.left > 0 && now < state.good_until {
            state.left = state.left.saturating_sub(1);
            return Look::Used(state.standing.clone());
        }
        if state.left == 0 && now < state.none_until {
            return Look::None(state.none_until.duration_since(now));
        }
        Look::Draw
    }

    /// How many to draw next: twice as many where the last supply did not last, and as many as were
    /// used where it did. What is left of it is thrown away: as much has come back meanwhile, and
    /// whoever put it back long after would have it twice.
    pub(super) fn wanted(&self, now: Instant) -> u32 {
        let mut state = self.state();
        let unused = std::mem::take(&mut state.left);
        let used = state.drawn.saturating_sub(unused);
        let was_short = unused == 0 && now < state.good_until;
        let wanted = if was_short { used.saturating_mul(2) } else { used };
        wanted.clamp(1, self.most())
    }

    /// What comes back while a supply may be used.
    fn most(&self) -> u32 {
        let earned = u64::from(self.rate.per_minute()).saturating_mul(SUPPLY_LIFE.as_secs()) / 60;
        u32::try_from(earned).unwrap_or(SUPPLY_MAX).clamp(1, SUPPLY_MAX)
    }

    /// The store has said in what time all of the quota is there again.
    pub(super) fn note(&self, whole_in: Duration, now: Instant) {
        self.state().whole_at = now + whole_in;
    }

    /// In what time all of the quota is there again, as far as is known.
    pub(super) fn whole_in(&self, now: Instant) -> Duration {
        self.state().whole_at.saturating_duration_since(now)
    }

    /// Takes in what was drawn, and uses one of it.
    pub(super) fn refill(&self, drawn: Drawn, now: Instant) -> Look {
        let mut state = self.state();
        state.drawn = drawn.granted;
        state.left = drawn.granted.saturating_sub(1);
        if drawn.granted == 0 {
            // What comes back in this time is not lost, it is drawn together.
            let part = self.rate.whole().checked_div(DRAWN_AT_ONCE_SHARE).unwrap_or_default();
            let rest = drawn.more_in.max(QUOTA_REST.min(part));
            state.none_until = now + rest;
            return Look::None(rest);
        }
        let span = if drawn.left == 0 { drawn.more_in } else { drawn.whole_in };
        state.standing.left = standing(self.name, drawn.left, span);
        state.good_until = now + SUPPLY_LIFE;
        Look::Used(state.standing.clone())
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::new(600, 100);

    fn drawn(granted: u32) -> Drawn {
        let left = 100 - granted;
        Drawn { granted, left, more_in: Duration::ZERO, whole_in: Duration::from_secs(3) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_supply_doubles_while_it_is_short_and_shrinks_to_what_was_used() {
        let supply = Supply::new("reads", RATE);
        let now = Instant::now();
        assert_eq!(supply.wanted(now), 1);
        supply.refill(drawn(1), now);
        assert_eq!(supply.look(now), Look::Draw);
        assert_eq!(supply.wanted(now), 2);
        supply.refill(drawn(8), now);
        let Look::Used(said) = supply.look(now) else { panic!("there is a supply") };
        assert_eq!(said.policy, "\"reads\";q=600;w=60");
        assert_eq!(said.left, "\"reads\";r=92;t=3");

        let later = now + SUPPLY_LIFE;
        assert_eq!(supply.look(later), Look::Draw, "it is not good any more");
        assert_eq!(supply.wanted(later), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_supply_is_no_more_than_comes_back_while_it_is_good() {
        let now = Instant::now();
        for (per_minute, most) in [(1, 1), (60, 1), (600, 10), (6_000_000, SUPPLY_MAX)] {
            let supply = Supply::new("reads", Rate::new(per_minute, 1_000_000));
            for _ in 0..12 {
                let granted = supply.wanted(now);
                supply.refill(Drawn { granted, ..drawn(1) }, now);
                assert_eq!((1..granted).filter(|_| supply.look(now) == Look::Draw).count(), 0);
            }
            assert_eq!(supply.wanted(now), most, "{per_minute}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_asks_again_before_there_can_be_more() {
        let supply = Supply::new("reads", RATE);
        let now = Instant::now();
        let more_in = Duration::from_secs(7);
        let none = Drawn { granted: 0, left: 0, more_in, whole_in: Duration::from_secs(100) };
        assert_eq!(supply.refill(none, now), Look::None(more_in));
        let later = now + Duration::from_secs(4);
        assert_eq!(supply.look(later), Look::None(Duration::from_secs(3)));
        assert_eq!(supply.look(now + more_in), Look::Draw);
        let soon = Drawn { more_in: Duration::from_millis(1), ..none };
        assert_eq!(supply.refill(soon, now), Look::None(QUOTA_REST));
    }
}
