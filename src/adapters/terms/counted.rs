use std::fmt;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::catalog::Promotion;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::KNOWN_PROMOTIONS_MAX;
use acp_core::ports::{Ledgers, PortError, Promotions};
use acp_core::session::Inquiry;
use async_trait::async_trait;
use lru::LruCache;

const KNOWN_MAX: NonZeroUsize = match NonZeroUsize::new(KNOWN_PROMOTIONS_MAX) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};

/// Promotions whose ledgers nobody has begun before. Those that are good for so many orders are
/// counted here, for each tenant, from when they are first heard of: whoever tells of them does not
/// hear of the orders.
pub struct CountedPromotions {
    inner: Arc<dyn Promotions>,
    ledgers: Arc<dyn Ledgers>,
    /// Ledgers that are known to be there.
    known: Mutex<LruCache<(TenantId, ItemId), ()>>,
}

impl CountedPromotions {
    /// These promotions, counted in these ledgers.
    pub fn of(inner: Arc<dyn Promotions>, ledgers: Arc<dyn Ledgers>) -> Self {
        Self { inner, ledgers, known: Mutex::new(LruCache::new(KNOWN_MAX)) }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn known(&self) -> MutexGuard<'_, LruCache<(TenantId, ItemId), ()>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Promotions for CountedPromotions {
    async fn promotions(&self, inquiry: &Inquiry<'_>) -> Result<Arc<[Promotion]>, PortError> {
        let promotions = self.inner.promotions(inquiry).await?;
        for promotion in promotions.iter() {
            let Some((ledger, most)) = promotion.ledger().zip(promotion.redemptions_max) else {
                continue;
            };
            let known = (inquiry.tenant.clone(), ledger);
            let is_known = self.known().get(&known).is_some();
            if !is_known {
                self.ledgers.begin(&known.0, &known.1, most).await?;
                self.known().put(known, ());
            }
        }
        Ok(promotions)
    }
}

impl fmt::Debug for CountedPromotions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CountedPromotions").finish_non_exhaustive()
    }
}
