use std::sync::Arc;

use async_trait::async_trait;

use crate::catalog::CatalogItem;
use crate::ids::{ItemId, TenantId};
use crate::ports::PortError;
use crate::ports::checkouts::{AnswerKey, AnswerWrite, KeyState};
use crate::stock::Ledger;

/// What is decided about something of the shop, to become true in one step.
#[derive(Clone, Debug)]
pub struct Decision<T> {
    /// How it is from now on, where it is otherwise than it was.
    pub after: Option<T>,
    /// What is remembered of the call.
    pub answer: Option<AnswerWrite>,
}

/// Decides by how something is and by what is known of the caller's key; without a decision
/// nothing is written. It is asked again when somebody came between.
pub type Decide<'a, T> =
    &'a mut (dyn FnMut(Option<T>, Option<KeyState>) -> Option<Decision<T>> + Send);

/// Keeps what a shop sells, for whoever looks after it: items that are withdrawn are there, too.
///
/// What this trait and the next one mean is written in `tests/it/contract/assortment.rs`; it holds
/// over every store.
#[async_trait]
pub trait Assortment: Send + Sync {
    /// Items whose ids sort above `after`, in order, at most `limit`.
    async fn list(
        &self,
        tenant: &TenantId,
        after: Option<&ItemId>,
        limit: usize,
    ) -> Result<Vec<Arc<CatalogItem>>, PortError>;

    /// Which edition of what is sold this is: another number after each change, as far as this
    /// process knows of it. It says nothing to another process.
    async fn edition(&self, tenant: &TenantId) -> Result<u64, PortError>;

    /// An item, on sale or not.
    async fn item(
        &self,
        tenant: &TenantId,
        item: &ItemId,
    ) -> Result<Option<Arc<CatalogItem>>, PortError>;

    /// Changes an item by what was decided on top of it, together with the answer.
    async fn change(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        key: Option<&AnswerKey>,
        decide: Decide<'_, CatalogItem>,
    ) -> Result<(), PortError>;
}

/// Keeps how much of each item there is, for whoever counts it.
#[async_trait]
pub trait Counts: Send + Sync {
    /// The ledgers of these items, in that order; `None` for what nobody counts.
    async fn ledgers(
        &self,
        tenant: &TenantId,
        items: &[&ItemId],
    ) -> Result<Vec<Option<Ledger>>, PortError>;

    /// Changes a ledger by what was decided on top of it, together with the answer. Promises that
    /// are made meanwhile are never lost.
    async fn count(
        &self,
        tenant: &TenantId,
        item: &ItemId,
        key: Option<&AnswerKey>,
        decide: Decide<'_, Ledger>,
    ) -> Result<(), PortError>;
}
