//! The few numbers a measurement comes down to.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The middle of the values of all rounds, and how far they lie apart.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// The spread of these values; zeroes when there are none.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_unstable_by(f64::total_cmp);
        let at = |place: usize| values.get(place).copied().unwrap_or_default();
        Self { median: at(values.len() / 2), low: at(0), high: at(values.len().saturating_sub(1)) }
    }
}

/// How long one step takes.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Latency {
    pub(crate) step: &'static str,
    /// How often it was done.
    pub(crate) count: u32,
    pub(crate) p50_us: f64,
    pub(crate) p95_us: f64,
    pub(crate) p99_us: f64,
}

impl Latency {
    pub(crate) fn of(step: &'static str, mut samples: Vec<Duration>) -> Self {
        samples.sort_unstable();
        let at = |percent| micros(percentile(&samples, percent));
        let count = u32::try_from(samples.len()).unwrap_or(u32::MAX);
        Self { step, count, p50_us: at(50), p95_us: at(95), p99_us: at(99) }
    }
}

/// The value below which so many percent of the sorted samples lie.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let place = sorted.len().saturating_sub(1) * percent / 100;
    sorted.get(place).copied().unwrap_or_default()
}

pub(crate) fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A count as a number to calculate with; exact for every count a run can reach.
#[expect(clippy::cast_precision_loss, reason = "no run counts to 2^53")]
pub(crate) const fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_between_the_ends() {
        let spread = Spread::of([3.0, 1.0, 2.0]);
        assert_eq!((spread.low, spread.median, spread.high), (1.0, 2.0, 3.0));
        assert!(Spread::of([]).median.abs() < f64::EPSILON);
    }

    #[test]
    fn percentiles_are_samples() {
        let samples: Vec<_> = (0..=100).map(Duration::from_micros).collect();
        let latency = Latency::of("step", samples.into_iter().rev().collect());
        assert_eq!((latency.p50_us.round(), latency.p99_us.round()), (50.0, 99.0));
        assert!(Latency::of("none", Vec::new()).p99_us.abs() < f64::EPSILON);
    }
}
