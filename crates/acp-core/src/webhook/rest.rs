use std::time::Duration;

use crate::limits::{WEBHOOK_REST_MAX, WEBHOOK_REST_MIN};
use crate::ports::{Entropy, any_up_to};

/// How long a delivery rests that rested for so long before: any time from the shortest rest to
/// three times the last one. Those who failed together so drift apart, and the longer they fail the
/// less often they ask. Whoever asked for patience gets it, within bounds.
pub fn next_rest(rested: Duration, asked_for: Option<Duration>, entropy: &dyn Entropy) -> Duration {
    let longest = rested.saturating_mul(3).clamp(WEBHOOK_REST_MIN, WEBHOOK_REST_MAX);
    let spread = longest.saturating_sub(WEBHOOK_REST_MIN);
    let rest = WEBHOOK_REST_MIN.saturating_add(any_up_to(spread, entropy));
    rest.max(asked_for.unwrap_or_default().min(WEBHOOK_REST_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Random128;

    struct Loaded(u8);

    impl Entropy for Loaded {
        fn random128(&self) -> Random128 {
            Random128([self.0; 16])
        }
    }

    #[test]
    fn rests_grow_to_a_bound_and_are_never_too_short() {
        let (mut longest, mut shortest) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..20 {
            longest = next_rest(longest, None, &Loaded(255));
            shortest = next_rest(shortest, None, &Loaded(0));
            assert_eq!(shortest, WEBHOOK_REST_MIN);
            assert!((WEBHOOK_REST_MIN..=WEBHOOK_REST_MAX).contains(&longest));
        }
        assert_eq!(longest, WEBHOOK_REST_MAX);
    }

    #[test]
    fn whoever_asks_for_patience_gets_it_within_bounds() {
        let minute = Duration::from_mins(1);
        assert_eq!(next_rest(Duration::ZERO, Some(minute), &Loaded(0)), minute);
        let month = Duration::from_hours(24 * 30);
        assert_eq!(next_rest(Duration::ZERO, Some(month), &Loaded(0)), WEBHOOK_REST_MAX);
        assert_eq!(next_rest(Duration::ZERO, Some(Duration::ZERO), &Loaded(0)), WEBHOOK_REST_MIN);
    }
}
