use std::borrow::Cow;

use opentelemetry::InstrumentationScope;
use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::fields::{Fields, Word};
use super::trace::Ended;

/// A span as a collector is told of it.
pub(super) fn finished(ended: Ended, trace: TraceId, scope: &InstrumentationScope) -> SpanData {
    let Ended { name, span, parent, is_parent_remote, start, end, fields } = ended;
    SpanData {
        // It is told, so it was chosen, whoever chose it.
        span_context: SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE),
        parent_span_id: parent,
        parent_span_is_remote: is_parent_remote,
        span_kind: kind_of(name),
        name: name_of(name, &fields),
        start_time: start,
        end_time: end.max(start),
        attributes: fields.told(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status: if fields.is_error { Status::error("") } else { Status::Unset },
        instrumentation_scope: scope.clone(),
    }
}

fn kind_of(name: &str) -> SpanKind {
    match name {
        "request" => SpanKind::Server,
        "call" => SpanKind::Client,
        _ => SpanKind::Internal,
    }
}

/// What a span is called: by what it does, and never by whom it is about.
fn name_of(name: &'static str, fields: &Fields) -> Cow<'static, str> {
    let word = |field: &str| fields.get(field).and_then(Word::as_text).unwrap_or("unknown");
    match name {
        "request" => format!("{} {}", word("method"), word("route")).into(),
        "run" => format!("{} run", word("run.kind")).into(),
        "step" => format!("{}.{}", word("run.kind"), word("run.step")).into(),
        "store" | "payment" => format!("{name}.{}", word("call")).into(),
        "call" => format!("{} {}", word("method"), word("peer")).into(),
        _ => name.into(),
    }
}
