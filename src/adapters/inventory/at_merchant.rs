use std::sync::Arc;

use acp_core::catalog::Promotion;
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::MERCHANT_HOLD_MARGIN;
use acp_core::ports::{Keeper, Overdue, PortError, Stock};
use acp_core::stock::{Availability, Hold, Reserved};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use futures_util::future::try_join;

/// What the ledgers that note what was asked of the merchant begin with. No catalogue has an item
/// of such a name.
const NOTED: &str = "elsewhere\u{1f}";

/// Goods the merchant keeps, and promotions, which are counted here.
///
/// Whatever is asked of the merchant is first noted in a ledger of ours. What is left of a
/// completion that was forgotten is so found again, and promises are kept up while they are
/// needed.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct AtMerchant {
    ledgers: Arc<dyn Stock>,
    keeper: Arc<dyn Keeper>,
}

impl AtMerchant {
    /// Goods that are kept like this. The ledgers must record what nobody counts.
    pub fn new(ledgers: Arc<dyn Stock>, keeper: Arc<dyn Keeper>) -> Self {
        Self { ledgers, keeper }
    }
}

/// The ledger that notes what was asked of the merchant for an item.
pub fn noted_ledger(item: &ItemId) -> ItemId {
    ItemId::new(format!("{NOTED}{item}"))
}

fn is_goods(item: &ItemId) -> bool {
    !Promotion::is_ledger(item)
}

/// The same promise, as it is noted.
fn noted(hold: &Hold) -> Hold {
    Hold { item: noted_ledger(&hold.item), ..hold.clone() }
}

/// A promise that is due, with the item it is really of; nothing where it was never asked of the
/// merchant: it is left over from when we kept the goods ourselves.
fn due(hold: &Hold) -> Option<Hold> {
    if Promotion::is_ledger(&hold.item) {
        return Some(hold.clone());
    }
    let item = ItemId::new(hold.item.as_str().strip_prefix(NOTED)?);
    Some(Hold { item, ..hold.clone() })
}

#[async_trait]
impl Keeper for AtMerchant {
    async fn available(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        let (goods, counted): (Vec<_>, Vec<_>) = items.iter().partition(|item| is_goods(item));
        let goods = async {
            if goods.is_empty() {
                Ok(Vec::new())
            } else {
                self.keeper.available(tenant, &goods).await
            }
        };
        let (goods, counted) = try_join(goods, self.ledgers.available(tenant, &counted)).await?;
        let (mut goods, mut counted) = (goods.into_iter(), counted.into_iter());
        let next = |item: &&ItemId| if is_goods(item) { goods.next() } else { counted.next() };
        // There is an answer for each.
        Ok(items.iter().map(next).map(|found| found.unwrap_or(Availability::Units(0))).collect())
    }

    async fn reserve(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<Reserved, PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.reserve(tenant, hold, until).await;
        }
        match self.ledgers.reserve(tenant, &noted(hold), until).await? {
            Reserved::Held => {}
            refused @ (Reserved::TooFew(_) | Reserved::Over) => return Ok(refused),
        }
        // We ask about it first, and the merchant forgets it later. What is refused stays noted
        // until it is given back: somebody else may be at work for the same reservation.
        self.keeper.reserve(tenant, hold, until.plus(MERCHANT_HOLD_MARGIN)).await
    }

    async fn release(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.release(tenant, hold).await;
        }
        self.keeper.release(tenant, hold).await?;
        self.ledgers.release(tenant, &noted(hold)).await
    }

    async fn give_back(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.give_back(tenant, hold).await;
        }
        self.keeper.give_back(tenant, hold).await?;
        self.ledgers.release(tenant, &noted(hold)).await
    }

    async fn confirm(&self, tenant: &TenantId, hold: &Hold) -> Result<bool, PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.confirm(tenant, hold).await;
        }
        // Whether it is sold the merchant says; the note only follows.
        let is_sold = self.keeper.confirm(tenant, hold).await?;
        if is_sold {
            self.ledgers.confirm(tenant, &noted(hold)).await?;
        }
        Ok(is_sold)
    }

    async fn restock(&self, tenant: &TenantId, hold: &Hold) -> Result<(), PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.restock(tenant, hold).await;
        }
        self.keeper.restock(tenant, hold).await?;
        self.ledgers.restock(tenant, &noted(hold)).await
    }

    async fn renew(
        &self,
        tenant: &TenantId,
        hold: &Hold,
        until: Timestamp,
    ) -> Result<(), PortError> {
        if !is_goods(&hold.item) {
            return self.ledgers.renew(tenant, hold, until).await;
        }
        self.keeper.renew(tenant, hold, until.plus(MERCHANT_HOLD_MARGIN)).await?;
        self.ledgers.renew(tenant, &noted(hold), until).await
    }
}

#[async_trait]
impl Stock for AtMerchant {
    async fn overdue(&self) -> Result<Vec<Overdue>, PortError> {
        let mut overdue = Vec::new();
        for Overdue { tenant, hold } in self.ledgers.overdue().await? {
            match due(&hold) {
                Some(hold) => overdue.push(Overdue { tenant, hold }),
                None => self.ledgers.release(&tenant, &hold).await?,
            }
        }
        Ok(overdue)
    }
}
