//! What whoever watches sees of runs: a span for each step, and figures of how they go.

use std::marker::PhantomData;

use acp_core::run::Trouble;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::work::{Progress, Work};
use crate::telemetry::measures;

/// A run while it is driven.
pub(super) struct Drive<W> {
    began: Instant,
    kind: PhantomData<fn() -> W>,
}

impl<W: Work> Drive<W> {
    pub(super) fn begun() -> Self {
        Self { began: Instant::now(), kind: PhantomData }
    }

    /// It is not driven any more, because of this.
    pub(super) fn ended(&self, outcome: &'static str) {
        if let Some(measures) = measures() {
            measures.runs.note([W::KIND, outcome], self.began.elapsed());
        }
    }
}

/// Around all of a drive. It is in every line of the log: there may be no request that says what a
/// line is about, because the run is taken up again.
pub(super) fn span<W: Work>(work: &W, hand: &W::Hand) -> Span {
    let span = tracing::info_span!("run", run.kind = W::KIND, run.id = Empty);
    if !span.is_disabled() {
        span.record("run.id", tracing::field::display(work.id(hand)));
    }
    span
}

/// Takes a step.
pub(super) async fn step<W: Work>(
    work: &W,
    hand: &mut W::Hand,
) -> Result<Progress<W::Word, W::Failure>, W::Failure> {
    let (name, began) = (work.step_name(hand), Instant::now());
    let span = tracing::debug_span!(
        "step",
        run.kind = W::KIND,
        run.id = Empty,
        run.step = name,
        run.attempt = Empty,
        outcome = Empty,
    );
    if !span.is_disabled() {
        span.record("run.id", tracing::field::display(work.id(hand)));
        span.record("run.attempt", work.standing(hand).tries.saturating_add(1));
    }
    let stepped = work.step(hand).instrument(span.clone()).await;
    let outcome = match &stepped {
        Ok(Progress::On) => "on",
        Ok(Progress::Told(_)) => "told",
        Ok(Progress::Rest(_)) => "rested",
        Ok(Progress::Parked) => "parked",
        Ok(Progress::Over(_)) => "over",
        Err(_) => "failed",
    };
    span.record("outcome", outcome);
    if let Some(measures) = measures() {
        measures.steps.grow([W::KIND, name, outcome]);
        measures.step_durations.note([W::KIND, name], began.elapsed());
    }
    stepped
}

pub(super) fn rested<W: Work>(trouble: Trouble) {
    if let Some(measures) = measures() {
        measures.rests.grow([W::KIND, name_of(trouble)]);
    }
}

/// A person is to look at a run.
pub(super) fn alarmed<W: Work>(trouble: Trouble) {
    if let Some(measures) = measures() {
        measures.alarms.grow([W::KIND, name_of(trouble)]);
    }
}

pub(super) fn taken_over<W: Work>() {
    if let Some(measures) = measures() {
        measures.taken_over.grow([W::KIND]);
    }
}

const fn name_of(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::Unclear => "unclear",
        Trouble::Unreachable => "unreachable",
        Trouble::NotAccepted => "not_accepted",
        Trouble::Broken => "broken",
    }
}
