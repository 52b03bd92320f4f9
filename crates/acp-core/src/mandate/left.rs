use super::denied::Denied;
use super::ledger::{Ledger, Spending};
use super::terms::Mandate;
use super::window::{Span, Window};

/// What was taken from a mandate in a window, and what is left of it. Amounts are in minor units of
/// the mandate's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The window.
    pub span: Span,
    /// What is held, and not spent yet.
    pub held: i64,
    /// What is spent, without what came back.
    pub spent: i64,
    /// In how many orders, with those under way.
    pub orders: u32,
    /// What can still be spent; nothing where the limit was lowered below what is gone.
    pub left: i64,
    /// In how many orders more, where their number is limited.
    pub orders_left: Option<u32>,
}

impl Ledger {
    /// What is left of a mandate in a window.
    ///
    /// # Errors
    /// The sums cannot be counted.
    pub fn left(&self, mandate: &Mandate, span: Span) -> Result<Left, Denied> {
        let window = mandate.budget.window;
        let used = self.used(window, span)?;
        let is_held = |entry: &&super::Entry| {
            let is_within = window == Window::Total || span.counts(entry.at);
            is_within && entry.spending == Spending::Held
        };
        let held = self.entries().iter().filter(is_held).try_fold(0_i64, |sum, entry| {
            sum.checked_add(entry.amount.minor()).ok_or(Denied::Uncountable)
        })?;
        Ok(Left {
            span,
            held,
            spent: used.spent.checked_sub(held).ok_or(Denied::Uncountable)?,
            orders: used.orders,
            left: mandate.budget.limit.minor().saturating_sub(used.spent).max(0),
            orders_left: mandate.budget.orders.map(|most| most.saturating_sub(used.orders)),
        })
    }
}
