//! Rows of totals.

use acp_core::catalog::ExchangeRule;
use acp_core::money::Money;
use acp_core::pricing::{LineTotals, TotalKind, TotalRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::Amount;
use crate::shape::address::mirrored;
use crate::texts::Locale;

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
    /// The same in the `presentment_currency`, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    presentment_amount: Option<i64>,
}

/// How amounts are said: in which language, and in which other currency beside their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Till<'a> {
    pub(super) locale: Locale,
    pub(super) exchange: Option<&'a ExchangeRule>,
}

impl<'a> Total<'a> {
    pub(super) fn of_session(row: &'a TotalRow, till: Till<'_>) -> Self {
        let own = row.label.as_deref();
        let display_text = own.unwrap_or(till.locale.total(row.kind));
        Self { display_text, ..Self::row(row.kind, row.amount, till) }
    }

    /// What was given back of an order.
    pub(super) fn refunded(amount: Money, till: Till<'_>) -> Self {
        Self::row(TotalKind::AmountRefunded, amount, till)
    }

    /// The only row of something that has one price.
    pub(super) fn alone(display_text: &'a str, price: Money, till: Till<'_>) -> Self {
        Self { display_text, ..Self::row(TotalKind::Total, price, till) }
    }

    /// Whether it says how much tax there is.
    pub(super) const fn is_tax(&self) -> bool {
        matches!(self.kind, TotalType::Tax)
    }

    fn row(kind: TotalKind, amount: Money, till: Till<'_>) -> Self {
        Self {
            kind: kind.into(),
            display_text: till.locale.total(kind),
            amount: amount.into(),
            presentment_amount: till.exchange.and_then(|exchange| exchange.shown(amount)),
        }
    }

    pub(super) fn of_line(totals: &LineTotals, till: Till<'_>) -> Vec<Self> {
        let mut rows = vec![Self::row(TotalKind::ItemsBaseAmount, totals.base, till)];
        if !totals.discount.is_zero() {
            rows.push(Self::row(TotalKind::ItemsDiscount, totals.discount, till));
        }
        rows.push(Self::row(TotalKind::Subtotal, totals.subtotal, till));
        rows.push(Self::row(TotalKind::Tax, totals.tax, till));
        rows.push(Self::row(TotalKind::Total, totals.total, till));
        rows
    }
}
