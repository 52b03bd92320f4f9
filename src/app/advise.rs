//! A second opinion on what a sentence means.

use std::sync::Arc;

use acp_core::ids::ItemId;
use acp_core::ports::{ModelFailure, ModelPlanner, Proposal, Provenance};
use acp_language::Understanding;
use acp_language::advice::{Outcome, Sentence, Wish, consider, inquiry, needs_model};

use super::tally::Count;

/// Whom the rules may ask.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub enum Advisor {
    /// Nobody: what they understand holds.
    #[default]
    Nobody,
    /// A language model.
    Model(Arc<Advice>),
}

/// A model, and how it served those who asked it.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Advice {
    model: Arc<dyn ModelPlanner>,
    tally: AdviceTally,
}

/// What became of what a model was asked since the start of this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdviceCounts {
    /// How often a proposal was taken.
    pub taken: u64,
    /// How often the shopper was asked, because rules and model did not agree or neither was sure.
    pub asked_back: u64,
    /// How often the understanding of the rules held.
    pub kept: u64,
    /// How often something was wrong with a proposal.
    pub dropped: u64,
    /// How often there was none.
    pub failed: u64,
}

#[derive(Debug, Default)]
struct AdviceTally {
    taken: Count,
    asked_back: Count,
    kept: Count,
    dropped: Count,
    failed: Count,
}

/// By whom a sentence was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnderstoodBy {
    /// By the rules alone.
    Rules,
    /// By the rules, because there was no proposal.
    RulesWithout(ModelFailure),
    /// By the rules, in the face of a proposal.
    RulesAgainst(Provenance),
    /// By a model, or by both in a question.
    Model(Provenance),
}

/// What a sentence comes to in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advised {
    /// What it means.
    pub understanding: Understanding,
    /// Who found out.
    pub by: UnderstoodBy,
}

impl Advisor {
    /// This model.
    pub fn model(model: Arc<dyn ModelPlanner>) -> Self {
        Self::Model(Arc::new(Advice { model, tally: AdviceTally::default() }))
    }

    /// How it served those who asked it; nothing where there is nobody.
    pub fn counts(&self) -> Option<AdviceCounts> {
        let Self::Model(advice) = self else { return None };
        let AdviceTally { taken, asked_back, kept, dropped, failed } = &advice.tally;
        Some(AdviceCounts {
            taken: taken.get(),
            asked_back: asked_back.get(),
            kept: kept.get(),
            dropped: dropped.get(),
            failed: failed.get(),
        })
    }

    /// Asks a model about a sentence, where there is one and the rules got not far or the client
    /// wants it. What the rules understood holds wherever nothing better comes of it: no failure
    /// of a model is one of ours.
    pub async fn advise(
        &self,
        sentence: &Sentence<'_>,
        wish: Wish,
        understood: Understanding,
    ) -> Advised {
        let Self::Model(advice) = self else { return by_rules(understood) };
        if !needs_model(&understood, wish) {
            return by_rules(understood);
        }
        let Some(inquiry) = inquiry(sentence, &understood) else { return by_rules(understood) };
        let proposal = match advice.model.propose(&inquiry).await {
            Ok(proposal) => proposal,
            Err(failure) => {
                advice.tally.failed.grow();
                tracing::info!(
                    planner.failure = %failure,
                    "the rules alone decide what a sentence means: {failure}"
                );
                return Advised {
                    understanding: understood,
                    by: UnderstoodBy::RulesWithout(failure),
                };
            }
        };
        let considered = consider(sentence, understood, &inquiry, &proposal);
        log(&considered.outcome, &proposal);
        advice.tally.count(&considered.outcome);
        let by = match considered.outcome {
            Outcome::Taken | Outcome::Asked(_) => UnderstoodBy::Model(proposal.provenance),
            Outcome::Kept(_) | Outcome::Objected(_) => {
                UnderstoodBy::RulesAgainst(proposal.provenance)
            }
        };
        Advised { understanding: considered.understanding, by }
    }
}

impl AdviceTally {
    fn count(&self, outcome: &Outcome) {
        let count = match outcome {
            Outcome::Taken => &self.taken,
            Outcome::Asked(_) => &self.asked_back,
            Outcome::Kept(_) => &self.kept,
            Outcome::Objected(_) => &self.dropped,
        };
        count.grow();
    }
}

fn by_rules(understanding: Understanding) -> Advised {
    Advised { understanding, by: UnderstoodBy::Rules }
}

/// Ids, and never a word of the sentence or of the model.
fn log(outcome: &Outcome, proposal: &Proposal) {
    let model = &*proposal.provenance.model;
    match outcome {
        Outcome::Asked(difference) => {
            let items: Vec<&str> = difference.items.iter().map(ItemId::as_str).collect();
            tracing::info!(
                planner.disagreement = difference.about.name(),
                planner.items = items.join(","),
                planner.model = model,
                "the rules and the model do not agree, so the shopper is asked"
            );
        }
        Outcome::Objected(objection) => tracing::warn!(
            planner.objection = objection.name(),
            planner.model = model,
            "a proposal of the model was dropped: {}",
            objection.name()
        ),
        Outcome::Taken => {
            tracing::info!(planner.model = model, "a proposal of the model was taken");
        }
        Outcome::Kept(why) => tracing::debug!(
            planner.kept = why.name(),
            planner.model = model,
            "what the rules understood holds"
        ),
    }
}
