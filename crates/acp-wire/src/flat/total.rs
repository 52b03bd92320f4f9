//! Rows of totals.

use acp_core::money::Money;
use acp_core::pricing::{TotalKind, Totals};
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::Amount;
use crate::texts::Locale;

/// What a row of totals stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TotalType {
    /// The price of all items.
    ItemsBaseAmount,
    /// What is taken off single items.
    ItemsDiscount,
    /// What is left of the price of the items.
    Subtotal,
    /// What is taken off all of it.
    Discount,
    /// What the delivery costs.
    Fulfillment,
    /// The tax.
    Tax,
    /// What is added beside it.
    Fee,
    /// What the buyer pays.
    Total,
}

/// Every row, in the order in which they are shown, under the core's name of it.
const ROWS: [(TotalType, TotalKind); 8] = [
    (TotalType::ItemsBaseAmount, TotalKind::ItemsBaseAmount),
    (TotalType::ItemsDiscount, TotalKind::ItemsDiscount),
    (TotalType::Subtotal, TotalKind::Subtotal),
    (TotalType::Discount, TotalKind::Discount),
    (TotalType::Fulfillment, TotalKind::Fulfillment),
    (TotalType::Tax, TotalKind::Tax),
    (TotalType::Fee, TotalKind::Fee),
    (TotalType::Total, TotalKind::Total),
];

impl TotalType {
    /// The row a kind of the core counts into, so that the rows still add up to the total. What
    /// was given back after the order is none of the session's.
    const fn of(kind: TotalKind) -> Option<Self> {
        match kind {
            TotalKind::ItemsBaseAmount => Some(Self::ItemsBaseAmount),
            TotalKind::ItemsDiscount => Some(Self::ItemsDiscount),
            TotalKind::Subtotal => Some(Self::Subtotal),
            TotalKind::Discount | TotalKind::StoreCredit => Some(Self::Discount),
            TotalKind::Fulfillment => Some(Self::Fulfillment),
            TotalKind::Tax => Some(Self::Tax),
            TotalKind::Fee | TotalKind::GiftWrap | TotalKind::Tip => Some(Self::Fee),
            TotalKind::Total => Some(Self::Total),
            TotalKind::AmountRefunded => None,
        }
    }
}

/// A row of totals. The row `total` is what the buyer pays; the others say how it comes about.
#[derive(Debug, Serialize, ToSchema)]
pub struct Total<'a> {
    /// What it stands for.
    #[serde(rename = "type")]
    kind: TotalType,
    /// What people call it.
    display_text: &'a str,
    /// How much; what is taken off is positive too.
    #[schema(value_type = Amount)]
    amount: i64,
}

impl<'a> Total<'a> {
    /// The only row of something that has one price.
    pub(crate) fn alone(display_text: &'a str, price: Money) -> Self {
        Self { kind: TotalType::Total, display_text, amount: price.minor() }
    }
}

/// The rows of a session. Agents of these versions look for every kind of row, also for those
/// that come to nothing; only the fees are left out then.
pub(crate) fn rows(totals: &Totals, locale: Locale) -> Vec<Total<'static>> {
    let sum = |kind| {
        let counted = totals.rows().iter().filter(|row| TotalType::of(row.kind) == Some(kind));
        counted.map(|row| row.amount.minor()).sum()
    };
    let row = |(kind, name)| Total { kind, display_text: locale.total(name), amount: sum(kind) };
    let is_said = |row: &Total<'_>| row.kind != TotalType::Fee || row.amount != 0;
    ROWS.into_iter().map(row).filter(is_said).collect()
}
