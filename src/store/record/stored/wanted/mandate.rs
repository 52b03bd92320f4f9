//! A mandate, and what was taken from it.

use acp_core::mandate::{
    Budget, Entry, Folded, Ledger, Mandate, PlanDigest, Restriction, Spending,
};
use acp_core::money::Currency;
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};
use crate::store::record::stored::scalars::{Amount, Blob, Moment};

mirror! {
    StoredBudget of Budget {
        limit: Amount,
        window: Word,
        time_zone: Box<str>,
    } or_absent {
        orders: Option<u32>,
    }
}

mirror! {
    StoredRestriction of Restriction {
    } or_absent {
        items: Vec<Box<str>>,
        categories: Vec<Box<str>>,
        countries: Vec<Box<str>>,
        denied_items: Vec<Box<str>>,
        denied_categories: Vec<Box<str>>,
        stored_value: bool,
    }
}

mirror! {
    StoredMandate of Mandate {
        id: Box<str>,
        version: u32,
        tenant: Box<str>,
        principal: Box<str>,
        agents: Vec<Box<str>>,
        currency: Box<str>,
        per_order: Amount,
        budget: StoredBudget,
        restriction: StoredRestriction,
        valid_from: Moment,
        valid_until: Moment,
        standing: Word,
    } or_absent {
        per_unit: Option<Amount>,
        approval_above: Option<Amount>,
        is_for_one_plan: bool,
    }
}

impl Document for Mandate {
    type Shape = StoredMandate;

    fn currency(&self) -> Option<Currency> {
        Some(self.currency)
    }
}

impl Mirror<PlanDigest> for Blob {
    fn of(value: &PlanDigest, _: Within) -> Result<Self, Misfit> {
        Ok(value.0.as_slice().into())
    }

    fn back(self, within: Within) -> Result<PlanDigest, Misfit> {
        Ok(PlanDigest(self.back(within)?))
    }
}

/// What became of what was taken.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredSpending {
    Held,
    Committed {
        #[serde(default)]
        refunded: i64,
    },
    Released,
}

impl Mirror<Spending> for StoredSpending {
    fn of(value: &Spending, _: Within) -> Result<Self, Misfit> {
        Ok(match *value {
            Spending::Held => Self::Held,
            Spending::Committed { refunded } => Self::Committed { refunded },
            Spending::Released => Self::Released,
        })
    }

    fn back(self, _: Within) -> Result<Spending, Misfit> {
        Ok(match self {
            Self::Held => Spending::Held,
            Self::Committed { refunded } => Spending::Committed { refunded },
            Self::Released => Spending::Released,
        })
    }
}

mirror! {
    StoredEntry of Entry {
        key: Box<str>,
        plan: Blob,
        session: Box<str>,
        amount: Amount,
        at: Moment,
        expires_at: Moment,
        spending: StoredSpending,
    } or_absent {
        approval: Option<Box<str>>,
    }
}

mirror! {
    StoredFolded of Folded {
        spent: i64,
        orders: u32,
    }
}

/// The ledger of a mandate.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredLedger {
    entries: Vec<StoredEntry>,
    folded: StoredFolded,
}

impl Mirror<Ledger> for StoredLedger {
    fn of(value: &Ledger, within: Within) -> Result<Self, Misfit> {
        let entries = value.entries().iter().map(|entry| StoredEntry::of(entry, within));
        let entries = entries.collect::<Result<_, _>>()?;
        Ok(Self { entries, folded: Mirror::of(&value.folded(), within)? })
    }

    fn back(self, within: Within) -> Result<Ledger, Misfit> {
        Ok(Ledger::from_parts(self.entries.back(within)?, self.folded.back(within)?))
    }
}

impl Document for Ledger {
    type Shape = StoredLedger;

    fn currency(&self) -> Option<Currency> {
        self.entries().first().map(|entry| entry.amount.currency())
    }

    fn size(&self) -> usize {
        self.entries().len().saturating_mul(192).saturating_add(64)
    }
}
