use std::fmt;

use opentelemetry::logs::{AnyValue, LogRecord as _, Logger as _, Severity};
use opentelemetry::trace::TraceFlags;
use opentelemetry_sdk::logs::SdkLogger;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};
use tracing_subscriber::Registry;
use tracing_subscriber::registry::SpanRef;

use super::queue::Queue;
use crate::telemetry::losses::SAID_BY;
use crate::telemetry::spans::{Kept, now};

/// What is for the log of this machine alone: who a person is, and what one wrote.
const UNTOLD: [&str; 3] = ["caller.id", "caller.subject", "stock.note"];

/// What a line says of the run it stands in: nobody may have been told the trace of it.
const OF_A_RUN: [&str; 2] = ["run.kind", "run.id"];

/// Whether a collector is told what is said there. What libraries say of a connection to the collector
/// would be told over it, and so on; and that it was not told everything would be one more to lose.
fn is_told(target: &str) -> bool {
    target.starts_with("acp_") && target != SAID_BY
}

/// Tells a collector what is written to the log, with the trace it belongs to.
pub(in crate::telemetry) struct Lines {
    logger: SdkLogger,
    queue: Queue,
}

/// What a line says.
#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, AnyValue)>,
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.say(field, value.to_owned());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.push((field.name(), value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.fields.push((field.name(), i64::try_from(value).unwrap_or(i64::MAX).into()));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.push((field.name(), value.into()));
    }

    /// With all its causes, as in the log.
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.say(field, with_causes(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.say(field, format!("{value:?}"));
    }
}

/// An error with all its causes.
pub(in crate::telemetry) fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl Said {
    fn say(&mut self, field: &Field, text: String) {
        if field.name() == "message" {
            self.message = text;
        } else if !UNTOLD.contains(&field.name()) {
            self.fields.push((field.name(), text.into()));
        }
    }

    /// Says of which run it is, where it does not say so itself.
    fn say_run(&mut self, around: &[SpanRef<'_, Registry>]) {
        for name in OF_A_RUN {
            let is_said = self.fields.iter().any(|(said, _)| *said == name);
            let found = around.iter().find_map(|span| {
                let extensions = span.extensions();
                let word = extensions.get::<Kept>()?.fields.get(name)?;
                word.as_text().map(str::to_owned)
            });
            if let Some(text) = found.filter(|_| !is_said) {
                self.fields.push((name, text.into()));
            }
        }
    }
}

impl Lines {
    pub(super) const fn new(logger: SdkLogger, queue: Queue) -> Self {
        Self { logger, queue }
    }

    /// Tells what happened in these spans, the innermost one first.
    pub(in crate::telemetry) fn tell(&self, event: &Event<'_>, around: &[SpanRef<'_, Registry>]) {
        if !is_told(event.metadata().target()) || !self.queue.takes_one() {
            return;
        }
        let mut said = Said::default();
        event.record(&mut said);
        said.say_run(around);
        let (number, name) = match *event.metadata().level() {
            Level::ERROR => (Severity::Error, "ERROR"),
            Level::WARN => (Severity::Warn, "WARN"),
            Level::INFO => (Severity::Info, "INFO"),
            Level::DEBUG => (Severity::Debug, "DEBUG"),
            Level::TRACE => (Severity::Trace, "TRACE"),
        };
        let mut record = self.logger.create_log_record();
        let at = now();
        record.set_timestamp(at);
        record.set_observed_timestamp(at);
        record.set_severity_number(number);
        record.set_severity_text(name);
        record.set_target(event.metadata().target());
        record.set_body(said.message.into());
        record.add_attributes(said.fields);
        let place = around.iter().find_map(|span| span.extensions().get::<Kept>()?.place());
        if let Some(place) = place {
            let flags = if place.is_sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
            record.set_trace_context(place.trace, place.span, Some(flags));
        }
        self.logger.emit(record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_hears_nothing_of_what_it_was_not_told() {
        assert!(is_told("acp_gateway::telemetry::otlp::export"));
        for untold in ["acp_gateway::telemetry::losses", "reqwest::connect"] {
            assert!(!is_told(untold), "{untold}");
        }
    }
}
