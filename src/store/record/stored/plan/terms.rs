//! What a wish comes to.

use acp_core::plan::{Alternative, Issue, Line, PlanTerms, PlannedLine, Question, Step};
use serde::{Deserialize, Serialize};

use super::draft::StoredMoney;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};
use crate::store::record::stored::party::{StoredBuyer, StoredContact};
use crate::store::record::stored::scalars::Amount;
use crate::store::record::stored::session::{StoredRow, StoredSelection};

mirror! {
    StoredPlanLine of Line {
        item: Box<str>,
        quantity: u32,
    }
}

mirror! {
    StoredPlannedLine of PlannedLine {
        line: StoredPlanLine,
        title: Box<str>,
        unit_price: Amount,
    } or_absent {
        instead_of: Option<Box<str>>,
        fallbacks: Vec<Box<str>>,
    }
}

mirror! {
    StoredPlanStep of Step {
        kind: Word,
        status: Word,
    }
}

mirror! {
    StoredQuestion of Question {
        slot: Word,
        prompt: Box<str>,
    } or_absent {
        candidates: Vec<Box<str>>,
        quantity: Option<u32>,
    }
}

/// Something else that would do.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredAlternative(Box<str>, Vec<Box<str>>);

impl Mirror<Alternative> for StoredAlternative {
    fn of(value: &Alternative, within: Within) -> Result<Self, Misfit> {
        let reasons = value.reasons.iter().map(|reason| Box::from(&**reason)).collect();
        Ok(Self(Mirror::of(&value.item, within)?, reasons))
    }

    fn back(self, within: Within) -> Result<Alternative, Misfit> {
        Ok(Alternative {
            item: self.0.back(within)?,
            reasons: self.1.into_iter().map(|reason| String::from(reason).into()).collect(),
        })
    }
}

mirror! {
    StoredIssue of Issue {
        kind: Word,
        message: Box<str>,
    } or_absent {
        items: Vec<Box<str>>,
        alternatives: Vec<StoredAlternative>,
        available: Option<u32>,
    }
}

mirror! {
    StoredTerms of PlanTerms {
        pays: bool,
    } or_absent {
        before: Vec<StoredPlanLine>,
        lines: Vec<StoredPlannedLine>,
        codes: Vec<Box<str>>,
        selections: Vec<StoredSelection>,
        buyer: Option<StoredBuyer>,
        contact: Option<StoredContact>,
        rows: Vec<StoredRow>,
        total: Option<Amount>,
        total_max: Option<StoredMoney>,
        mandate_version: Option<u32>,
        steps: Vec<StoredPlanStep>,
        issues: Vec<StoredIssue>,
        questions: Vec<StoredQuestion>,
    }
}
