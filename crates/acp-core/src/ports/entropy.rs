use std::time::Duration;

use crate::ids::Random128;

/// Rolls the dice: the only source of anything random.
pub trait Entropy: Send + Sync {
    /// 128 fresh random bits.
    fn random128(&self) -> Random128;
}

/// Any time up to this one. Those who failed together and wait for it do not come back together.
pub fn any_up_to(longest: Duration, entropy: &dyn Entropy) -> Duration {
    let Random128([a, b, ..]) = entropy.random128();
    let share = u32::from(u16::from_be_bytes([a, b]));
    let times = longest.checked_mul(share);
    times.and_then(|times| times.checked_div(u16::MAX.into())).unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Loaded(u8);

    impl Entropy for Loaded {
        fn random128(&self) -> Random128 {
            Random128([self.0; 16])
        }
    }

    #[test]
    fn a_time_is_drawn_from_all_there_are_up_to_the_longest() {
        let longest = Duration::from_secs(1);
        assert_eq!(any_up_to(longest, &Loaded(0)), Duration::ZERO);
        assert_eq!(any_up_to(longest, &Loaded(u8::MAX)), longest);
        let half = any_up_to(longest, &Loaded(128)).as_millis();
        assert!((500..=503).contains(&half), "{half}");
        assert_eq!(any_up_to(Duration::MAX, &Loaded(1)), Duration::MAX);
    }
}
