use std::sync::Arc;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::SpanId;
use opentelemetry_sdk::trace::{IdGenerator as _, RandomIdGenerator};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::SpanRef;

use super::context::Place;
use super::finished::finished;
use super::kept::{Kept, Part, now};
use super::trace::{Ended, Sampling, Trace};
use crate::telemetry::losses::{SPANS, Why};
use crate::telemetry::otlp::SpansTold;

/// Keeps what is to be told of spans, and hands traces on that are.
pub(in crate::telemetry) struct Spans {
    told: SpansTold,
    ids: RandomIdGenerator,
    sampling: Sampling,
    scope: InstrumentationScope,
}

impl Spans {
    pub(in crate::telemetry) fn new(
        told: SpansTold,
        sampling: Sampling,
        scope: InstrumentationScope,
    ) -> Self {
        Self { told, ids: RandomIdGenerator::default(), sampling, scope }
    }

    /// A span begins: it is a part of the trace around it, of its caller's, or of a new one.
    pub(in crate::telemetry) fn begin(&self, span: &SpanRef<'_, Registry>, kept: &mut Kept) {
        let around = span.scope().skip(1).find_map(|around| {
            let extensions = around.extensions();
            let part = extensions.get::<Kept>()?.part.as_ref()?;
            Some((Arc::clone(&part.trace), part.span))
        });
        let is_outermost = around.is_none();
        let (trace, parent, is_parent_remote) = match around {
            Some((trace, parent)) => (trace, parent, false),
            None => self.trace_of(kept.fields.caller),
        };
        kept.part = Some(Part {
            trace,
            span: self.ids.new_span_id(),
            parent,
            is_parent_remote,
            is_outermost,
            start: now(),
            answered: None,
        });
        kept.consider();
    }

    /// The trace of a span with nothing around it: the caller's, or a new one. Whoever calls is a
    /// stranger yet, who chooses its number and what is said of it: neither decides.
    fn trace_of(&self, caller: Option<Place>) -> (Arc<Trace>, SpanId, bool) {
        let own = self.ids.new_trace_id();
        let is_sampled = self.sampling.takes(own);
        let Some(place) = caller else {
            return (Arc::new(Trace::new(own, is_sampled, None)), SpanId::INVALID, false);
        };
        let word = if self.sampling.follows_callers {
            place.is_sampled
        } else {
            self.sampling.takes(place.trace)
        };
        (Arc::new(Trace::new(place.trace, is_sampled, Some(word))), place.span, true)
    }

    /// What is reported as an error is one of the span it happened in; the innermost one is first.
    pub(in crate::telemetry) fn fail(around: &[SpanRef<'_, Registry>]) {
        for span in around {
            if let Some(kept) = span.extensions_mut().get_mut::<Kept>()
                && kept.part.is_some()
            {
                return kept.fail();
            }
        }
    }

    /// Spans end from within: the outermost one comes last.
    pub(in crate::telemetry) fn end(&self, kept: Kept) {
        let Kept { fields, name, part: Some(part) } = kept else { return };
        let Part { trace, span, parent, is_parent_remote, is_outermost, start, answered } = part;
        let end = answered.unwrap_or_else(now);
        let ended = Ended { name, span, parent, is_parent_remote, start, end, fields };
        if !is_outermost {
            return trace.add(ended);
        }
        let within = trace.take();
        // What is neither told by now nor part of something that may be is not written down. The
        // outermost one needs no room to wait in: nothing comes after it.
        if trace.is_told() {
            SPANS.lose(Why::NoRoom, trace.lost());
            for ended in within.into_iter().chain([ended]) {
                self.told.tell(|| finished(ended, trace.id, &self.scope));
            }
        }
    }
}
