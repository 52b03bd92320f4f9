use std::time::Duration;

use crate::ids::Random128;
use crate::limits::{
    AWAITED_TRIES_MAX, COMPLETION_LEASE_FRESH, RUN_REST_MAX, RUN_REST_MIN, RUN_TRIES_BEFORE_ALARM,
};
use crate::time::Timestamp;

/// Who may write to a run: a number that grows with each takeover and a random owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunFence {
    /// Grows with each takeover.
    pub number: u64,
    /// Drawn by the owner.
    pub owner: Random128,
}

impl RunFence {
    /// The fence of whoever takes a run over.
    #[must_use]
    pub const fn taken_by(self, owner: Random128) -> Self {
        Self { number: self.number.saturating_add(1), owner }
    }
}

/// Until when a run is its owner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// In the store's time.
    pub until: Timestamp,
    /// The epoch it was taken in; void in any other.
    pub epoch: u64,
}

impl Lease {
    /// Whether it still keeps others away.
    pub fn holds(&self, now: Timestamp, epoch: u64) -> bool {
        self.epoch == epoch && self.until > now
    }

    /// Whether it lasts long enough for one more step and then some, so that it need not be taken
    /// anew.
    pub fn is_fresh(&self, now: Timestamp, epoch: u64) -> bool {
        self.holds(now.plus(COMPLETION_LEASE_FRESH), epoch)
    }
}

/// Why a run does not get on at the step it is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// It is not known whether a call happened; nothing is undone before that is clear.
    Unclear,
    /// Somebody it needs cannot be reached or asks for patience. Nothing happened.
    Unreachable,
    /// Somebody it needs does not accept our calls as they are: a person has to look.
    NotAccepted,
    /// A promise of our own was broken: a person has to look.
    Broken,
}

impl Trouble {
    /// Whether no waiting will help.
    pub const fn needs_person(self) -> bool {
        match self {
            Self::NotAccepted | Self::Broken => true,
            Self::Unclear | Self::Unreachable => false,
        }
    }
}

/// How a run fares: whose it is, until when, and how often the step it is at was tried in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who may write.
    pub fence: RunFence,
    /// Until when it is its owner's; of a run that rests, until when it rests.
    pub lease: Lease,
    /// How often the step was tried in vain.
    pub tries: u32,
    /// Why it rests, if it does. Nobody is at work on a run that rests.
    pub trouble: Option<Trouble>,
}

impl Standing {
    /// A run that begins.
    pub const fn begun(owner: Random128, lease: Lease) -> Self {
        Self { fence: RunFence { number: 1, owner }, lease, tries: 0, trouble: None }
    }

    /// At work on the next step.
    #[must_use]
    pub const fn at_work(self, lease: Lease) -> Self {
        Self { lease, tries: 0, trouble: None, ..self }
    }

    /// In other hands, at the same step.
    #[must_use]
    pub const fn taken_by(self, owner: Random128, lease: Lease) -> Self {
        Self { fence: self.fence.taken_by(owner), lease, trouble: None, ..self }
    }

    /// At rest after one more try in vain, longer each time, because somebody waits.
    #[must_use]
    pub fn resting(self, now: Timestamp, trouble: Trouble) -> Self {
        self.resting_up_to(now, trouble, RUN_REST_MAX)
    }

    /// The same where nobody waits, so that it may rest for longer.
    #[must_use]
    pub fn resting_up_to(self, now: Timestamp, trouble: Trouble, longest: Duration) -> Self {
        let tries = self.tries.saturating_add(1);
        let until = now.plus(pause_after(tries).min(longest));
        Self { lease: Lease { until, ..self.lease }, tries, trouble: Some(trouble), ..self }
    }

    /// At rest because somebody has taken the step on and may take days for it: longer and longer,
    /// and never so often that anybody is told.
    #[must_use]
    pub fn awaiting_up_to(self, now: Timestamp, trouble: Trouble, longest: Duration) -> Self {
        let tries = self.tries.saturating_add(1).min(RUN_TRIES_BEFORE_ALARM);
        let pause = pause_after(tries.saturating_mul(2).saturating_sub(1));
        let until = now.plus(pause.min(longest));
        // Room is left for as many tries that are really in vain.
        let tries = tries.min(AWAITED_TRIES_MAX);
        Self { lease: Lease { until, ..self.lease }, tries, trouble: Some(trouble), ..self }
    }

    /// With something else to do as well: what was tried in vain counts no more, only that it was.
    #[must_use]
    pub const fn wanted_anew(self) -> Self {
        let tries = if self.tries == 0 { 0 } else { 1 };
        Self { tries, ..self }
    }

    /// Parked until a time, without any trouble: whatever it waits for may come earlier.
    #[must_use]
    pub const fn parked(self, until: Timestamp) -> Self {
        Self { lease: Lease { until, ..self.lease }, tries: 0, trouble: None, ..self }
    }

    /// Whether somebody should be told that this does not end by itself.
    pub fn is_alarming(&self) -> bool {
        let is_hopeless = self.trouble.is_some_and(Trouble::needs_person);
        is_hopeless || self.tries >= RUN_TRIES_BEFORE_ALARM
    }
}

/// How long a run rests after so many tries in vain.
fn pause_after(tries: u32) -> Duration {
    let doublings = tries.saturating_sub(1);
    RUN_REST_MIN.saturating_mul(2_u32.saturating_pow(doublings))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::{COMPLETION_LEASE, HAND_OVER_REST_MAX, RUN_STEP_TIMEOUT};

    const START: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn standing() -> Standing {
        Standing::begun(Random128([1; 16]), Lease { until: START, epoch: 3 })
    }

    #[test]
    fn a_run_rests_longer_each_time_and_never_too_long() {
        let mut run = standing();
        let mut rested = Vec::new();
        for _ in 0..8 {
            run = run.resting(START, Trouble::Unclear);
            rested.push(run.lease.until.since(START).as_secs());
        }
        assert_eq!(rested, [1, 2, 4, 8, 15, 15, 15, 15]);
        assert_eq!(run.fence, standing().fence, "it is still its owner's");
    }

    #[test]
    fn a_run_nobody_waits_for_rests_for_longer_and_never_too_long() {
        let (mut run, mut rested) = (standing(), Vec::new());
        for _ in 0..10 {
            run = run.resting_up_to(START, Trouble::Unreachable, HAND_OVER_REST_MAX);
            rested.push(run.lease.until.since(START).as_secs());
        }
        assert_eq!(rested, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    }

    #[test]
    fn what_takes_its_time_is_looked_at_less_and_less_and_nobody_is_told() {
        let (mut run, mut rested) = (standing(), Vec::new());
        for _ in 0..20 {
            run = run.awaiting_up_to(START, Trouble::Unclear, HAND_OVER_REST_MAX);
            rested.push(run.lease.until.since(START).as_secs());
            assert!(!run.is_alarming() && run.tries > 0);
        }
        assert_eq!(rested[..7], [1, 4, 16, 64, 256, 300, 300]);
        assert!(!run.resting(START, Trouble::Unreachable).is_alarming(), "one bad look is none");
    }

    #[test]
    fn what_is_wanted_anew_is_tried_anew_and_remembers_that_it_was_tried() {
        let mut run = standing();
        assert_eq!(run.wanted_anew(), run);
        for _ in 0..RUN_TRIES_BEFORE_ALARM {
            run = run.resting(START, Trouble::Unreachable);
        }
        let anew = run.wanted_anew();
        assert_eq!((run.is_alarming(), anew.is_alarming(), anew.tries), (true, false, 1));
    }

    #[test]
    fn a_step_forward_forgets_the_tries() {
        let tired = standing().resting(START, Trouble::Unclear).resting(START, Trouble::Unclear);
        let lease = Lease { until: START, epoch: 3 };
        assert_eq!(tired.at_work(lease), standing());
        let taken = tired.taken_by(Random128([2; 16]), lease);
        assert_eq!((taken.tries, taken.trouble, taken.fence.number), (2, None, 2));
    }

    #[test]
    fn an_alarm_is_raised_at_once_or_after_many_tries() {
        let mut run = standing();
        assert!(run.resting(START, Trouble::Broken).is_alarming());
        assert!(run.resting(START, Trouble::NotAccepted).is_alarming());
        for tries in 1..RUN_TRIES_BEFORE_ALARM {
            run = run.resting(START, Trouble::Unreachable);
            assert!(!run.is_alarming(), "after {tries}");
        }
        assert!(run.resting(START, Trouble::Unreachable).is_alarming());
    }

    #[test]
    fn a_lease_of_another_epoch_holds_nobody_off() {
        let lease = Lease { until: START, epoch: 3 };
        let before = Timestamp::from_unix_ms(START.unix_ms().saturating_sub(1));
        assert!(lease.holds(before, 3));
        assert!(!lease.holds(before, 4));
        assert!(!lease.holds(START, 3));
    }

    #[test]
    fn a_fresh_lease_lasts_longer_than_a_step() {
        let lease = Lease { until: START.plus(COMPLETION_LEASE), epoch: 3 };
        assert!(COMPLETION_LEASE_FRESH > RUN_STEP_TIMEOUT);
        assert!(lease.is_fresh(START, 3));
        assert!(!lease.is_fresh(START, 4));
        assert!(!lease.is_fresh(START.plus(COMPLETION_LEASE).minus(COMPLETION_LEASE_FRESH), 3));
    }
}
