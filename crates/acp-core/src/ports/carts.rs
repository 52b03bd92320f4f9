use async_trait::async_trait;

use super::PortError;
use super::checkouts::{AnswerKey, AnswerWrite, Committed, KeyState, Revision};
use crate::cart::Cart;
use crate::ids::{CartId, Partition, Random128};
use crate::session::Owner;

/// Writes a cart.
#[derive(Clone, Debug)]
pub enum CartWrite {
    /// A cart that is new, or as it is now.
    Keep {
        /// The revision the decision was based on; `None` for a new cart.
        before: Option<Revision>,
        /// The cart as it is now.
        after: Box<Cart>,
    },
    /// A cart that is no more.
    Forget {
        /// The cart.
        cart: CartId,
        /// The revision the decision was based on.
        at: Revision,
    },
}

/// Everything that becomes true in one step.
#[derive(Clone, Debug)]
pub struct CartChange {
    /// The cart.
    pub cart: CartWrite,
    /// What is known of the caller's key.
    pub answer: Option<AnswerWrite>,
}

/// Whether what is in a cart is what its estimate is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CartContent {
    /// It is what was written with it.
    AsWritten,
    /// Somebody else has changed it since: it has to be estimated anew before it is told.
    ChangedElsewhere,
}

/// What the store knows before a call is decided: one look.
#[derive(Clone, Debug)]
pub struct SeenCart {
    /// The cart, if there is one.
    pub cart: Option<(Cart, Revision)>,
    /// What is in it.
    pub content: CartContent,
    /// What is known of the key.
    pub key: Option<KeyState>,
}

/// Keeps carts.
///
/// What this trait means is written in `tests/it/contract/carts.rs`; it holds over every store.
#[async_trait]
pub trait Carts: Send + Sync {
    /// Where a new cart goes: with a key, always to the same place for the same caller and key, so
    /// that a repeated call finds its first answer.
    fn place(&self, owner: &Owner, key: Option<&str>) -> Partition;

    /// The id of a cart that is about to be opened at its place. Whoever has to find again what a
    /// call that died has left behind gives the same id to the same caller and key, as long as no
    /// cart came of it; others take the dice.
    async fn new_id(
        &self,
        place: Partition,
        owner: &Owner,
        key: Option<&str>,
        dice: Random128,
    ) -> Result<CartId, PortError>;

    /// What is known of a cart and of a key, in one look.
    async fn look(
        &self,
        partition: Partition,
        cart: Option<&CartId>,
        key: Option<&AnswerKey>,
    ) -> Result<SeenCart, PortError>;

    /// Writes everything in `change` in one step, if everything it is based on still stands.
    async fn commit(
        &self,
        partition: Partition,
        change: CartChange,
    ) -> Result<Committed, PortError>;

    /// Carts whose time is over.
    async fn overdue(&self) -> Result<Vec<CartId>, PortError>;
}

/// Ids that are found again.
pub trait CartIds: Send + Sync {
    /// The id of the cart that this caller opens with this key, used for the so-manieth cart. It is
    /// always the same, lies where everything under that key does, and nobody else can guess it.
    fn id_for(&self, owner: &Owner, key: &str, nth: u32) -> CartId;
}
