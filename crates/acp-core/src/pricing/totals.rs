use crate::money::{Currency, Money, MoneyError};

/// What a row of totals stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum TotalKind {
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

/// How a row takes part in the sum that makes the total.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Added,
    TakenOff,
    Informative,
}

impl TotalKind {
    const fn part(self) -> Part {
        match self {
            Self::Subtotal
            | Self::Fulfillment
            | Self::Tax
            | Self::Fee
            | Self::GiftWrap
            | Self::Tip => Part::Added,
            Self::Discount | Self::StoreCredit => Part::TakenOff,
            Self::ItemsBaseAmount | Self::ItemsDiscount | Self::Total | Self::AmountRefunded => {
                Part::Informative
            }
        }
    }
}

/// One row: what it stands for and how much it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotalRow {
    /// What it stands for.
    pub kind: TotalKind,
    /// How much; unsigned, also for what is taken off.
    pub amount: Money,
    /// The merchant's own words for it, where there are any.
    pub label: Option<Box<str>>,
}

impl TotalRow {
    /// A row without words of its own.
    pub const fn new(kind: TotalKind, amount: Money) -> Self {
        Self { kind, amount, label: None }
    }
}

/// Why rows are not the totals of anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TotalsError {
    /// An amount is impossible.
    #[error("the totals cannot be added up")]
    Money(#[from] MoneyError),
    /// There must be exactly one subtotal and one total.
    #[error("there must be exactly one {0:?}")]
    NotOne(TotalKind),
    /// The rows do not add up to their own total.
    #[error("the rows do not add up to the total")]
    DoesNotAddUp,
}

/// The totals of a session: rows that are known to add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    rows: Vec<TotalRow>,
    total: Money,
}

impl Totals {
    /// Takes rows that add up: one subtotal, one total, and the total is subtotal and what is
    /// added, less what is taken off.
    ///
    /// # Errors
    /// Refuses rows that break the rule. This is the only place that checks it.
    pub fn checked(currency: Currency, rows: Vec<TotalRow>) -> Result<Self, TotalsError> {
        let of_kind = |kind| rows.iter().filter(move |row| row.kind == kind);
        for kind in [TotalKind::Subtotal, TotalKind::Total] {
            if of_kind(kind).count() != 1 {
                return Err(TotalsError::NotOne(kind));
            }
        }
        let sum = |part| {
            let taking_part = rows.iter().filter(|row| row.kind.part() == part);
            Money::sum(currency, taking_part.map(|row| row.amount))
        };
        let expected = sum(Part::Added)?.minus(sum(Part::TakenOff)?)?;
        match of_kind(TotalKind::Total).next() {
            Some(row) if row.amount == expected => Ok(Self { rows, total: expected }),
            Some(_) | None => Err(TotalsError::DoesNotAddUp),
        }
    }

    /// The rows, in the order in which they are shown.
    pub fn rows(&self) -> &[TotalRow] {
        &self.rows
    }

    /// What the buyer pays.
    pub const fn total(&self) -> Money {
        self.total
    }

    /// The sum of all rows of a kind; a kind may occur more than once.
    ///
    /// # Errors
    /// Refuses sums above the cap.
    pub fn of(&self, kind: TotalKind) -> Result<Money, MoneyError> {
        let rows = self.rows.iter().filter(|row| row.kind == kind);
        Money::sum(self.total.currency(), rows.map(|row| row.amount))
    }
}
