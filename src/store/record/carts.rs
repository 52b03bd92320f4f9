//! Carts, kept in any store: a look is one read, a change is one commit.

use acp_core::ids::{CartId, Partition, Random128};
use acp_core::limits::DUE_TIMERS_MAX;
use acp_core::ports::{
    AnswerKey, CartChange, CartContent, CartIds, Carts, Committed, PortError, SeenCart,
};
use acp_core::session::Owner;
use async_trait::async_trait;

use super::change::commit_of_cart;
use super::checkouts::{committed, read_with_revision};
use super::names;
use super::records::Records;
use super::stored::from_bytes;

/// Keeps carts in a store.
#[derive(Clone, Debug)]
pub struct StoreCarts {
    records: Records,
}

impl StoreCarts {
    /// Carts among these records.
    pub const fn new(records: Records) -> Self {
        Self { records }
    }
}

#[async_trait]
impl Carts for StoreCarts {
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition {
        self.records.place(owner, key)
    }

    /// What is written here is written with its answer: nothing has to be found again.
    async fn new_id(
        &self,
        place: Partition,
        _owner: &Owner,
        _key: Option<&str>,
        dice: Random128,
    ) -> Result<CartId, PortError> {
        Ok(CartId::new(place, dice))
    }

    async fn look(
        &self,
        partition: Partition,
        cart: Option<&CartId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenCart, PortError> {
        let mut wanted = Vec::with_capacity(2);
        wanted.extend(cart.map(names::cart));
        wanted.extend(key.map(names::answer));
        let mut found = self.records.store.read(partition, &wanted).await?.into_iter();
        let cart_found = cart.and_then(|_| found.next().flatten());
        let key_found = key.and_then(|_| found.next().flatten());
        Ok(SeenCart {
            cart: cart_found.as_ref().map(read_with_revision).transpose()?,
            content: CartContent::AsWritten,
            key: key_found.as_ref().map(|found| from_bytes(&found.value)).transpose()?,
        })
    }

    async fn commit(
        &self,
        partition: Partition,
        change: CartChange,
    ) -> Result<Committed, PortError> {
        let commit = commit_of_cart(&self.records, partition, change)?;
        Ok(committed(&self.records.store.commit(commit).await?))
    }

    /// A timer nobody can have set must not keep the others from being looked at.
    async fn overdue(&self) -> Result<Vec<CartId>, PortError> {
        let due = self.records.store.due_timers(names::CARTS, DUE_TIMERS_MAX).await?;
        let parsed = due.iter().filter_map(|timer| {
            let id = CartId::parse(&timer.id).ok();
            if id.is_none() {
                tracing::error!(timer.id = %timer.id, "timer {} names no cart", timer.id);
            }
            id
        });
        Ok(parsed.collect())
    }
}

impl CartIds for StoreCarts {
    fn id_for(&self, owner: &Owner, key: &str, nth: u32) -> CartId {
        self.records.cart_id(owner, key, nth)
    }
}
