//! Rows of totals.

use acp_core::money::Money;
use acp_core::pricing::{LineTotals, TotalKind, TotalRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::mirrored;
use crate::scalar::Amount;

mirrored!(
    /// What a row of totals stands for.
    TotalType = TotalKind {
        ItemsBaseAmount,
        ItemsDiscount,
        Subtotal,
        Discount,
        Fulfillment,
        Tax,
        Fee,
        GiftWrap,
        Tip,
        StoreCredit,
        Total,
        AmountRefunded,
    }
);

/// A row of totals. The row `total` is what the buyer pays; the others say how it comes about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total<'a> {
    /// What it stands for.
    #[serde(rename = "type")]
    kind: TotalType,
    /// What people call it.
    display_text: &'a str,
    /// How much; what is taken off is positive too.
    amount: Amount,
}

const fn display_text(kind: TotalKind) -> &'static str {
    match kind {
        TotalKind::ItemsBaseAmount => "Items",
        TotalKind::ItemsDiscount => "Item discounts",
        TotalKind::Subtotal => "Subtotal",
        TotalKind::Discount => "Discount",
        TotalKind::Fulfillment => "Delivery",
        TotalKind::Tax => "Tax",
        TotalKind::Fee => "Fees",
        TotalKind::GiftWrap => "Gift wrap",
        TotalKind::Tip => "Tip",
        TotalKind::StoreCredit => "Store credit",
        TotalKind::Total => "Total",
        TotalKind::AmountRefunded => "Refunded",
    }
}

impl<'a> Total<'a> {
    pub(super) fn of_session(row: &'a TotalRow) -> Self {
        Self {
            kind: row.kind.into(),
            display_text: row.label.as_deref().unwrap_or(display_text(row.kind)),
            amount: row.amount.into(),
        }
    }

    /// The only row of something that has one price.
    pub(super) fn alone(display_text: &'a str, price: Money) -> Self {
        Self { kind: TotalType::Total, display_text, amount: price.into() }
    }

    fn row(kind: TotalKind, amount: Money) -> Self {
        Self { kind: kind.into(), display_text: display_text(kind), amount: amount.into() }
    }

    pub(super) fn of_line(totals: &LineTotals) -> Vec<Self> {
        let mut rows = vec![Self::row(TotalKind::ItemsBaseAmount, totals.base)];
        if !totals.discount.is_zero() {
            rows.push(Self::row(TotalKind::ItemsDiscount, totals.discount));
        }
        rows.push(Self::row(TotalKind::Subtotal, totals.subtotal));
        rows.push(Self::row(TotalKind::Tax, totals.tax));
        rows.push(Self::row(TotalKind::Total, totals.total));
        rows
    }
}
