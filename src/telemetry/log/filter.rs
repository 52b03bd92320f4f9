use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Record};
use tracing::subscriber::Interest;
use tracing::{Id, Metadata};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::Context;
use tracing_subscriber::{EnvFilter, Layer, Registry};

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
        // Spans stand in brackets there.
        let targets = if level.contains('[') { None } else { level.parse::<Targets>().ok() };
        Ok(targets.map_or_else(|| Self::BySpans(Box::new(filter)), Self::Fixed))
    }

    /// Whether this is written, where it stands.
    pub(super) fn takes(&self, metadata: &Metadata<'_>, context: &Context<'_, Registry>) -> bool {
        match self {
            Self::Fixed(targets) => targets.would_enable(metadata.target(), metadata.level()),
            Self::BySpans(filter) => (**filter).enabled(metadata, context.clone()),
        }
    }

    pub(super) fn interest(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self {
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
}
