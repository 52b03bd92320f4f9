use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Id, Level, Metadata};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::SpanRef;
use tracing_subscriber::{Layer, Registry};

use super::filter::Filter;
use super::written::Written;
use crate::telemetry::otlp::Lines;
use crate::telemetry::spans::{Kept, Spans};

/// Listens for all who are told something.
pub(super) struct Listener {
    pub(super) filter: Filter,
    pub(super) written: Written,
    pub(super) spans: Option<Spans>,
    pub(super) lines: Option<Lines>,
}

/// What is told of spans: ours, the finer ones too, and of what happens in them only the worst.
fn is_of_traces(metadata: &Metadata<'_>) -> bool {
    let most = if metadata.is_span() { LevelFilter::DEBUG } else { LevelFilter::ERROR };
    *metadata.level() <= most && metadata.target().starts_with("acp_gateway")
}

impl Listener {
    fn is_traced(&self, metadata: &Metadata<'_>) -> bool {
        self.spans.is_some() && is_of_traces(metadata)
    }
}

impl Layer<Registry> for Listener {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let of_the_log = self.filter.interest(metadata);
        if self.is_traced(metadata) { Interest::always() } else { of_the_log }
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, Registry>) -> bool {
        self.is_traced(metadata) || self.filter.takes(metadata, &context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let of_traces = self.spans.as_ref().map_or(LevelFilter::OFF, |_| LevelFilter::DEBUG);
        self.filter.most().map(|most| most.max(of_traces))
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, Registry>) {
        let Some(span) = context.span(id) else { return };
        let mut kept = Kept::of(attributes);
        if let Some(spans) = &self.spans
            && is_of_traces(attributes.metadata())
        {
            spans.begin(&span, &mut kept);
        }
        span.extensions_mut().insert(kept);
        drop(span);
        self.filter.begun(attributes, id, context);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, Registry>) {
        if let Some(span) = context.span(id)
            && let Some(kept) = span.extensions_mut().get_mut::<Kept>()
        {
            kept.learn(values);
        }
        self.filter.learned(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, Registry>) {
        let metadata = event.metadata();
        let around: Vec<SpanRef<'_, Registry>> =
            context.event_scope(event).into_iter().flatten().collect();
        if *metadata.level() == Level::ERROR && self.is_traced(metadata) {
            Spans::fail(&around);
        }
        if !self.filter.takes(metadata, &context) {
            return;
        }
        if let Some(lines) = &self.lines {
            lines.tell(event, &around);
        }
        let is_written =
            |span: &&SpanRef<'_, Registry>| self.filter.takes(span.metadata(), &context);
        self.written.write(event, around.iter().rev().filter(is_written));
    }

    fn on_enter(&self, id: &Id, context: Context<'_, Registry>) {
        self.filter.entered(id, context);
    }

    fn on_exit(&self, id: &Id, context: Context<'_, Registry>) {
        self.filter.left(id, context);
    }

    fn on_close(&self, id: Id, context: Context<'_, Registry>) {
        if let Some(spans) = &self.spans
            && let Some(span) = context.span(&id)
        {
            let kept = span.extensions_mut().remove::<Kept>();
            if let Some(kept) = kept {
                spans.end(kept);
            }
        }
        self.filter.ended(id, context);
    }
}
