use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Record};
use tracing::subscriber::Interest;
use tracing::{Id, Level, Metadata};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::Context;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What may be written down, whatever the level asks for: the library of the tools writes whole
/// messages, from its warnings on, and payment tokens are in them. A level may name a span with
/// everything in it, so this goes by the target alone, and is found out once for each place in the
/// code.
fn is_discreet(metadata: &Metadata<'_>) -> bool {
    let path = metadata.target().strip_prefix("rmcp");
    let is_of_the_tools = path.is_some_and(|path| path.is_empty() || path.starts_with("::"));
    !is_of_the_tools || (metadata.is_event() && *metadata.level() == Level::ERROR)
}

/// Whether both ways to read a level take this one alike: neither spans, which stand in brackets, nor
/// gaps, after which the short way would hear errors alone.
fn is_plain(level: &str) -> bool {
    let is_whole = |one: &str| !one.is_empty() && one.trim() == one && !one.ends_with('=');
    !level.contains('[') && level.split(',').all(is_whole)
}

/// What is written to the log.
pub(super) enum Filter {
    /// The place in the code decides, once and for all.
    Fixed(Targets),
    /// The spans around it may decide too, so it is looked at each time.
    BySpans(Box<EnvFilter>),
}

impl Filter {
    pub(super) fn read(level: &str) -> Result<Self, ParseError> {
        let filter = EnvFilter::builder().parse(level)?;
        let targets = if is_plain(level) { level.parse::<Targets>().ok() } else { None };
        Ok(targets.map_or_else(|| Self::BySpans(Box::new(filter)), Self::Fixed))
    }

    /// Whether this is written, where it stands.
    pub(super) fn takes(&self, metadata: &Metadata<'_>, context: &Context<'_, Registry>) -> bool {
        if !is_discreet(metadata) {
            return false;
        }
        match self {
            Self::Fixed(targets) => targets.would_enable(metadata.target(), metadata.level()),
            Self::BySpans(filter) => (**filter).enabled(metadata, context.clone()),
        }
    }

    pub(super) fn interest(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self {
            _ if !is_discreet(metadata) => Interest::never(),
            Self::Fixed(targets) if targets.would_enable(metadata.target(), metadata.level()) => {
                Interest::always()
            }
            Self::Fixed(_) => Interest::never(),
            Self::BySpans(filter) => Layer::<Registry>::register_callsite(&**filter, metadata),
        }
    }

    pub(super) fn most(&self) -> Option<LevelFilter> {
        match self {
            Self::Fixed(targets) => Layer::<Registry>::max_level_hint(targets),
            Self::BySpans(filter) => Layer::<Registry>::max_level_hint(&**filter),
        }
    }

    fn by_spans(&self) -> Option<&EnvFilter> {
        match self {
            Self::Fixed(_) => None,
            Self::BySpans(filter) => Some(&**filter),
        }
    }

    pub(super) fn begun(
        &self,
        attributes: &Attributes<'_>,
        id: &Id,
        context: Context<'_, Registry>,
    ) {
        if let Some(filter) = self.by_spans() {
            filter.on_new_span(attributes, id, context);
        }
    }

    pub(super) fn learned(&self, id: &Id, values: &Record<'_>, context: Context<'_, Registry>) {
        if let Some(filter) = self.by_spans() {
            filter.on_record(id, values, context);
        }
    }

    pub(super) fn entered(&self, id: &Id, context: Context<'_, Registry>) {
        if let Some(filter) = self.by_spans() {
            filter.on_enter(id, context);
        }
    }

    pub(super) fn left(&self, id: &Id, context: Context<'_, Registry>) {
        if let Some(filter) = self.by_spans() {
            filter.on_exit(id, context);
        }
    }

    pub(super) fn ended(&self, id: Id, context: Context<'_, Registry>) {
        if let Some(filter) = self.by_spans() {
            filter.on_close(id, context);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::Event;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[test]
    fn only_what_speaks_of_spans_is_looked_at_each_time() {
        for level in ["info", "off", "warn,acp_gateway::app=debug", "acp_gateway", "INFO,rmcp=1"] {
            assert!(matches!(Filter::read(level), Ok(Filter::Fixed(_))), "{level}");
        }
        for level in ["info,[run]=debug", "acp_gateway[run{run.kind=plan}]=trace"] {
            assert!(matches!(Filter::read(level), Ok(Filter::BySpans(_))), "{level}");
        }
        assert!(Filter::read("acp_gateway=loud").is_err());
    }

    #[test]
    fn a_gap_in_a_level_makes_it_no_other_one() {
        for level in ["trace,", ",trace", "error,,rmcpish=trace", "rmcpish="] {
            assert!(taken_at(level).contains("said by another"), "{level}");
            assert!(matches!(Filter::read(level), Ok(Filter::BySpans(_))), "{level}");
        }
        // A blank is a part of a name there, and none here.
        assert!(!matches!(Filter::read("info, rmcpish"), Ok(Filter::Fixed(_))));
    }

    /// Counts what is taken, by its words.
    struct Taken(Filter, Arc<Mutex<Vec<String>>>);

    impl Layer<Registry> for Taken {
        fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
            self.0.interest(metadata)
        }

        fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, Registry>) -> bool {
            self.0.takes(metadata, &context)
        }

        fn on_new_span(&self, span: &Attributes<'_>, id: &Id, context: Context<'_, Registry>) {
            self.0.begun(span, id, context);
        }

        fn on_enter(&self, id: &Id, context: Context<'_, Registry>) {
            self.0.entered(id, context);
        }

        fn on_event(&self, event: &Event<'_>, context: Context<'_, Registry>) {
            if self.0.takes(event.metadata(), &context) {
                self.1.lock().unwrap().push(format!("{event:?}"));
            }
        }
    }

    /// What is taken of some lines of the library of the tools, and of others, in a request.
    fn taken_at(level: &str) -> String {
        let lines = Arc::new(Mutex::default());
        let taken = Taken(Filter::read(level).unwrap(), Arc::clone(&lines));
        let subscriber = Registry::default().with(taken);
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::error_span!("request");
            let _entered = span.enter();
            tracing::info!(target: "rmcp", "said info");
            tracing::warn!(target: "rmcp::service", "said warning");
            tracing::error!(target: "rmcp::service", "said error");
            tracing::trace!(target: "rmcpish", "said by another");
        });
        let lines: Vec<String> = lines.lock().unwrap().clone();
        lines.concat()
    }

    #[test]
    fn nobody_can_ask_for_whole_messages() {
        for level in ["trace", "rmcp=trace,warn,rmcpish=trace", "off,[request]=trace"] {
            let taken = taken_at(level);
            assert!(!taken.contains("said info"), "{level}: {taken}");
            assert!(!taken.contains("said warning"), "{level}: {taken}");
            assert!(taken.contains("said error"), "{level}: {taken}");
            assert!(taken.contains("said by another"), "{level}: {taken}");
        }
    }
}
