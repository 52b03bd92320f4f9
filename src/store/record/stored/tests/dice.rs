//! Values that differ with every seed and are the same for the same one.

use acp_core::ids::{Partition, Random128};
use acp_core::money::{Currency, Money};
use acp_core::time::Timestamp;

use crate::store::record::stored::mirror::Words;

pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `SplitMix64`.
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.roll() % u64::from(end)).unwrap()
    }

    pub(super) fn is_true(&mut self) -> bool {
        self.below(2) == 1
    }

    pub(super) fn number(&mut self) -> u64 {
        self.roll() >> self.below(64)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| u8::try_from(self.below(256)).unwrap())
    }

    pub(super) fn random128(&mut self) -> Random128 {
        Random128(self.bytes())
    }

    pub(super) fn partition(&mut self) -> Partition {
        Partition::of_hash(self.bytes())
    }

    pub(super) fn text(&mut self) -> Box<str> {
        self.many(|dice| dice.pick(&["a", "Zoë", " ", "/", "\"", "🧈", "{x}", "\u{0}", "milk"]))
            .concat()
            .into()
    }

    pub(super) fn time(&mut self) -> Timestamp {
        let ms = i64::try_from(self.roll() >> 20).unwrap();
        Timestamp::from_unix_ms(ms)
    }

    pub(super) fn currency(&mut self) -> Currency {
        Currency::parse(self.pick(&["usd", "jpy", "kwd"])).unwrap()
    }

    pub(super) fn money(&mut self, currency: Currency) -> Money {
        Money::new(self.below(1_000_000).into(), currency).unwrap()
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let index = self.below(u32::try_from(from.len()).unwrap());
        from[usize::try_from(index).unwrap()]
    }

    pub(super) fn word<T: Words>(&mut self) -> T {
        self.pick(T::ALL)
    }

    pub(super) fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.is_true().then(|| make(self))
    }

    pub(super) fn many<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4)).map(|_| make(self)).collect()
    }
}
