//! The lines of a session.

use acp_core::session::QuotedLine;
use serde::Serialize;
use utoipa::ToSchema;

use crate::flat::item::Item;
use crate::scalar::Amount;

/// A line of a session: an item, how many of it, and what that costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineItem<'a> {
    /// The id of the line; it stays the same through all changes.
    id: &'a str,
    /// The item, and how many of it.
    item: Item<'a>,
    /// The price of all.
    base_amount: Amount,
    /// What is taken off.
    discount: Amount,
    /// What is left.
    subtotal: Amount,
    /// Tax on what is left.
    tax: Amount,
    /// What the line costs.
    total: Amount,
}

impl<'a> LineItem<'a> {
    /// A line as it is said.
    pub(super) fn of(line: &'a QuotedLine) -> Self {
        let totals = &line.totals;
        Self {
            id: line.id.as_str(),
            item: Item::of(line),
            base_amount: totals.base.into(),
            discount: totals.discount.into(),
            subtotal: totals.subtotal.into(),
            tax: totals.tax.into(),
            total: totals.total.into(),
        }
    }
}
