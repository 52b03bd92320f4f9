use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::trace::SpanId;
use tracing::span::{Attributes, Record};

use super::context::Place;
use super::fields::Fields;
use super::trace::Trace;

/// What is kept of a span while it is open.
#[derive(Debug)]
pub(in crate::telemetry) struct Kept {
    pub(in crate::telemetry) fields: Fields,
    pub(super) name: &'static str,
    /// What it is of a trace, where somebody is told of it.
    pub(super) part: Option<Part>,
}

/// A span as a part of a trace.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) trace: Arc<Trace>,
    pub(super) span: SpanId,
    pub(super) parent: SpanId,
    pub(super) is_parent_remote: bool,
    /// Whether nothing around it happens here.
    pub(super) is_outermost: bool,
    pub(super) start: SystemTime,
    /// When it was answered, where it is something that is.
    pub(super) answered: Option<SystemTime>,
}

impl Kept {
    /// Of a span that has just begun.
    pub(in crate::telemetry) fn of(attributes: &Attributes<'_>) -> Self {
        Self { fields: Fields::of(attributes), name: attributes.metadata().name(), part: None }
    }

    /// More is known of it.
    pub(in crate::telemetry) fn learn(&mut self, values: &Record<'_>) {
        values.record(&mut self.fields);
        self.consider();
    }

    pub(in crate::telemetry) fn place(&self) -> Option<Place> {
        let Part { trace, span, .. } = self.part.as_ref()?;
        Some(Place { trace: trace.id, span: *span, is_sampled: trace.is_told() })
    }

    /// It was answered like this.
    pub(super) fn answer(&mut self, status: u16) {
        self.fields.answer(status.into());
        self.consider();
    }

    /// Something went wrong in it.
    pub(super) fn fail(&mut self) {
        self.fields.is_error = true;
        self.consider();
    }

    /// What is known of it by now may decide about its trace.
    pub(super) fn consider(&mut self) {
        let Some(part) = &mut self.part else { return };
        if self.fields.is_error || self.fields.moves_money {
            part.trace.keep();
        }
        if self.fields.is_answered && part.answered.is_none() {
            part.answered = Some(now());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "spans are told by the time of this machine")]
pub(in crate::telemetry) fn now() -> SystemTime {
    SystemTime::now()
}
