//! What was taken off.

use acp_core::catalog::{Benefit, ExchangeRule};
use acp_core::ids::LineId;
use acp_core::money::Rate;
use acp_core::pricing::{Allocated, AppliedDiscount, Discounts, RejectedCode};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use crate::store::record::stored::scalars::{Amount, Moment};

/// What a promotion takes off: a share in millionths, or an amount.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredBenefit {
    Percent(u32),
    Amount(Amount),
}

impl Mirror<Benefit> for StoredBenefit {
    fn of(value: &Benefit, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Benefit::Percent(rate) => Self::Percent(rate.millionths()),
            Benefit::Amount(amount) => Self::Amount(Mirror::of(amount, within)?),
        })
    }

    fn back(self, within: Within) -> Result<Benefit, Misfit> {
        Ok(match self {
            Self::Percent(millionths) => Benefit::Percent(
                Rate::from_millionths(millionths).ok_or(Misfit::OutOfRange("a share"))?,
            ),
            Self::Amount(amount) => Benefit::Amount(amount.back(within)?),
        })
    }
}

/// A part of a discount: from a line, or from delivery where it names none.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredAllocation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<Box<str>>,
    amount: Amount,
}

impl Mirror<(Allocated, acp_core::money::Money)> for StoredAllocation {
    fn of(value: &(Allocated, acp_core::money::Money), within: Within) -> Result<Self, Misfit> {
        let line = match &value.0 {
            Allocated::Delivery => None,
            Allocated::Line(line) => Some(line.as_str().into()),
        };
        Ok(Self { line, amount: Mirror::of(&value.1, within)? })
    }

    fn back(self, within: Within) -> Result<(Allocated, acp_core::money::Money), Misfit> {
        let line = self.line.map(|line| Allocated::Line(LineId::new(line)));
        Ok((line.unwrap_or(Allocated::Delivery), self.amount.back(within)?))
    }
}

mirror! {
    StoredAppliedDiscount of AppliedDiscount {
        promotion: Box<str>,
        name: Box<str>,
        benefit: StoredBenefit,
        spread: Word,
        priority: u32,
        amount: Amount,
    } or_absent {
        code: Option<Box<str>>,
        starts_at: Option<Moment>,
        ends_at: Option<Moment>,
        allocations: Vec<StoredAllocation>,
        is_limited: bool,
    }
}

mirror! {
    StoredRejectedCode of RejectedCode {
        code: Box<str>,
        place: u32,
        why: Word,
    }
}

mirror! {
    StoredDiscounts of Discounts {} or_absent {
        applied: Vec<StoredAppliedDiscount>,
        rejected: Vec<StoredRejectedCode>,
    }
}

/// Most sessions have none.
impl Mirror<Discounts> for Option<StoredDiscounts> {
    fn of(value: &Discounts, within: Within) -> Result<Self, Misfit> {
        let is_empty = value.applied.is_empty() && value.rejected.is_empty();
        (!is_empty).then(|| StoredDiscounts::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<Discounts, Misfit> {
        self.map_or(Ok(Discounts::default()), |stored| stored.back(within))
    }
}

impl Optional<Discounts> for Option<StoredDiscounts> {}

mirror! {
    StoredExchange of ExchangeRule {
        from: Box<str>,
        to: Box<str>,
        millionths: u64,
    } or_absent {
        since: Option<Moment>,
    }
}
