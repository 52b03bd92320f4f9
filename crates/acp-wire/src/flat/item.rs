//! An item and how many of it, as a request asks for them and a line repeats them.

use acp_core::limits::ITEM_ID_CHARS_MAX;
use acp_core::refusal::Fault;
use acp_core::session::{QuotedLine, Wanted};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Text, Whole};
use crate::shape::{AskedItem, basket};

/// An item to buy, and how many of it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Item<'a> {
    /// The id of the item in the shop's catalogue.
    #[schema(value_type = String, min_length = 1, max_length = 128,
        examples("mug-stoneware-slate"))]
    id: Text<'a, ITEM_ID_CHARS_MAX>,
    /// How many; goods are sold in whole pieces.
    #[schema(value_type = u32, minimum = 1, maximum = 10000)]
    quantity: Whole,
}

impl<'a> Item<'a> {
    /// The item of a line.
    pub(crate) fn of(line: &'a QuotedLine) -> Self {
        Self { id: line.item.id.as_str().into(), quantity: Whole(line.quantity.into()) }
    }
}

/// What is wanted.
pub(crate) fn wanted(items: Vec<Item<'_>>) -> Result<Vec<Wanted>, Fault> {
    let items = items.into_iter();
    let asked = items.map(|item| AskedItem { id: item.id, quantity: Some(item.quantity) });
    basket(asked.collect(), "$.items")
}
