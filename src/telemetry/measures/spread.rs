use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::snapshot::Spread;

/// Upper ends of the steps durations are sorted into, in nanoseconds. From a look into memory to
/// what a caller gives up waiting for.
const BOUNDS_NS: [u64; 16] = [
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

/// The same in seconds, as they are told.
static BOUNDS: LazyLock<[f64; 16]> =
    LazyLock::new(|| BOUNDS_NS.map(|bound| Duration::from_nanos(bound).as_secs_f64()));

/// How often something took how long.
#[derive(Debug, Default)]
pub struct Durations {
    within: [AtomicU64; 16],
    beyond: AtomicU64,
    sum_ns: AtomicU64,
}

impl Durations {
    /// It took so long once more.
    pub fn note(&self, took: Duration) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let step = BOUNDS_NS.partition_point(|bound| *bound < took);
        // Each of these is a number of its own: no order is needed between them.
        self.within.get(step).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        self.sum_ns.fetch_add(took, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Spread {
        let steps = self.within.iter().chain([&self.beyond]);
        let sum = Duration::from_nanos(self.sum_ns.load(Ordering::Relaxed)).as_secs_f64();
        let counts = steps.map(|step| step.load(Ordering::Relaxed)).collect();
        Spread { bounds: &*BOUNDS, counts, sum }
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
}
