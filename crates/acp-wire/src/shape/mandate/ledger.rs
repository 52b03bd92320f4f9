use acp_core::mandate::{Entry, Ledger, Left, Mandate, Span, Spending};
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::{Amount, DateTime};
use crate::voice::written;

/// What became of what was taken from a mandate.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpendingWord {
    /// It is held, and not spent yet.
    Held,
    /// It is spent, but for what was refunded.
    Spent,
    /// It was given back before it was spent.
    Released,
}

/// What was taken once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateEntry<'a> {
    /// The session that is paid for.
    checkout_session_id: &'a str,
    /// How much, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    amount: Amount,
    /// What became of it.
    status: SpendingWord,
    /// How much of it came back.
    #[schema(minimum = 0)]
    refunded: i64,
    /// When it was taken.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime,
    /// The approval that was used up with it. Left out where none was needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    approval_id: Option<&'a str>,
}

/// The window of a budget that it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateWindow {
    /// Its first moment.
    #[schema(value_type = String, format = DateTime)]
    from: DateTime,
    /// The first moment after it.
    #[schema(value_type = String, format = DateTime)]
    until: DateTime,
}

/// What was taken so long ago that it is only a sum.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateSum {
    /// How much of it is spent, in minor units.
    #[schema(minimum = 0)]
    spent: i64,
    /// In how many orders.
    orders: u32,
}

/// What was taken from a mandate, and what is left of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateLedger<'a> {
    /// The mandate.
    mandate_id: &'a str,
    /// The currency of every amount.
    #[schema(pattern = "^[a-z]{3}$")]
    currency: String,
    /// The window it is now. Left out where the budget is there once and for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    window: Option<MandateWindow>,
    /// What is held in this window and not spent yet, in minor units.
    #[schema(minimum = 0)]
    held: i64,
    /// What is spent in this window, without what came back.
    #[schema(minimum = 0)]
    spent: i64,
    /// What can still be spent in this window.
    #[schema(minimum = 0)]
    left: i64,
    /// In how many orders something was spent or is held.
    orders: u32,
    /// In how many orders more something can be spent. Left out where their number does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    orders_left: Option<u32>,
    /// What was taken, of this window and of some days before, the last in front.
    entries: Vec<MandateEntry<'a>>,
    /// What was taken before that. Left out where nothing was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    earlier: Option<MandateSum>,
}

impl<'a> MandateEntry<'a> {
    fn of(entry: &'a Entry) -> Self {
        let (status, refunded) = match entry.spending {
            Spending::Held => (SpendingWord::Held, 0),
            Spending::Committed { refunded } => (SpendingWord::Spent, refunded),
            Spending::Released => (SpendingWord::Released, 0),
        };
        Self {
            checkout_session_id: entry.session.as_str(),
            amount: entry.amount.into(),
            status,
            refunded,
            at: DateTime(entry.at),
            approval_id: entry.approval.as_deref(),
        }
    }
}

/// The bytes of a ledger.
pub fn render_ledger(mandate: &Mandate, ledger: &Ledger, left: &Left) -> Vec<u8> {
    let Left { span, held, spent, orders, left, orders_left } = *left;
    let window = (span != Span::EVER)
        .then_some(MandateWindow { from: DateTime(span.from), until: DateTime(span.until) });
    let folded = ledger.folded();
    let earlier = (folded.orders > 0 || folded.spent > 0)
        .then_some(MandateSum { spent: folded.spent, orders: folded.orders });
    written(&MandateLedger {
        mandate_id: mandate.id.as_str(),
        currency: mandate.currency.lowercase(),
        window,
        held,
        spent,
        left,
        orders,
        orders_left,
        entries: ledger.entries().iter().rev().map(MandateEntry::of).collect(),
        earlier,
    })
}
