//! How much of something a caller may have: so much in a minute, and so much at once.
//!
//! What was drawn is one number, the moment at which all of the quota is there again. It falls back
//! into the past by itself, so nothing has to be counted down, and nobody gains by calling at the
//! turn of a minute.

use std::time::Duration;

use crate::time::Timestamp;

const MINUTE_NS: i64 = 60_000_000_000;
const MS_NS: i64 = 1_000_000;

/// One draw takes at most this part of what is there, rounded up. Whoever takes a supply leaves the
/// rest to others, and the less there is, the less anybody can hold and not use: the last ones are
/// handed out one by one. Nothing is ever put back, because nobody could say how much of it has come
/// back by itself meanwhile.
pub const DRAWN_AT_ONCE_SHARE: u32 = 8;

/// How fast a quota comes back, and how much of it there is at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    per_minute: u32,
    burst: u32,
}

/// What is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// How many; none when nothing is there.
    pub granted: u32,
    /// How many are there still.
    pub left: u32,
    /// When there will be another one; at once where some are left.
    pub more_in: Duration,
    /// When all of the quota will be there again.
    pub whole_in: Duration,
}

/// How much of a quota is drawn, as the moment at which all of it is there again. The later it is,
/// the more is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(i64);

impl Rate {
    /// So many in a minute, and so many at once; one at the least.
    pub const fn new(per_minute: u32, burst: u32) -> Self {
        Self {
            per_minute: if per_minute == 0 { 1 } else { per_minute },
            burst: if burst == 0 { 1 } else { burst },
        }
    }

    /// So many times as much.
    #[must_use]
    pub const fn times(self, factor: u32) -> Self {
        Self::new(self.per_minute.saturating_mul(factor), self.burst.saturating_mul(factor))
    }

    /// How many come back in a minute.
    pub const fn per_minute(self) -> u32 {
        self.per_minute
    }

    /// How many there are at most.
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// How long it takes until all of it is there again.
    pub fn whole(self) -> Duration {
        span(self.whole_ns())
    }

    fn each_ns(self) -> i64 {
        MINUTE_NS.checked_div(self.per_minute.into()).unwrap_or(MINUTE_NS)
    }

    fn whole_ns(self) -> i64 {
        self.each_ns().saturating_mul(self.burst.into())
    }
}

impl Level {
    /// Nothing was ever drawn.
    pub const FULL: Self = Self(i64::MIN);

    /// All of it will be there again in this time.
    pub fn whole_in(now: Timestamp, span: Duration) -> Self {
        let span = i64::try_from(span.as_nanos()).unwrap_or(i64::MAX);
        Self(now.unix_ms().saturating_mul(MS_NS).saturating_add(span))
    }

    /// Draws as many as are wanted, if there are so many. A clock that was put back, or a quota that was made smaller, makes nobody
    /// wait for longer than the whole quota takes.
    #[must_use]
    pub fn draw(self, now: Timestamp, rate: Rate, wanted: u32) -> (Self, Drawn) {
        let now = now.unix_ms().saturating_mul(MS_NS);
        let (each, whole) = (rate.each_ns(), rate.whole_ns());
        let owed = self.0.saturating_sub(now).clamp(0, whole);
        let there = whole.saturating_sub(owed).checked_div(each).unwrap_or_default();
        let there = u32::try_from(there).unwrap_or(u32::MAX);
        let granted = wanted.min(there.div_ceil(DRAWN_AT_ONCE_SHARE));
        let owed = owed.saturating_add(each.saturating_mul(granted.into()));
        let left = there.saturating_sub(granted);
        let more = if left > 0 { 0 } else { owed.saturating_add(each).saturating_sub(whole) };
        let drawn = Drawn { granted, left, more_in: span(more), whole_in: span(owed) };
        (Self(now.saturating_add(owed)), drawn)
    }
}

fn span(ns: i64) -> Duration {
    Duration::from_nanos(u64::try_from(ns).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    /// How many are given, one by one, until there are none.
    fn drained(level: &mut Level, now: Timestamp, rate: Rate) -> u32 {
        let mut count = 0;
        loop {
            let (next, drawn) = level.draw(now, rate, 1);
            *level = next;
            if drawn.granted == 0 {
                return count;
            }
            count += 1;
        }
    }

    #[test]
    fn a_burst_is_given_at_once_and_comes_back_by_and_by() {
        let rate = Rate::new(60, 10);
        let mut level = Level::FULL;
        assert_eq!(drained(&mut level, NOON, rate), 10);
        let (_, none) = level.draw(NOON, rate, 1);
        assert_eq!((none.granted, none.left), (0, 0));
        assert_eq!(none.more_in, Duration::from_secs(1));
        assert_eq!(none.whole_in, Duration::from_secs(10));
        let later = NOON.plus(Duration::from_millis(3_500));
        assert_eq!(drained(&mut level, later, rate), 3);
        assert_eq!(drained(&mut level, later.plus(Duration::from_hours(9)), rate), 10, "no more");
    }

    #[test]
    fn what_is_taken_together_is_a_part_of_what_is_there_and_of_the_last_one() {
        let rate = Rate::new(1, 100);
        let mut level = Level::FULL;
        let mut supplies = Vec::new();
        loop {
            let (next, drawn) = level.draw(NOON, rate, 1_000);
            level = next;
            if drawn.granted == 0 {
                break;
            }
            supplies.push(drawn.granted);
        }
        assert_eq!(supplies.iter().sum::<u32>(), 100);
        assert_eq!((supplies[0], supplies[1]), (13, 11));
        assert!(supplies.ends_with(&[1; 8]), "{supplies:?}");
    }

    #[test]
    fn a_level_that_was_told_is_the_one_that_was_drawn_to() {
        let rate = Rate::new(60, 10);
        let (level, drawn) = Level::FULL.draw(NOON, rate, 2);
        assert_eq!(Level::whole_in(NOON, drawn.whole_in), level);
        assert!(level > Level::FULL);
        let (_, later) = level.draw(NOON.plus(Duration::from_secs(1)), rate, 0);
        assert_eq!(later.left, 9);
    }

    #[test]
    fn a_clock_put_back_and_a_smaller_quota_make_nobody_wait_for_long() {
        let rate = Rate::new(60, 10);
        let mut level = Level::FULL;
        drained(&mut level, NOON, rate);
        let (_, early) = level.draw(NOON.minus(Duration::from_hours(1)), rate, 1);
        assert_eq!(early.more_in, Duration::from_secs(1));
        let (_, smaller) = level.draw(NOON, Rate::new(60, 2), 1);
        assert_eq!(smaller.more_in, Duration::from_secs(1));
    }

    #[test]
    fn a_slow_quota_is_exact() {
        let rate = Rate::new(1, 1);
        let mut level = Level::FULL;
        assert_eq!(drained(&mut level, NOON, rate), 1);
        let almost = NOON.plus(Duration::from_millis(59_999));
        assert_eq!(drained(&mut level, almost, rate), 0);
        assert_eq!(drained(&mut level, NOON.plus(Duration::from_mins(1)), rate), 1);
    }
}
