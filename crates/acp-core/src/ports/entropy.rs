use crate::ids::Random128;

/// Rolls the dice: the only source of anything random.
pub trait Entropy: Send + Sync {
    /// 128 fresh random bits.
    fn random128(&self) -> Random128;
}
