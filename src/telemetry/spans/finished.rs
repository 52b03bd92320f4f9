use std::borrow::Cow;
use std::time::SystemTime;

use opentelemetry::trace::{SpanContext, SpanKind, Status, TraceFlags, TraceState};
use opentelemetry::{InstrumentationScope, Key, KeyValue, Value};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};

use super::fields::{Fields, told_name};
use super::layer::Kept;

/// A span as a collector is told of it.
pub(super) fn finished(kept: Kept, end: SystemTime, scope: &InstrumentationScope) -> SpanData {
    let name = name_of(kept.name, &kept.fields);
    let place = kept.place();
    let Kept { name: kind, parent, is_parent_remote, start, fields, .. } = kept;
    let status = if fields.is_error { Status::error("") } else { Status::Unset };
    let told = fields.told.into_iter().filter_map(|(field, value)| {
        Some(KeyValue::new(Key::from_static_str(told_name(field)?), value))
    });
    SpanData {
        // It is told, so it was chosen, whoever chose it.
        span_context: SpanContext::new(
            place.trace,
            place.span,
            TraceFlags::SAMPLED,
            false,
            TraceState::NONE,
        ),
        parent_span_id: parent,
        parent_span_is_remote: is_parent_remote,
        span_kind: kind_of(kind),
        name,
        start_time: start,
        end_time: end.max(start),
        attributes: told.collect(),
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: SpanLinks::default(),
        status,
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
    let word = |field: &str| match fields.get(field) {
        Some(Value::String(word)) => word.as_str(),
        _ => "unknown",
    };
    match name {
        "request" => format!("{} {}", word("method"), word("route")).into(),
        "run" => format!("{} run", word("run.kind")).into(),
        "step" => format!("{}.{}", word("run.kind"), word("run.step")).into(),
        "store" | "payment" => format!("{name}.{}", word("call")).into(),
        "call" => format!("{} {}", word("method"), word("peer")).into(),
        _ => name.into(),
    }
}
