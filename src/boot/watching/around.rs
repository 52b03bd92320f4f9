use std::sync::Arc;

use acp_core::ports::{PaymentProvider, Stock};

#[cfg(feature = "failpoints")]
use super::failpoints::{Failpoint, in_payments, in_store};
use super::payments::watched_payments;
use super::stock::watched_stock;
use super::store::watched_store;
use crate::store::Store;

/// What stands around the ports of a gateway.
pub(in crate::boot) struct Around {
    #[cfg(feature = "failpoints")]
    failpoint: Option<Arc<Failpoint>>,
}

impl Around {
    pub(in crate::boot) fn of_process() -> Self {
        Self {
            #[cfg(feature = "failpoints")]
            failpoint: Failpoint::of_environment(),
        }
    }

    pub(in crate::boot) fn store(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        #[cfg(feature = "failpoints")]
        let store = in_store(store, self.failpoint.as_ref());
        watched_store(store)
    }

    pub(in crate::boot) fn payments(
        &self,
        payments: Arc<dyn PaymentProvider>,
    ) -> Arc<dyn PaymentProvider> {
        #[cfg(feature = "failpoints")]
        let payments = in_payments(payments, self.failpoint.as_ref());
        watched_payments(payments)
    }

    pub(in crate::boot) fn stock(stock: Arc<dyn Stock>) -> Arc<dyn Stock> {
        watched_stock(stock)
    }
}
