//! The one place where totals are made.
//!
//! Amounts taken off are kept unsigned; their kind says that they are taken off. The rules the
//! totals obey are those of the protocol's arithmetic: T1 to T8 in the tests below.

mod discounts;
mod shares;
mod totals;

pub use discounts::{
    Allocated, AppliedDiscount, Discountable, Discounting, Discounts, RejectedCode, Taken, discount,
};
pub use totals::{TotalKind, TotalRow, Totals, TotalsError};

use crate::money::{Currency, Money, MoneyError, Rate};

/// What is known of a line before it is priced.
#[derive(Clone, Copy, Debug)]
pub struct LinePrice {
    /// The price of one.
    pub unit: Money,
    /// How many.
    pub quantity: u32,
    /// What is taken off this line before tax.
    pub discount: Money,
    /// The rate of the place it goes to; nothing while that is not known.
    pub tax_rate: Rate,
}

/// What carries some of the lines.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// What it costs.
    pub price: Money,
    /// What is taken off before tax; it stands among the discounts, and the price stays whole.
    pub discount: Money,
    /// The rate of the place it goes to.
    pub tax_rate: Rate,
}

/// A priced line: base less discount is subtotal, and with tax it is the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTotals {
    /// Unit price times quantity.
    pub base: Money,
    /// What is taken off before tax.
    pub discount: Money,
    /// What is left.
    pub subtotal: Money,
    /// Tax on what is left.
    pub tax: Money,
    /// What the line costs.
    pub total: Money,
}

impl LineTotals {
    fn price(line: &LinePrice) -> Result<Self, MoneyError> {
        let base = line.unit.times(line.quantity)?;
        let discount = line.discount.at_most(base)?;
        let subtotal = base.minus(discount)?;
        let tax = subtotal.share(line.tax_rate)?;
        Ok(Self { base, discount, subtotal, tax, total: subtotal.plus(tax)? })
    }
}

/// Everything the price of a session depends on.
#[derive(Clone, Debug)]
pub struct Priced<'a> {
    /// The currency of all amounts.
    pub currency: Currency,
    /// The lines, in order.
    pub lines: &'a [LinePrice],
    /// The chosen fulfillment options, each once.
    pub fulfillment: &'a [Delivery],
    /// What is taken off the order as a whole.
    pub order_discount: Money,
}

/// Prices every line and the session.
///
/// # Errors
/// Refuses amounts above the cap and mixed currencies.
pub fn price(input: &Priced<'_>) -> Result<(Vec<LineTotals>, Totals), TotalsError> {
    let lines = input.lines.iter().map(LineTotals::price).collect::<Result<Vec<_>, _>>()?;
    let sum = |part: fn(&LineTotals) -> Money| Money::sum(input.currency, lines.iter().map(part));

    let base = sum(|line| line.base)?;
    let items_discount = sum(|line| line.discount)?;
    let subtotal = sum(|line| line.subtotal)?;
    let carried = input.fulfillment.iter();
    let off_delivery = Money::sum(input.currency, carried.clone().map(|one| one.discount))?;
    let off_order = input.order_discount.at_most(subtotal)?;
    let discount = off_order.plus(off_delivery)?;
    let fulfillment = Money::sum(input.currency, carried.map(|delivery| delivery.price))?;
    let tax = input.fulfillment.iter().try_fold(sum(|line| line.tax)?, |tax, delivery| {
        tax.plus(delivery.price.minus(delivery.discount)?.share(delivery.tax_rate)?)
    })?;
    let total = subtotal.plus(fulfillment)?.plus(tax)?.minus(discount)?;

    let has_delivery = !input.fulfillment.is_empty();
    let rows = [
        (TotalKind::ItemsBaseAmount, base, true),
        (TotalKind::ItemsDiscount, items_discount, !items_discount.is_zero()),
        (TotalKind::Subtotal, subtotal, true),
        (TotalKind::Discount, discount, !discount.is_zero()),
        (TotalKind::Fulfillment, fulfillment, has_delivery),
        (TotalKind::Tax, tax, true),
        (TotalKind::Total, total, true),
    ];
    let shown = rows.into_iter().filter(|(_, _, is_shown)| *is_shown);
    let rows = shown.map(|(kind, amount, _)| TotalRow::new(kind, amount)).collect();
    Ok((lines, Totals::checked(input.currency, rows)?))
}

#[cfg(test)]
mod tests;
