use std::marker::PhantomData;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::snapshot::Spread;

/// How many steps there are, without the one beyond.
const STEPS: usize = 16;

/// Into which steps something is sorted by how large it is.
pub trait Steps: 'static {
    /// Their upper ends, in the parts it is counted in.
    const ENDS: [u64; STEPS];

    /// So many parts as they are told.
    fn told(parts: u64) -> f64;

    /// The ends as they are told.
    fn ends() -> &'static [f64];
}

/// Steps of something that takes time.
pub trait Timed: Steps {
    /// A time in the parts it is counted in.
    fn parts(took: Duration) -> u64;
}

/// What machines take, in nanoseconds: from a look into memory to what a caller gives up waiting for.
#[derive(Debug)]
pub struct OfMachines;

/// What people take, in milliseconds: from a word said at once to a day.
#[derive(Debug)]
pub struct OfPeople;

/// Shares of a whole, in hundredths.
#[derive(Debug)]
pub struct OfShares;

/// How often something took how long.
pub(super) type Durations = Sorted<OfMachines>;
/// How often somebody waited for how long for a person.
pub(super) type Waits = Sorted<OfPeople>;
/// How often something was which share of a whole.
pub(super) type Shares = Sorted<OfShares>;

/// How often something was how large.
#[derive(Debug)]
pub struct Sorted<S> {
    within: [AtomicU64; STEPS],
    beyond: AtomicU64,
    sum: AtomicU64,
    steps: PhantomData<fn() -> S>,
}

impl Steps for OfMachines {
    const ENDS: [u64; STEPS] = [
        100_000,
        250_000,
        500_000,
        1_000_000,
        2_500_000,
        5_000_000,
        10_000_000,
        25_000_000,
        50_000_000,
        100_000_000,
        250_000_000,
        500_000_000,
        1_000_000_000,
        2_500_000_000,
        5_000_000_000,
        10_000_000_000,
    ];

    fn told(parts: u64) -> f64 {
        Duration::from_nanos(parts).as_secs_f64()
    }

    fn ends() -> &'static [f64] {
        static TOLD: LazyLock<[f64; STEPS]> =
            LazyLock::new(|| OfMachines::ENDS.map(OfMachines::told));
        &*TOLD
    }
}

impl Timed for OfMachines {
    fn parts(took: Duration) -> u64 {
        u64::try_from(took.as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Steps for OfPeople {
    const ENDS: [u64; STEPS] = [
        1_000, 2_500, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
        1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000,
    ];

    fn told(parts: u64) -> f64 {
        Duration::from_millis(parts).as_secs_f64()
    }

    fn ends() -> &'static [f64] {
        static TOLD: LazyLock<[f64; STEPS]> = LazyLock::new(|| OfPeople::ENDS.map(OfPeople::told));
        &*TOLD
    }
}

impl Timed for OfPeople {
    fn parts(took: Duration) -> u64 {
        u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Steps for OfShares {
    const ENDS: [u64; STEPS] = [0, 10, 20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100];

    /// Hundredths of one are ten milliseconds of a second: so a number that is long is divided
    /// without losing more than has to be lost.
    fn told(parts: u64) -> f64 {
        Duration::from_millis(parts.saturating_mul(10)).as_secs_f64()
    }

    fn ends() -> &'static [f64] {
        static TOLD: LazyLock<[f64; STEPS]> = LazyLock::new(|| OfShares::ENDS.map(OfShares::told));
        &*TOLD
    }
}

impl<S> Default for Sorted<S> {
    fn default() -> Self {
        Self {
            within: Default::default(),
            beyond: AtomicU64::default(),
            sum: AtomicU64::default(),
            steps: PhantomData,
        }
    }
}

impl<S: Steps> Sorted<S> {
    /// It was of so many parts once more.
    fn add(&self, parts: u64) {
        let step = S::ENDS.partition_point(|end| *end < parts);
        // Each of these is a number of its own: no order is needed between them.
        self.within.get(step).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(parts, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Spread {
        let steps = self.within.iter().chain([&self.beyond]);
        let counts = steps.map(|step| step.load(Ordering::Relaxed)).collect();
        Spread { bounds: S::ends(), counts, sum: S::told(self.sum.load(Ordering::Relaxed)) }
    }
}

impl<S: Timed> Sorted<S> {
    /// It took so long once more.
    pub fn note(&self, took: Duration) {
        self.add(S::parts(took));
    }
}

impl Shares {
    /// It was so many hundredths once more.
    pub fn note_percent(&self, hundredths: u32) {
        self.add(hundredths.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_sorted_into_the_first_step_it_fits_in() {
        let durations = Durations::default();
        for took in [1, 100, 101, 10_000_000, 10_000_001] {
            durations.note(Duration::from_micros(took));
        }
        let Spread { bounds, counts, sum } = durations.now();
        assert_eq!(counts.len(), bounds.len() + 1);
        assert_eq!((counts[0], counts[1], counts[15], counts[16]), (2, 1, 1, 1));
        assert!((sum - 20.000_203).abs() < 1e-9, "{sum}");
    }
    #[test]
    fn what_people_take_and_shares_have_steps_of_their_own() {
        let (waits, shares) = (Waits::default(), Shares::default());
        for took in [1, 20, 3_600, 100_000] {
            waits.note(Duration::from_secs(took));
        }
        for share in [0, 33, 100, 101] {
            shares.note_percent(share);
        }
        let Spread { bounds, counts, sum } = waits.now();
        assert_eq!((bounds[0], bounds[15]), (1.0, 86_400.0));
        assert_eq!((counts[0], counts[4], counts[12], counts[16]), (1, 1, 1, 1));
        assert!((sum - 103_621.0).abs() < 1e-9, "{sum}");
        let Spread { bounds, counts, sum } = shares.now();
        assert_eq!((bounds[0], bounds[1], bounds[15]), (0.0, 0.1, 1.0));
        assert_eq!((counts[0], counts[4], counts[15], counts[16]), (1, 1, 1, 1));
        assert!((sum - 2.34).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn steps_grow() {
        for ends in [OfMachines::ENDS, OfPeople::ENDS, OfShares::ENDS] {
            assert!(ends.is_sorted() && ends.windows(2).all(|two| two[0] < two[1]), "{ends:?}");
        }
    }
}
