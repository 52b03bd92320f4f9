use std::sync::atomic::{AtomicU64, Ordering};

use acp_core::ids::Random128;
use acp_core::ports::Entropy;

/// The step of splitmix64; odd, so that every state is visited once.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Dice that fall the same way for the same seed: splitmix64, drawn twice.
#[derive(Debug)]
pub struct SeededEntropy {
    state: AtomicU64,
}

impl SeededEntropy {
    /// Dice for a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: AtomicU64::new(seed) }
    }
}

const fn mixed(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

impl Entropy for SeededEntropy {
    fn random128(&self) -> Random128 {
        let before = self.state.fetch_add(STEP.wrapping_mul(2), Ordering::Relaxed);
        let high = u128::from(mixed(before.wrapping_add(STEP)));
        let low = u128::from(mixed(before.wrapping_add(STEP.wrapping_mul(2))));
        Random128(((high << 64) | low).to_be_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_draws_are_those_of_splitmix64() {
        // The published test vector for the seed 1234567.
        let Random128(drawn) = SeededEntropy::new(1_234_567).random128();
        let expected = [6_457_827_717_110_365_317_u64, 3_203_168_211_198_807_973];
        assert_eq!(drawn.to_vec(), expected.map(u64::to_be_bytes).concat());
    }

    #[test]
    fn a_seed_repeats_itself_and_no_other() {
        let drawn = |seed| {
            let dice = SeededEntropy::new(seed);
            [dice.random128(), dice.random128(), dice.random128()]
        };
        assert_eq!(drawn(42), drawn(42));
        assert_ne!(drawn(42), drawn(43));
        let [first, second, third] = drawn(42);
        assert!(first != second && second != third && first != third);
    }
}
