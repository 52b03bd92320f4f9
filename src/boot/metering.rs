//! Who counts calls, and against which quotas.

use std::sync::Arc;

use acp_core::ports::{Clock, Quotas};
use acp_core::quota::Rate;

use crate::config::{self, Config};
use crate::metering::{Meter, OwnQuotas, Rates};
use crate::store::Backend;

/// The quotas are in the store where others share it, and with us where nobody does.
pub(super) fn meter(config: &Config, backend: &Backend, clock: &Arc<dyn Clock>) -> Meter {
    if !config.limits.enabled {
        return Meter::off();
    }
    let quotas: Arc<dyn Quotas> = match backend {
        Backend::Redis(redis) => Arc::clone(redis) as _,
        Backend::Embedded(_) | Backend::Memory => Arc::new(OwnQuotas::new(Arc::clone(clock))),
    };
    Meter::new(rates(&config.limits), quotas, Arc::clone(clock))
}

/// The configured quotas.
pub fn rates(limits: &config::Limits) -> Rates {
    Rates {
        reads: Rate::new(limits.reads_per_minute, limits.reads_burst),
        creates: Rate::new(limits.creates_per_minute, limits.creates_burst),
        changes: Rate::new(limits.changes_per_minute, limits.changes_burst),
        completes: Rate::new(limits.completes_per_minute, limits.completes_burst),
        delegations: Rate::new(limits.delegations_per_minute, limits.delegations_burst),
        intents: Rate::new(limits.intents_per_minute, limits.intents_burst),
        signed_factor: limits.signed_factor,
        merchant: Rate::new(limits.merchant_per_minute, limits.merchant_burst),
        failed_authentications: Rate::new(
            limits.failed_authentications_per_minute,
            limits.failed_authentications_burst,
        ),
    }
}
