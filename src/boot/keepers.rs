//! Who knows the terms goods are sold by.

use std::sync::Arc;

use acp_core::catalog::Terms;
use zeroize::Zeroizing;

use super::BootError;
use super::tools::Tools;
use crate::adapters::outward::{BackendOptions, Peers};
use crate::adapters::terms::{
    ConfiguredTerms, CountedPromotions, RemoteOptions, RemotePromotions, RemoteRates,
};
use crate::app::TermKeepers;
use crate::config::{Config, TermKind, TermService};
use crate::store::record::StoreStock;

/// The configuration, for everybody who asks.
pub fn configured(terms: &Terms) -> TermKeepers {
    let known = Arc::new(ConfiguredTerms::of(terms.clone()));
    let (taxes, deliveries) = (Arc::clone(&known), Arc::clone(&known));
    TermKeepers { taxes, deliveries, promotions: known }
}

/// The merchant's services, where they are configured, and the configuration for the rest.
pub(super) fn keepers(
    config: &Config,
    terms: &Terms,
    stock: &Arc<StoreStock>,
    tools: &Tools<'_>,
) -> Result<TermKeepers, BootError> {
    let Tools { peers, clock, entropy } = *tools;
    let mut keepers = configured(terms);
    if let Some(options) = elsewhere(&config.tax.service(), peers) {
        let fresh = config.tax.fresh();
        let service = RemoteRates::at(&options, fresh, Arc::clone(clock), Arc::clone(entropy));
        keepers.taxes = Arc::new(service.map_err(BootError::Terms)?);
    }
    if let Some(options) = elsewhere(&config.shipping.0, peers) {
        let service = RemoteOptions::at(&options, Arc::clone(entropy));
        keepers.deliveries = Arc::new(service.map_err(BootError::Terms)?);
    }
    if let Some(options) = elsewhere(&config.promotions.0, peers) {
        let service = RemotePromotions::at(&options, Arc::clone(entropy));
        keepers.promotions = Arc::new(service.map_err(BootError::Terms)?);
    }
    // Also those of the configuration: a tenant that comes later begins with ledgers of its own.
    let ledgers = Arc::<StoreStock>::clone(stock);
    keepers.promotions = Arc::new(CountedPromotions::of(keepers.promotions, ledgers));
    Ok(keepers)
}

/// How a service is reached, where there is one.
pub(super) fn elsewhere(config: &TermService, peers: &Peers) -> Option<BackendOptions> {
    match config.kind {
        TermKind::Embedded => None,
        TermKind::Http => Some(BackendOptions {
            // The configuration demands one.
            base_url: config.base_url.clone().unwrap_or_default(),
            token: config.token.as_ref().map(|token| Zeroizing::new(token.expose().clone())),
            connect: config.connect_timeout(),
            whole: config.timeout(),
            calls_at_once: config.calls_at_once,
            peers: peers.clone(),
        }),
    }
}
