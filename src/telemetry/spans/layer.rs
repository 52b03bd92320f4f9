use std::sync::Arc;
use std::time::SystemTime;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{BatchSpanProcessor, IdGenerator, RandomIdGenerator, SpanProcessor};
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::context::Place;
use super::fields::Fields;
use super::finished::finished;
use super::trace::{Sampling, Trace};

/// Keeps what is to be told of spans, and hands traces on that are.
pub(in crate::telemetry) struct Spans {
    processor: Arc<BatchSpanProcessor>,
    ids: RandomIdGenerator,
    sampling: Sampling,
    scope: InstrumentationScope,
}

/// What is kept of a span while it is open.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) trace: Arc<Trace>,
    pub(super) span: SpanId,
    pub(super) parent: SpanId,
    pub(super) is_parent_remote: bool,
    /// Whether nothing around it happens here.
    pub(super) is_outermost: bool,
    pub(super) name: &'static str,
    pub(super) start: SystemTime,
    /// When it was answered, where it is something that is.
    pub(super) answered: Option<SystemTime>,
    pub(super) fields: Fields,
}

impl Kept {
    pub(super) fn place(&self) -> Place {
        Place { trace: self.trace.id, span: self.span, is_sampled: self.trace.is_told() }
    }

    /// More is known of it.
    fn learn(&mut self, values: &Record<'_>) {
        values.record(&mut self.fields);
        self.consider();
    }

    /// It was answered like this.
    pub(super) fn answer(&mut self, status: u16) {
        self.fields.answer(status.into());
        self.consider();
    }

    /// What is known of it by now may decide about its trace.
    fn consider(&mut self) {
        if self.fields.is_error || self.fields.moves_money {
            self.trace.keep();
        }
        if self.fields.is_answered && self.answered.is_none() {
            self.answered = Some(now());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "spans are told by the time of this machine")]
pub(in crate::telemetry) fn now() -> SystemTime {
    SystemTime::now()
}

impl Spans {
    pub(in crate::telemetry) fn new(
        processor: Arc<BatchSpanProcessor>,
        sampling: Sampling,
        scope: InstrumentationScope,
    ) -> Self {
        Self { processor, ids: RandomIdGenerator::default(), sampling, scope }
    }

    /// The trace of a span with nothing around it: the caller's, or a new one.
    fn begin(&self, traceparent: Option<&str>) -> (Arc<Trace>, SpanId, bool) {
        let Some(place) = traceparent.and_then(Place::read) else {
            let id: TraceId = self.ids.new_trace_id();
            let trace = Trace::new(id, self.sampling.takes(id));
            return (Arc::new(trace), SpanId::INVALID, false);
        };
        let is_sampled = if self.sampling.follows_callers {
            place.is_sampled
        } else {
            self.sampling.takes(place.trace)
        };
        (Arc::new(Trace::new(place.trace, is_sampled)), place.span, true)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::new();
        attributes.record(&mut fields);
        let around = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let kept = extensions.get::<Kept>()?;
            Some((Arc::clone(&kept.trace), kept.span))
        });
        let is_outermost = around.is_none();
        let (trace, parent, is_parent_remote) = match around {
            Some((trace, parent)) => (trace, parent, false),
            None => self.begin(fields.traceparent.as_deref()),
        };
        if fields.moves_money {
            trace.keep();
        }
        span.extensions_mut().insert(Kept {
            trace,
            span: self.ids.new_span_id(),
            parent,
            is_parent_remote,
            is_outermost,
            name: attributes.metadata().name(),
            start: now(),
            answered: None,
            fields,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(kept) = span.extensions_mut().get_mut::<Kept>() {
            kept.learn(values);
        }
    }

    /// What is reported as an error is one of the span it happened in.
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if *event.metadata().level() != Level::ERROR {
            return;
        }
        let Some(span) = context.event_span(event) else { return };
        if let Some(kept) = span.extensions_mut().get_mut::<Kept>() {
            kept.fields.is_error = true;
            kept.trace.keep();
        }
    }

    /// Spans end from within: the outermost one comes last.
    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(kept) = span.extensions_mut().remove::<Kept>() else { return };
        let (trace, is_outermost) = (Arc::clone(&kept.trace), kept.is_outermost);
        let end = kept.answered.unwrap_or_else(now);
        if !is_outermost {
            trace.add(finished(kept, end, &self.scope));
            return;
        }
        let within = trace.take();
        // What is neither told by now nor part of something that may be is not written down. The
        // outermost one needs no room to wait in: nothing comes after it.
        if trace.is_told() {
            for span in within.into_iter().chain([finished(kept, end, &self.scope)]) {
                self.processor.on_end(span);
            }
        }
    }
}
