//! Who knows the terms goods are sold by.

use std::sync::Arc;

use acp_core::catalog::Terms;

use crate::adapters::terms::ConfiguredTerms;
use crate::app::TermKeepers;

/// The configuration, for everybody who asks.
pub fn configured(terms: &Terms) -> TermKeepers {
    let known = Arc::new(ConfiguredTerms::of(terms.clone()));
    let (taxes, deliveries) = (Arc::clone(&known), Arc::clone(&known));
    TermKeepers { taxes, deliveries, promotions: known }
}
