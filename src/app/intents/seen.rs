//! What sentences come to, for whoever reads figures.

use acp_core::dialogue::Intent;
use acp_core::plan::Slot;

use crate::telemetry::measures;

/// What a sentence came to. No word of it is in here.
pub(super) struct Seen {
    outcome: &'static str,
    planner: &'static str,
    /// How much of it was understood, in hundredths.
    coverage: u32,
    asked: Vec<Slot>,
}

impl Seen {
    pub(super) fn of(intent: &Intent) -> Self {
        let outcome = if !intent.questions.is_empty() {
            "asked"
        } else if !intent.issues.is_empty() {
            "doubted"
        } else if intent.plan.is_some() {
            "planned"
        } else {
            "understood"
        };
        let (planner, coverage) = (intent.planner.name(), intent.coverage);
        let asked = intent.questions.iter().map(|question| question.slot).collect();
        Self { outcome, planner, coverage, asked }
    }

    /// It has been written down: before that it may be read anew.
    pub(super) fn note(&self) {
        let Some(measures) = measures() else { return };
        measures.intents.grow([self.outcome, self.planner]);
        measures.coverage.note_percent([self.planner], self.coverage);
        for slot in &self.asked {
            measures.questions.grow(["sentence", slot.name()]);
        }
    }
}
