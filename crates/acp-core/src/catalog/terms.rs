use std::sync::Arc;

use super::{OptionRule, Promotion, TaxTable};

/// The rules a basket is sold by: what is taxed, how things reach the buyer, and what is taken off.
/// They say nothing of sums; those are made of them in one place only.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Tax by place.
    pub taxes: Arc<TaxTable>,
    /// How things reach the buyer.
    pub options: Arc<[OptionRule]>,
    /// What is taken off, and when.
    pub promotions: Arc<[Promotion]>,
}
