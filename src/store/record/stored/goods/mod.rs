//! What is sold, how much there is of it, and who was told of it.

mod feed;
mod item;
mod ledger;

pub(super) use item::StoredItem;
