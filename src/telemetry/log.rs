use std::io::IsTerminal as _;

use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{ParseError, filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use super::otlp::{BadExport, Export, Exported, Exporting, exported};
use super::watched::start_tracing;

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum BadTelemetry {
    /// A log level that cannot be understood.
    #[error("log.level is not a filter such as \"info\" or \"info,acp_gateway::app=debug\"")]
    Level(#[source] ParseError),
    #[error(transparent)]
    Export(#[from] BadExport),
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// For machines.
    Json,
}

/// A level by which nobody writes down whole messages: the library of the tools does, from its
/// warnings on, and payment tokens are in them.
fn discreet(level: &str) -> String {
    let ours = level.split(',').filter(|directive| !directive.trim().starts_with("rmcp"));
    ours.chain(["rmcp=error"]).collect::<Vec<_>>().join(",")
}

/// What is told of spans: ours, the finer ones too, and of what happens in them only the worst.
fn is_told(metadata: &Metadata<'_>) -> bool {
    let is_ours = metadata.target().starts_with("acp_gateway");
    let most = if metadata.is_span() { LevelFilter::DEBUG } else { LevelFilter::ERROR };
    is_ours && *metadata.level() <= most
}

/// What writes lines to the standard error stream.
fn written<S: Subscriber + for<'a> LookupSpan<'a>>(
    format: LogFormat,
) -> Box<dyn Layer<S> + Send + Sync> {
    // Colours are for a terminal; in a file or a pipe they are noise.
    let has_colours = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(has_colours);
    match format {
        LogFormat::Readable => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}

/// Starts to write log lines to the standard error stream, and to tell a collector what it is to be
/// told; what is on its way there comes back. Where nobody is told anything, spans are looked at
/// once for each place in the code and cost nothing from then on.
///
/// # Errors
/// The level cannot be understood, or the collector cannot be reached in this way.
pub fn start(
    format: LogFormat,
    level: &str,
    export: Option<(&Export, Handle)>,
) -> Result<Exporting, BadTelemetry> {
    let filter = || EnvFilter::builder().parse(discreet(level)).map_err(BadTelemetry::Level);
    let Some((export, runtime)) = export else {
        let lines = Registry::default().with(filter()?).with(written(format));
        // A second start in one process, as tests make it, keeps the first subscriber.
        drop(lines.try_init());
        return Ok(Exporting::default());
    };
    let Exported { spans, lines, exporting } = exported(export, runtime)?;
    if spans.is_some() {
        start_tracing();
    }
    let spans = spans.map(|spans| spans.with_filter(filter_fn(is_told)));
    let lines = match lines {
        Some(lines) => Some(lines.with_filter(filter()?)),
        None => None,
    };
    let written = written(format).with_filter(filter()?);
    drop(Registry::default().with(spans).with(lines).with(written).try_init());
    Ok(exporting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_ask_for_whole_messages() {
        assert_eq!(discreet("info"), "info,rmcp=error");
        assert_eq!(discreet("rmcp=trace,warn, rmcp::service=debug"), "warn,rmcp=error");
    }
}
